# SPDX-License-Identifier: Apache-2.0
"""What is there for nobody to touch."""

from sqlalchemy import insert

from tests.office import Office
from uphold.access import decoy, signal
from uphold.access.decoy import What, access_decoy


def test_each_is_known_by_what_it_is(office: Office) -> None:
    rows: list[dict[str, object]] = [
        {"what": What.STAFF, "of": 7, "digest": None, "planted_at": 1},
        {"what": What.RECORD, "of": 8, "digest": None, "planted_at": 1},
        {"what": What.TOKEN, "of": None, "digest": decoy.digest("lies about"), "planted_at": 1},
    ]
    office.run(lambda tx: tx.execute(insert(access_decoy), rows))
    assert office.read(decoy.accounts) == {7}
    assert office.read(decoy.records) == {8}
    for number, is_account, is_record in ((7, True, False), (8, False, True), (9, False, False)):
        assert office.read(lambda c, n=number: decoy.is_account(c, n)) is is_account  # type: ignore[misc] # mypy knows no default
        assert office.read(lambda c, n=number: decoy.is_record(c, n)) is is_record  # type: ignore[misc] # likewise
    assert office.read(lambda c: decoy.is_token(c, "lies about"))
    assert not office.read(lambda c: decoy.is_token(c, "another"))


def test_a_touch_is_told_without_saying_which(sqlite_office: Office) -> None:
    sqlite_office.run(lambda tx: signal.note(tx, decoy.touched(What.TOKEN, "0123456789abcdef")))
    (found,) = sqlite_office.read(lambda c: signal.since(c, 0))
    assert found.signal.fields == {"what": "token", "source": "0123456789abcdef"}

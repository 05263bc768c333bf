# SPDX-License-Identifier: Apache-2.0
"""What is there for nobody to touch."""

import pytest
from sqlalchemy import insert

from tests import cast
from tests.office import KEY, SOURCE, Office, now
from uphold import errors
from uphold.access import arrival, client, decoy, session, signal, staff
from uphold.access.decoy import What, access_decoy
from uphold.access.permission import Role
from uphold.access.session import Attempt, Refusal


def test_each_is_known_by_what_it_is(office: Office) -> None:
    rows: list[dict[str, object]] = [
        {"what": What.STAFF, "of": 7, "digest": None, "planted_at": 1},
        {"what": What.RECORD, "of": 8, "digest": None, "planted_at": 1},
        {"what": What.TOKEN, "of": None, "digest": decoy.digest("lies about"), "planted_at": 1},
    ]
    office.run(lambda tx: tx.execute(insert(access_decoy), rows))
    assert office.read(decoy.accounts) == {7}
    assert office.read(decoy.records) == {8}
    for number, is_account in ((7, True), (8, False), (9, False)):
        assert office.read(lambda c, n=number: decoy.is_account(c, n)) is is_account  # type: ignore[misc] # mypy knows no default
    assert office.read(lambda c: decoy.is_token(c, "lies about"))
    assert not office.read(lambda c: decoy.is_token(c, "another"))


def test_a_touch_is_told_without_saying_which(sqlite_office: Office) -> None:
    sqlite_office.run(lambda tx: signal.note(tx, decoy.touched(What.TOKEN, "0123456789abcdef")))
    (found,) = sqlite_office.read(lambda c: signal.since(c, 0))
    assert found.signal.fields == {"what": "token", "source": "0123456789abcdef"}


def test_an_account_that_nobody_has_looks_like_any_and_tells_of_who_tries_it(
    sqlite_office: Office,
) -> None:
    sqlite_office.staff(cast.clerk)
    known = sqlite_office.kinds()
    number = decoy.plant_account(sqlite_office.writer, "M.Savelieva", Role.CLERK)
    made = sqlite_office.kinds()[len(known) :]
    assert made == ["staff.invited", "staff.password-set"]
    listed = {one.login: one for one in sqlite_office.read(staff.accounts)}
    account = listed["m.savelieva"]
    assert (account.number, account.role, account.state) == (number, Role.CLERK, "active")
    assert account.signed_in_at > 0
    whence = arrival.whence(KEY, "192.0.2.7", "x", now(), "m.savelieva")
    attempt = Attempt("m.savelieva", "a guess or two", SOURCE, whence)
    tried = session.sign_in(sqlite_office.writer, attempt, key=KEY, now=now())
    assert tried == Refusal(throttled=False)
    noted = [one.signal for one in sqlite_office.read(lambda c: signal.since(c, 0))]
    told = [(str(one.kind), one.staff, one.fields.get("what")) for one in noted]
    assert told == [("web.sign-in", number, None), ("site.canary", number, "staff")]
    assert noted[1].fields["source"] == whence.source


@pytest.mark.parametrize("role", [Role.OWNER, Role.OFFICER])
def test_no_canary_counts_among_those_who_let_others_in(sqlite_office: Office, role: Role) -> None:
    with pytest.raises(errors.Invalid, match="role"):
        decoy.plant_account(sqlite_office.writer, "m.savelieva", role)


def test_a_login_that_is_taken_is_nobodys_canary(sqlite_office: Office) -> None:
    sqlite_office.staff(cast.clerk)
    with pytest.raises(errors.Conflict):
        decoy.plant_account(sqlite_office.writer, cast.clerk.login, Role.CLERK)
    assert sqlite_office.read(decoy.laid_out) == ()


def test_a_token_that_lies_about_opens_nothing(sqlite_office: Office) -> None:
    token = sqlite_office.run(decoy.plant_token)
    assert token.startswith(client.PREFIX)
    assert sqlite_office.read(lambda c: decoy.is_token(c, token))
    assert sqlite_office.read(lambda c: client.resolve(c, token)) is None
    assert [one.what for one in sqlite_office.read(decoy.laid_out)] == [What.TOKEN]
    assert token.encode() not in sqlite_office.stored()

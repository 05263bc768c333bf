# SPDX-License-Identifier: Apache-2.0
"""The notice to a recipient says which submission of which file, in the policy's language, and names nobody."""

from tests import cast, releases
from tests.office import quick_hashing, sqlite_office
from tests.releases import Releases
from uphold.rights import telling
from uphold.web import disclosure_letter

__all__ = ["quick_hashing", "sqlite_office"]

desk = releases.desk


def test_it_names_the_file_and_no_person(desk: Releases) -> None:
    number = desk.prepare().number
    desk.approve(number)
    file = desk.sent(number)
    office = desk.office
    office.run(lambda tx: telling.corrected(tx, desk.record, "communication", {"name"}, 0))
    office.run(lambda tx: telling.erased(tx, desk.record, ["communication"], 0))
    for cause, said in ((1, "corrected"), (2, "erased")):
        one = office.read(lambda c, cause=cause: telling.find(c, cause))  # type: ignore[misc] # mypy infers no lambda with a default
        text = disclosure_letter.text(office.app, desk.find(number), one)
        assert f"No. {number}" in text
        assert file.digest in text
        assert said in text
        assert office.edition.policy.operator.contact in text
        assert cast.leaks(text.encode()) == []

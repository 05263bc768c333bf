# SPDX-License-Identifier: Apache-2.0
"""The journal at the console: of a submission and of a member of staff, in words, journaled first."""

from collections.abc import Iterator

import pytest

from tests import cast, visitor
from tests.editions import PURPOSE
from tests.office import quick_hashing
from tests.visitor import Visitor
from uphold.access import exercise
from uphold.access.permission import Role
from uphold.app import App
from uphold.assurance import chronicle
from uphold.journal import entry
from uphold.vault import identifier
from uphold.web.journal_desk import JOURNAL, OF_RECORD, OF_STAFF

__all__ = ["quick_hashing"]

pytestmark = pytest.mark.usefixtures("quick_hashing")


class Reader:
    """An auditor, signed in; a clerk has opened the only submission, for two purposes."""

    def __init__(self, app: App, who: Visitor, clerk: Visitor) -> None:
        self.app, self.who, self.clerk = app, who, clerk
        self.number = visitor.employ(app, cast.auditor)
        self.clerks = visitor.employ(app, cast.clerk)
        who.sign_in(cast.auditor)
        clerk.sign_in(cast.clerk)
        for purpose in (PURPOSE, "security"):
            clerk.act(f"/console/enquiry/{self.enquiry}/open", purpose=purpose)

    @property
    def enquiry(self) -> str:
        return self.app.ring.identifiers.encode(identifier.ENQUIRY, 1)

    @property
    def of_record(self) -> str:
        return f"{OF_RECORD}/{self.enquiry}"

    @property
    def of_staff(self) -> str:
        return f"{OF_STAFF}/{self.app.ring.identifiers.encode(identifier.STAFF, self.clerks)}"

    def entries(self) -> list[entry.Entry]:
        with self.app.database.read() as connection:
            return [entry.decode(raw) for _, raw in self.app.log.entries(connection)]


@pytest.fixture
def reader(here: App, somebody: Visitor) -> Iterator[Reader]:
    somebody.receipt()
    with visitor.visiting(here) as who, visitor.visiting(here) as clerk:
        yield Reader(here, who, clerk)


def test_a_submission_is_found_by_its_number_and_its_journal_is_told_in_words(
    reader: Reader,
) -> None:
    receipt = reader.app.ring.identifiers.encode(identifier.RECEIPT, 1)
    found = reader.who.act(JOURNAL, receipt=f" {receipt} ")
    assert found.location == reader.of_record
    # The number stands in no address of the journal.
    assert receipt not in found.location
    shown = reader.who.get(found.location)
    assert shown.status == 200
    text = " ".join(shown.page.text.split())
    assert "Received by the form “Write to us”" in text
    assert "Opened: " in text
    assert "Fields: E-mail, Message, Name, Telephone" in text
    assert "Refused: " in text
    assert "The policy does not give your role this purpose." in text
    assert cast.clerk.login in text
    assert cast.leaks(shown.body) == []


def test_reading_it_is_journaled_before_it_is_shown(reader: Reader) -> None:
    enquiry = reader.who.get(f"/console/enquiry/{reader.enquiry}").page
    assert reader.of_record in enquiry.links
    assert "Journal read" in reader.who.get(reader.of_record).page.text
    last = reader.entries()[-1]
    assert last.codes == {"staff": reader.number, "of": "record", "read": 0}
    shown = reader.who.get(reader.of_staff).page.text
    assert f"Journal of {cast.clerk.login} read" in shown
    last = reader.entries()[-1]
    assert last.codes == {"staff": reader.number, "of": "staff", "read": reader.clerks}


def test_of_a_member_of_staff_what_they_did(reader: Reader) -> None:
    shown = reader.who.get(reader.of_staff)
    text = " ".join(shown.page.text.split())
    assert f"Journal of {cast.clerk.login}" in text
    for said in ("Signed in", "Opened: ", "Refused: ", "Password set", "invited as clerk"):
        assert said in text
    # What they opened is linked.
    assert f"/console/enquiry/{reader.enquiry}" in shown.page.links
    assert cast.leaks(shown.body) == []


def test_looking_for_whose_to_read_reads_nothing(reader: Reader) -> None:
    before = len(reader.entries())
    shown = reader.who.get(JOURNAL).page
    assert reader.of_staff in shown.links
    wrong = reader.who.act(JOURNAL, receipt="nobody's")
    assert wrong.status == 422
    assert "There is no submission with this number" in wrong.page.text
    assert wrong.page.fields["receipt"] == "nobody's"
    assert len(reader.entries()) == before


def test_what_there_is_not_is_missing_and_not_journaled(reader: Reader) -> None:
    ids = reader.app.ring.identifiers
    before = len(reader.entries())
    for path, kind in ((OF_RECORD, identifier.ENQUIRY), (OF_STAFF, identifier.STAFF)):
        assert reader.who.get(f"{path}/x").status == 404
        assert reader.who.get(f"{path}/{ids.encode(kind, 999)}").status == 404
    assert len(reader.entries()) == before


def test_accounts_of_an_exercise_stand_apart_even_when_it_has_ended(reader: Reader) -> None:
    account = exercise.open_account(reader.app.writer, 3, Role.CLERK)
    reader.app.writer.run(lambda tx: exercise.close(tx, 3))
    shown = reader.who.get(JOURNAL).page
    assert cast.clerk.login in shown.text
    assert account.login not in shown.text
    name = reader.app.ring.identifiers.encode(identifier.STAFF, account.number)
    assert reader.who.get(f"{OF_STAFF}/{name}").status == 404


def test_it_goes_on_further_back(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chronicle, "WINDOW", 3)
    first = reader.who.get(reader.of_staff)
    (older,) = [link for link in first.page.links if "before=" in link]
    second = reader.who.get(older)
    assert second.status == 200
    assert "Looked through" in second.page.text
    assert reader.who.get(f"{reader.of_staff}?before=nonsense").status == 200


def test_a_clerk_is_told_of_no_such_page(reader: Reader) -> None:
    for path in (JOURNAL, reader.of_record, reader.of_staff):
        assert reader.clerk.get(path).status == 404
    assert reader.of_record not in reader.clerk.get(f"/console/enquiry/{reader.enquiry}").page.links

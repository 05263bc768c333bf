# SPDX-License-Identifier: Apache-2.0
"""The journal of a record and of a member of staff: whole, in order, and noted before it is read."""

from dataclasses import dataclass

import pytest

from tests import cast
from tests.editions import PURPOSE
from tests.office import Office, quick_hashing, sqlite_office
from uphold import errors
from uphold.access import hold, reading
from uphold.access.gate import Hold
from uphold.access.hold import Reason
from uphold.access.permission import Actor
from uphold.assurance import chronicle
from uphold.assurance.chronicle import Archive, Chapter, Line
from uphold.vault import records

__all__ = ["quick_hashing", "sqlite_office"]

AUDITOR = 9


@dataclass
class Told:
    """A site on which a clerk read one of two records, and what the journal says."""

    office: Office
    archive: Archive
    clerk: Actor
    record: int
    other: int

    def of_record(self, before: int | None = None) -> Chapter:
        return chronicle.of_record(self.archive, self.record, AUDITOR, before)

    def of_staff(self, staff: int, before: int | None = None) -> Chapter:
        return chronicle.of_staff(self.archive, staff, AUDITOR, before)

    def size(self) -> int:
        return len(self.office.raw())


@pytest.fixture
def told(sqlite_office: Office) -> Told:
    office, app = sqlite_office, sqlite_office.app
    clerk = office.staff(cast.clerk)
    record, other = office.submit(), office.submit(cast.stranger)
    for number in (record, other):
        reading.open_record(office.writer, office.ring, office.question(clerk, number))
    reading.open_record(office.writer, office.ring, office.question(clerk, record, "security"))
    return Told(office, Archive(app.database, app.writer, app.ring), clerk, record, other)


def kinds(chapter: Chapter) -> list[str]:
    return [line.kind for line in chapter.lines]


def test_of_a_record_everything_that_speaks_of_it_and_nothing_else(told: Told) -> None:
    chapter = told.of_record()
    assert kinds(chapter) == [
        "journal.read",
        "access.denied",
        "record.opened",
        "record.stored",
    ]
    assert chapter.older == 0
    assert [line.index for line in chapter.lines] == sorted(
        (line.index for line in chapter.lines), reverse=True
    )
    assert chapter.lines[1].codes["reason"] == "role-refused"


def test_that_it_is_read_is_journaled_and_tied_to_it(told: Told) -> None:
    told.of_record()
    *_, last = told.office.entries()
    assert (last.kind, last.codes) == ("journal.read", {"staff": 9, "of": "record", "read": 0})
    told.of_staff(told.clerk.staff)
    *_, last = told.office.entries()
    assert last.codes == {"staff": 9, "of": "staff", "read": told.clerk.staff}
    # The second reading of the record sees the first; the other record's journal has neither.
    assert kinds(told.of_record())[:2] == ["journal.read", "journal.read"]
    seen = chronicle.of_record(told.archive, told.other, AUDITOR)
    assert kinds(seen).count("journal.read") == 1


def test_nothing_is_read_where_that_cannot_be_journaled(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(_: object) -> None:
        raise errors.Unavailable("The journal cannot be written.", "Free some space.")

    size = told.size()
    monkeypatch.setattr(told.office.writer, "run", closed)
    with pytest.raises(errors.Unavailable):
        told.of_record()
    with pytest.raises(errors.Unavailable):
        told.of_staff(told.clerk.staff)
    assert told.size() == size


def test_of_a_member_of_staff_every_act_of_theirs_and_upon_them(told: Told) -> None:
    number = told.clerk.staff
    office = told.office
    stop = Hold(number, None, None, hold.UNTIL_LIFTED)
    held = office.run(lambda tx: hold.place(tx, office.ring, stop, Reason.SUSPICION, by=8))
    office.run(lambda tx: hold.lift(tx, held, by=8))
    assert kinds(told.of_staff(number)) == [
        "journal.read",
        "hold.lifted",
        "hold.placed",
        "access.denied",
        "record.opened",
        "record.opened",
        "staff.password-set",
        "staff.invited",
    ]
    tied = {line.kind: line.record for line in told.of_staff(number).lines}
    assert tied["record.opened"] in {told.record, told.other}
    assert tied["staff.invited"] == 0
    assert kinds(told.of_staff(8)) == ["journal.read", "hold.lifted", "hold.placed"]


def test_a_suspension_of_a_record_is_in_its_journal_with_its_end(told: Told) -> None:
    office = told.office
    stop = Hold(None, told.record, None, hold.UNTIL_LIFTED)
    held = office.run(lambda tx: hold.place(tx, office.ring, stop, Reason.DISPUTE, by=8))
    office.run(lambda tx: hold.lift(tx, held, by=8))
    assert kinds(told.of_record())[1:3] == ["hold.lifted", "hold.placed"]


def test_once_its_keys_are_destroyed_only_the_tables_tie_entries_to_it(told: Told) -> None:
    office = told.office
    office.run(
        lambda tx: [
            records.destroy(tx, office.ring, told.record, purpose, "retention")
            for purpose in (PURPOSE, "security", "consent-evidence")
        ]
    )
    assert kinds(told.of_record()) == [
        "access.denied",
        "record.opened",
        "record.stored",
    ]


def test_a_long_journal_is_read_window_by_window(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = told.of_staff(told.clerk.staff)
    size = told.size()
    monkeypatch.setattr(chronicle, "WINDOW", 4)
    found: list[Line] = []
    before = size
    while before:
        chapter = told.of_staff(told.clerk.staff, before)
        assert chapter.end == before
        assert chapter.end - chapter.start <= 4
        found += chapter.lines
        before = chapter.older
    assert tuple(found) == whole.lines
    # Of a record the first page has what the tables name, however long ago it was.
    assert kinds(told.of_record())[-2:] == ["record.opened", "record.stored"]


def test_a_page_has_so_many_lines_and_no_more(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chronicle, "MOST", 2)
    first = told.of_staff(told.clerk.staff)
    assert kinds(first) == ["journal.read", "access.denied"]
    second = told.of_staff(told.clerk.staff, first.older)
    assert kinds(second) == ["record.opened", "record.opened"]


def test_a_record_that_there_is_not_is_missing_and_nothing_is_noted(told: Told) -> None:
    size = told.size()
    with pytest.raises(errors.Missing):
        chronicle.of_record(told.archive, 99, AUDITOR)
    assert told.size() == size


def test_nothing_of_a_person_is_in_it(told: Told) -> None:
    shown = repr((told.of_record(), told.of_staff(told.clerk.staff))).encode()
    assert cast.leaks(shown) == []

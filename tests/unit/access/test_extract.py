# SPDX-License-Identifier: Apache-2.0
"""What leaves is what was approved, opened after the journal says so, and readable by the recipient alone."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from tests import cast, releases
from tests.releases import DOCUMENT, FIELDS, REQUESTER, Releases
from uphold import errors
from uphold.access import disclosure, extract, hold, procedure, reading
from uphold.access.extract import Extract
from uphold.access.gate import Hold, Reason
from uphold.access.hold import Reason as Why
from uphold.access.reading import Denied
from uphold.retention import sweep
from uphold.vault import age


def test_who_approves_sees_what_would_leave_and_nothing_else(desk: Releases) -> None:
    one = desk.prepare()
    found = desk.seen(one.number)
    (shown,) = found.records
    assert shown.values == {"name": cast.subject.name, "email": cast.subject.email}
    assert shown.labels == {"email": "E-mail", "name": "Name"}
    assert cast.subject.mark not in repr(found)
    said = desk.office.entries()[-1]
    assert said.kind == "disclosure.opened"
    assert said.codes == {
        "disclosure": one.number,
        "staff": desk.owner.staff,
        "purpose": "communication",
        "fields": "email+name",
    }
    (past,) = desk.office.read(lambda c: reading.history(c, desk.record))
    assert (past.staff, past.purpose, past.denied) == (desk.owner.staff, "communication", "")


def test_the_recipient_reads_the_approved_fields_and_nobody_else_anything(
    desk: Releases, tmp_path: Path
) -> None:
    one = desk.prepare()
    desk.approve(one.number)
    file = desk.sent(one.number)
    assert file.digest == hashlib.sha256(file.content).hexdigest()
    assert desk.office.entries()[-1].codes["file"] == file.digest
    assert not [word for word in cast.subject.secrets() if word in file.content]
    read = desk.opened(file, tmp_path)
    assert read["format"] == extract.FORMAT
    assert (read["requester"], read["document"]) == (REQUESTER, DOCUMENT)
    assert read["ground"]["law"] == "152-fz:6.1.3"
    (record,) = read["records"]
    assert {field["key"]: field["value"] for field in record["fields"]} == {
        "name": cast.subject.name,
        "email": cast.subject.email,
    }
    assert record["answers"] == []
    assert cast.subject.message not in str(read)


def test_answers_leave_only_where_they_are_named(desk: Releases, tmp_path: Path) -> None:
    desk.answer()
    order = desk.order()
    more = FIELDS | {"answer-text"}
    one = desk.prepare(replace(order, scope=replace(order.scope, fields=more)))
    desk.approve(one.number)
    (record,) = desk.opened(desk.sent(one.number), tmp_path)["records"]
    assert record["answers"] == [{"answer-text": "An answer of the office."}]
    less = desk.prepare()
    assert desk.seen(less.number).records[0].answers == ()


def test_nothing_is_sent_before_it_is_approved_or_after_it_ended(desk: Releases) -> None:
    one = desk.prepare()
    desk_ = desk.desk
    with pytest.raises(errors.Conflict, match="is prepared"):
        extract.send(desk.office.writer, desk_, desk.officer, one.number)
    desk.office.run(
        lambda tx: disclosure.refuse(tx, one.number, desk.owner, procedure.Reason.NO_DOCUMENT)
    )
    with pytest.raises(errors.Conflict, match="is refused"):
        extract.send(desk.office.writer, desk_, desk.officer, one.number)
    with pytest.raises(errors.Conflict, match="has ended"):
        extract.preview(desk.office.writer, desk_, desk.officer, one.number)
    assert "disclosure.opened" not in desk.office.kinds()


def test_what_changed_since_it_was_approved_is_not_sent(desk: Releases) -> None:
    one = desk.prepare()
    desk.approve(one.number)
    desk.answer()
    before = desk.office.kinds()
    with pytest.raises(errors.Conflict, match="have changed"):
        extract.send(desk.office.writer, desk.desk, desk.officer, one.number)
    assert desk.office.kinds() == before


def test_a_file_that_was_lost_is_made_anew(desk: Releases) -> None:
    one = desk.prepare()
    desk.approve(one.number)
    first, second = desk.sent(one.number), desk.sent(one.number)
    assert first.digest != second.digest
    assert [move.file for move in second.disclosure.moves[1:]] == [first.digest, second.digest]


@pytest.mark.parametrize(
    ("person", "reason"),
    [(cast.clerk, Reason.NOT_PERMITTED), (cast.auditor, Reason.NOT_PERMITTED)],
    ids=["clerk", "auditor"],
)
def test_who_has_no_part_is_denied_and_found_in_the_journal(
    desk: Releases, person: cast.Staff, reason: Reason
) -> None:
    other, one = desk.office.staff(person), desk.prepare()
    found = extract.preview(desk.office.writer, desk.desk, other, one.number)
    assert isinstance(found, Denied)
    assert found.reason == reason
    assert desk.office.entries()[found.entry].kind == "access.denied"


def test_a_hold_stops_it_and_a_withdrawal_does_not(desk: Releases) -> None:
    one, ring = desk.prepare(), desk.office.ring
    until = releases.LATER
    held = desk.office.run(
        lambda tx: hold.place(tx, ring, Hold(None, desk.record, None, until), Why.DISPUTE)
    )
    found = extract.preview(desk.office.writer, desk.desk, desk.owner, one.number)
    assert isinstance(found, Denied)
    assert found.reason == Reason.RECORD_HELD
    desk.office.run(lambda tx: hold.lift(tx, held))
    assert isinstance(desk.seen(one.number), Extract)


def test_what_is_destroyed_leaves_no_more(desk: Releases) -> None:
    one = desk.prepare()
    desk.office.run(
        lambda tx: sweep.destroy(tx, desk.office.ring, desk.record, sweep.Reason.DISCARDED)
    )
    found = extract.preview(desk.office.writer, desk.desk, desk.owner, one.number)
    assert isinstance(found, Denied)
    assert found.reason == Reason.DESTROYED


def test_several_records_leave_whole_or_not_at_all(desk: Releases, tmp_path: Path) -> None:
    second = desk.office.submit(cast.stranger)
    order = desk.order()
    both = replace(order, scope=replace(order.scope, records=(desk.record, second)))
    one = desk.prepare(both)
    desk.approve(one.number)
    read = desk.opened(desk.sent(one.number), tmp_path)
    assert [record["number"] for record in read["records"]] == [1, 2]
    ring = desk.office.ring
    other = desk.prepare(both)
    stop = Hold(None, second, None, releases.LATER)
    desk.office.run(lambda tx: hold.place(tx, ring, stop, Why.DISPUTE))
    size = len(desk.office.kinds())
    found = extract.preview(desk.office.writer, desk.desk, desk.owner, other.number)
    assert isinstance(found, Denied)
    assert desk.office.kinds()[size:] == ["access.denied"]


def test_an_exercise_sees_no_disclosure_of_people(desk: Releases) -> None:
    one = desk.prepare()
    pretend = replace(desk.owner, exercise=True)
    with pytest.raises(errors.Missing, match="no disclosure"):
        extract.preview(desk.office.writer, desk.desk, pretend, one.number)


def test_without_the_library_nothing_is_prepared(
    desk: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(age, "INSTALLED", False)
    with pytest.raises(errors.Invalid, match="not installed"):
        desk.prepare()

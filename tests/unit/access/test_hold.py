# SPDX-License-Identifier: Apache-2.0
"""Holds are placed, obeyed while they last, and lifted."""

import pytest

from tests import office as offices
from tests.office import Office
from uphold import errors
from uphold.access import hold
from uphold.access.gate import Hold
from uphold.access.hold import Reason
from uphold.vault import commitment

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("staff", "record", "purpose"),
    [(7, None, None), (None, 42, None), (None, None, "p"), (7, 42, "p")],
)
def test_a_hold_is_kept_as_it_was_placed(
    office: Office, staff: int | None, record: int | None, purpose: str | None
) -> None:
    until = offices.now() + HOUR
    placed = Hold(staff, record, purpose, until)
    office.run(lambda tx: hold.place(tx, office.ring, placed, Reason.SUSPICION))
    assert office.read(lambda c: hold.active(c, until - 1)) == (placed,)
    assert office.read(lambda c: hold.active(c, until)) == ()


def test_a_hold_is_lifted(office: Office) -> None:
    placed = Hold(None, None, None, offices.now() + HOUR)
    number = office.run(lambda tx: hold.place(tx, office.ring, placed, Reason.INCIDENT))
    other = office.run(lambda tx: hold.place(tx, office.ring, placed, Reason.DISPUTE))
    assert number != other
    office.run(lambda tx: hold.lift(tx, number))
    assert office.read(lambda c: hold.active(c, offices.now() + 1)) == (placed,)


def test_lifting_does_not_prolong(office: Office) -> None:
    past = Hold(1, None, None, 5)
    number = office.run(lambda tx: hold.place(tx, office.ring, past, Reason.DISPUTE))
    office.run(lambda tx: hold.lift(tx, number))
    assert office.kinds().count("hold.lifted") == 0
    assert office.read(lambda c: hold.active(c, offices.now())) == ()


def test_there_is_nothing_to_lift_where_nothing_was_placed(office: Office) -> None:
    with pytest.raises(errors.Missing):
        office.run(lambda tx: hold.lift(tx, 1))


def test_placing_and_lifting_are_journaled(office: Office) -> None:
    record = office.submit()
    placed = Hold(None, record, None, hold.UNTIL_LIFTED)
    number = office.run(lambda tx: hold.place(tx, office.ring, placed, Reason.RESTRICTION))
    at = offices.now() + 1
    assert office.read(lambda c: hold.of_record(c, record, at)) == {number: Reason.RESTRICTION}
    assert office.read(lambda c: hold.of_record(c, record + 1, at)) == {}
    office.run(lambda tx: hold.lift(tx, number, by=3))
    office.run(lambda tx: hold.lift(tx, number, by=4))
    assert office.read(lambda c: hold.of_record(c, record, offices.now() + 1)) == {}
    said, lifted = office.entries()[-2:]
    assert said.kind == "hold.placed"
    assert said.codes == {
        "hold": number,
        "of": "one-record",
        "held": 0,
        "purpose": "all",
        "reason": "restriction",
        "until": 0,
        "by": 0,
    }
    opened = office.read(
        lambda c: commitment.openings(office.ring, c, record, said.salt, said.commitments)
    )
    assert len(opened) == 1
    assert (lifted.kind, lifted.codes) == ("hold.lifted", {"hold": number, "staff": 3})


def test_a_hold_of_no_one_record_names_none(office: Office) -> None:
    until = offices.now() + HOUR
    placed = Hold(7, None, "communication", until)
    office.run(lambda tx: hold.place(tx, office.ring, placed, Reason.SUSPICION, by=2))
    said = office.entries()[-1]
    told = {"of": "every-record", "held": 7, "purpose": "communication", "by": 2}
    assert told.items() <= said.codes.items()
    assert said.codes["until"] == until // 1000


def test_what_is_in_force_and_what_is_over_is_told_with_its_story(office: Office) -> None:
    clerk, every = Hold(7, None, None, hold.UNTIL_LIFTED), Hold(None, None, None, 5)
    first = office.run(lambda tx: hold.place(tx, office.ring, clerk, Reason.SUSPICION, by=3))
    past = office.run(lambda tx: hold.place(tx, office.ring, every, Reason.INCIDENT))
    now = offices.now() + 1
    (standing,) = office.read(lambda c: hold.in_force(c, now))
    assert (standing.number, standing.hold, standing.reason) == (first, clerk, Reason.SUSPICION)
    assert (standing.placed_by, standing.lifted_at, standing.lifted_by) == (3, 0, 0)
    office.run(lambda tx: hold.lift(tx, first, by=4))
    assert office.read(lambda c: hold.in_force(c, now)) == ()
    ended, lifted = office.read(lambda c: hold.over(c, now, 9))
    assert (ended.number, lifted.number) == (past, first)
    assert lifted.lifted_by == 4
    assert lifted.lifted_at >= lifted.placed_at
    assert [one.number for one in office.read(lambda c: hold.over(c, now, 1))] == [past]
    assert office.read(lambda c: hold.find(c, first)) == lifted
    assert office.read(lambda c: hold.find(c, 99)) is None

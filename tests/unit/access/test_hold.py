# SPDX-License-Identifier: Apache-2.0
"""Holds are placed, obeyed while they last, and lifted."""

import pytest

from tests import office as offices
from tests.office import Office
from uphold.access import hold
from uphold.access.gate import Hold
from uphold.access.hold import Reason

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
    office.run(lambda tx: hold.place(tx, placed, Reason.SUSPICION))
    assert office.read(lambda c: hold.active(c, until - 1)) == (placed,)
    assert office.read(lambda c: hold.active(c, until)) == ()


def test_a_hold_is_lifted(office: Office) -> None:
    placed = Hold(None, None, None, offices.now() + HOUR)
    number = office.run(lambda tx: hold.place(tx, placed, Reason.INCIDENT))
    other = office.run(lambda tx: hold.place(tx, placed, Reason.DISPUTE))
    assert number != other
    office.run(lambda tx: hold.lift(tx, number))
    assert office.read(lambda c: hold.active(c, offices.now() + 1)) == (placed,)


def test_lifting_does_not_prolong(office: Office) -> None:
    past = Hold(1, None, None, 5)
    number = office.run(lambda tx: hold.place(tx, past, Reason.DISPUTE))
    office.run(lambda tx: hold.lift(tx, number))
    assert office.read(lambda c: hold.active(c, 5)) == ()

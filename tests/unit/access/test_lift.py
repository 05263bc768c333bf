# SPDX-License-Identifier: Apache-2.0
"""Who may lift a suspension, and that a stop of all reading takes two people."""

from dataclasses import replace

import pytest

from tests.office import Office
from uphold import errors
from uphold.access import hold, lift
from uphold.access.gate import Hold
from uphold.access.hold import Placed, Reason
from uphold.access.lift import Step

NOW = 1_000_000
ALL = Hold(None, None, None, hold.UNTIL_LIFTED)
PLACED = Placed(1, ALL, Reason.INCIDENT, NOW - 1, 3, 0, 0)


def judge(held: Hold, *, asked_by: int = 0, by: int = 3, reason: Reason = Reason.INCIDENT) -> Step:
    return lift.judge(replace(PLACED, hold=held, reason=reason), asked_by, by, NOW)


@pytest.mark.parametrize(
    "held",
    [
        replace(ALL, staff=7),
        replace(ALL, record=42),
        replace(ALL, purpose="p"),
        replace(ALL, record=42, purpose="p"),
    ],
)
def test_what_is_not_of_everything_one_person_lifts(held: Hold) -> None:
    assert judge(held) is Step.LIFTED


def test_of_everything_one_asks_and_another_lifts() -> None:
    assert judge(ALL) is Step.ASKED
    assert judge(ALL, asked_by=3) is Step.SAME
    assert judge(ALL, asked_by=3, by=4) is Step.LIFTED


def test_nobody_lifts_what_stops_themselves() -> None:
    assert judge(replace(ALL, staff=3)) is Step.OWN
    assert judge(replace(ALL, staff=3, record=42)) is Step.OWN
    assert judge(replace(ALL, staff=3), by=4) is Step.LIFTED


def test_what_a_person_asked_for_is_not_the_operators_to_lift() -> None:
    assert judge(replace(ALL, record=42), reason=Reason.RESTRICTION) is Step.PERSONS


def test_what_is_over_is_over() -> None:
    assert judge(replace(ALL, until_at=NOW)) is Step.OVER
    assert lift.judge(replace(PLACED, lifted_at=NOW - 1), 3, 4, NOW) is Step.OVER


def test_the_two_of_them_are_journaled(sqlite_office: Office) -> None:
    office = sqlite_office
    number = office.run(lambda tx: hold.place(tx, office.ring, ALL, Reason.INCIDENT, by=3))
    assert office.run(lambda tx: lift.wish(tx, number, 3)) is Step.ASKED
    assert office.read(lift.asked) == {number: 3}
    assert office.run(lambda tx: lift.wish(tx, number, 3)) is Step.SAME
    assert office.read(lambda c: hold.find(c, number)).lifted_at == 0  # type: ignore[union-attr]  # placed above
    assert office.run(lambda tx: lift.wish(tx, number, 4)) is Step.LIFTED
    assert office.run(lambda tx: lift.wish(tx, number, 4)) is Step.OVER
    *_, placed, asked, lifted = office.entries()
    assert [placed.kind, asked.kind, lifted.kind] == [
        "hold.placed",
        "hold.lift-asked",
        "hold.lifted",
    ]
    assert asked.codes == {"hold": number, "staff": 3}
    assert lifted.codes == {"hold": number, "staff": 4}


def test_a_suspension_that_there_is_not_cannot_be_lifted(sqlite_office: Office) -> None:
    with pytest.raises(errors.Missing):
        sqlite_office.run(lambda tx: lift.wish(tx, 9, 3))

# SPDX-License-Identifier: Apache-2.0
"""The clocks: both of 152-FZ run from the detection, that of the GDPR too, and people are told at once if at all."""

from tests import incidents
from tests.incidents import AT, HOUR, LAWS, line
from uphold.incident import clock
from uphold.incident.case import Case, What
from uphold.incident.clock import Due, Stand

FIRST, SECOND = "ru-152fz-first", "ru-152fz-second"
AUTHORITY, PEOPLE = "eu-gdpr-authority", "eu-gdpr-people"


def dues(case: Case, now: int = AT) -> dict[str, Due]:
    return {one.notice.id: one for one in clock.dues(case, LAWS, now, "Europe/Moscow")}


def test_every_term_is_counted_from_the_detection() -> None:
    found = dues(incidents.case())
    assert {name: (one.due - AT) // HOUR for name, one in found.items() if one.due} == {
        FIRST: 24,
        SECOND: 72,
        AUTHORITY: 72,
    }
    # Not from the first notice.
    sent = dues(incidents.case(sent=[incidents.given(FIRST, AT + 20 * HOUR)]))
    assert sent[SECOND].due == found[SECOND].due
    moved = dues(incidents.case([line(What.DETECTED, str(AT - 5 * HOUR), "It was earlier.")]))
    assert moved[FIRST].due == AT + 19 * HOUR


def test_a_clock_runs_though_nobody_has_said_whether_it_must() -> None:
    assert dues(incidents.case())[FIRST].stand is Stand.RUNNING
    assert dues(incidents.case(), AT + 16 * HOUR)[FIRST].stand is Stand.SOON
    assert dues(incidents.case(), AT + 24 * HOUR)[FIRST].stand is Stand.LATE
    assert dues(incidents.case())[PEOPLE].stand is Stand.WAITING


def test_people_are_told_at_once_when_the_risk_is_high() -> None:
    at = AT + 3 * HOUR
    found = dues(incidents.case([line(What.RISK, "high", at=at)]), at)[PEOPLE]
    assert (found.stand, found.started) == (Stand.SOON, at)
    late = dues(incidents.case([line(What.RISK, "high", at=at)]), at + 25 * HOUR)[PEOPLE]
    assert late.stand is Stand.LATE


def test_what_was_given_stands_by_when_it_was() -> None:
    found = incidents.case(sent=[incidents.given(FIRST, AT + 24 * HOUR - 1)])
    assert dues(found, AT + 99 * HOUR)[FIRST].stand is Stand.GIVEN
    found = incidents.case(sent=[incidents.given(FIRST, AT + 24 * HOUR)])
    late = dues(found, AT + 99 * HOUR)
    assert late[FIRST].stand is Stand.GIVEN_LATE
    assert clock.is_late(late.values())


def test_what_is_decided_against_or_not_needed_waits_for_nobody() -> None:
    said = [line(What.WITHHELD, FIRST, "Why not."), line(What.RISK, "none", "All was sealed.")]
    found = dues(incidents.case(said), AT + 99 * HOUR)
    assert found[FIRST].stand is Stand.WITHHELD
    assert found[AUTHORITY].stand is Stand.NOT_NEEDED
    watched = clock.watched(found.values())
    assert watched is not None
    assert watched.notice.id == SECOND
    assert clock.watched([found[FIRST]]) is None

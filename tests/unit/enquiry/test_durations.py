# SPDX-License-Identifier: Apache-2.0
"""How long first answers to enquiries took: a day and a step, and nothing of whom or which."""

from functools import partial
from zoneinfo import ZoneInfo

import pytest

from tests.office import Office, now
from uphold.enquiry import desk, durations
from uphold.enquiry.desk import State
from uphold.law import clock

DAY = 24 * 3_600_000
MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    ("took", "code"),
    [
        (0, "one-day"),
        (DAY - 1, "one-day"),
        (DAY, "three-days"),
        (3 * DAY, "ten-days"),
        (10 * DAY, "thirty-days"),
        (30 * DAY - 1, "thirty-days"),
        (30 * DAY, durations.LONGER),
    ],
)
def test_each_step_has_its_code(took: int, code: str) -> None:
    assert durations.bucket(took) == code
    assert code in durations.BUCKETS


def test_the_first_answer_counts_once_whatever_comes_after(office: Office) -> None:
    answered, open_, closed = office.submit(), office.submit(), office.submit()
    for record, *states in (
        (answered, State.IN_WORK, State.ANSWERED, State.IN_WORK, State.ANSWERED),
        (open_, State.IN_WORK),
        (closed, State.CLOSED),
    ):
        for to in states:
            office.run(partial(desk.move, ring=office.ring, record=record, to=to, staff=7))
    since, until = now() - DAY, now() + DAY
    found = office.read(lambda c: durations.durations(c, since, until, MOSCOW))
    (moved, *_) = [
        one for one in office.read(lambda c: desk.history(c, answered)) if one.to == State.ANSWERED
    ]
    day = clock.moment(moved.at).astimezone(MOSCOW).date()
    assert found == ((day, "one-day"),)
    # What was answered before the time asked for is not answered again in it.
    assert office.read(lambda c: durations.durations(c, moved.at + 1, until, MOSCOW)) == ()
    assert office.read(lambda c: durations.durations(c, since, moved.at, MOSCOW)) == ()

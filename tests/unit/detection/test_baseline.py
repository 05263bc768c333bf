# SPDX-License-Identifier: Apache-2.0
"""A day is unusual when it is far from the person's own days and from their peers', and only after a month."""

import pytest

from uphold.access.day import Day
from uphold.detection import baseline
from uphold.detection.baseline import Dimension, Unusual

TODAY = 100
ROLES = {1: "clerk", 2: "clerk", 3: "officer"}
OFFICE = {9: 3, 10: 4, 11: 4, 14: 5}


def month(staff: int, records: int = 16, **fields: int) -> list[Day]:
    """A month of ordinary days, a little more on some than on others."""
    return [
        Day(staff, TODAY - back, records + back % 5 - 2, hours=OFFICE, **fields)
        for back in range(1, 36)
        if back % 7 < 5
    ]


def told(*today: Day, days: list[Day] | None = None) -> list[tuple[int, Dimension]]:
    found = baseline.judge([*(days or [*month(1), *month(2)]), *today], ROLES, TODAY)
    return [(one.staff, one.dimension) for one in found]


def test_a_day_as_any_other_is_not_told() -> None:
    assert told(Day(1, TODAY, 19, hours=OFFICE)) == []
    assert told() == []


def test_far_more_than_ever_is_told_by_how_much_and_over_what() -> None:
    (one,) = baseline.judge([*month(1), *month(2), Day(1, TODAY, 80, hours=OFFICE)], ROLES, TODAY)
    assert one == Unusual(1, Dimension.RECORDS, one.by, 22, peer=True)
    assert one.by == baseline.distance([one.records for one in month(1)][:22], 80, 3.0)
    assert one.by > 10


def test_what_peers_do_too_is_not_told() -> None:
    assert told(Day(1, TODAY, 78, hours=OFFICE), days=[*month(1), *month(2, records=72)]) == []


def test_without_peers_only_the_own_month_counts() -> None:
    (one,) = baseline.judge([*month(3), Day(3, TODAY, 90, hours=OFFICE)], ROLES, TODAY)
    assert not one.peer


def test_nobody_is_judged_before_a_month_is_over() -> None:
    new = [one for one in month(1) if one.day > TODAY - baseline.WINDOW]
    assert told(Day(1, TODAY, 500, hours=OFFICE), days=[*new, *month(2)]) == []
    seldom = [one for one in month(1) if one.day % 7 == 0]
    assert told(Day(1, TODAY, 500, hours=OFFICE), days=[*seldom, *month(2)]) == []


def test_who_has_no_role_is_not_judged() -> None:
    assert told(Day(9, TODAY, 500), days=month(9)) == []


@pytest.mark.parametrize(("hour", "count", "odd"), [(23, 9, True), (23, 4, False), (15, 9, False)])
def test_hours_at_which_nobody_works_are_told(hour: int, count: int, odd: bool) -> None:
    found = told(Day(1, TODAY, 18, hours={10: 9, hour: count}))
    assert found == ([(1, Dimension.HOURS)] if odd else [])


def test_exports_are_held_against_days_of_exports() -> None:
    days = [*month(3), *(Day(3, TODAY - back, exported=40 + back) for back in (3, 9, 15, 21))]
    assert told(Day(3, TODAY, 15, exported=60), days=days) == []
    assert told(Day(3, TODAY, 15, exported=400), days=days) == [(3, Dimension.EXPORT)]
    # Who never exports is held against nothing: there is no telling what is much.
    assert told(Day(3, TODAY, 15, exported=400), days=month(3)) == []


def test_a_distance_is_never_below_nothing_and_has_a_floor() -> None:
    assert baseline.distance([5, 5, 5], 1, 1.0) == 0
    assert baseline.distance([5, 5, 5], 9, 1.0) == 4
    assert baseline.distance([5, 5, 5], 10**9, 1.0) == 999

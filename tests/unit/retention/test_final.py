# SPDX-License-Identifier: Apache-2.0
"""The date by which nothing destroyed opens from a backup, whatever was rotated and burned since."""

import pytest

from uphold.retention import final
from uphold.retention.final import DAY_MS, SLACK_MS, Terms

T = 1_795_000_000_000


def days(count: int) -> int:
    return T + count * DAY_MS


@pytest.mark.parametrize(
    ("made", "destroyed", "by"),
    [
        # Nothing has rotated since: at day 30, and burned 20 days later.
        ([0], 5, 50),
        # A rotation is overdue: it is done at once.
        ([0], 40, 60),
        # Rotated since by hand, earlier than planned.
        ([0, 7], 5, 27),
        # Several rotations since: the first one counts, as it moved what lives.
        ([0, 7, 30], 5, 27),
        # An epoch made before is in the ring still, another was burned long ago.
        ([10, 40], 15, 60),
    ],
)
def test_the_next_rotation_and_the_window(made: list[int], destroyed: int, by: int) -> None:
    terms = Terms([days(one) for one in made], 30, 20)
    assert final.on(days(destroyed), terms) == days(by) + SLACK_MS


def test_it_is_final_at_once_when_no_epoch_of_that_time_is_left() -> None:
    assert final.on(T, Terms([days(7), days(37)], 30, 20)) == T


def test_without_rotation_there_is_no_date_until_somebody_rotates() -> None:
    assert final.on(days(5), Terms([T], 0, 20)) is None
    assert final.on(days(5), Terms([T, days(9)], 0, 20)) == days(29) + SLACK_MS
    assert final.next_rotation(Terms([T], 0, 20), T) is None
    assert final.next_rotation(Terms([], 30, 20), T) is None


def test_the_next_rotation_is_reckoned_from_the_last() -> None:
    assert final.next_rotation(Terms([T, days(3)], 30, 20), days(4)) == days(33)
    assert final.next_rotation(Terms([T], 30, 20), days(99)) == days(99)

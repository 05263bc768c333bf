# SPDX-License-Identifier: Apache-2.0
"""Days are added up, and no more people are taken for certain than there are."""

from uphold.statistics import count, suppress
from uphold.statistics.table import NONE, Cell
from uphold.visits.layout import DEVICES


def test_days_are_added_up_and_the_floor_is_the_most_of_any() -> None:
    days = [{"/a": Cell(5, 3, 3)}, {"/a": Cell(2, 2, 2), "/b": Cell(1, 1, 1)}]
    table = count.line("pages", days, [Cell(5, 3, 3), Cell(3, 2, 2)])
    assert table.cells == {("/a",): Cell(7, 5, 3), ("/b",): Cell(1, 1, 1)}
    assert table.total == Cell(8, 5, 3)
    assert table.open == ("page",)


def test_hours_and_devices_with_nobody_stand_there_too() -> None:
    """Else a hidden cell would tell, by being there, that somebody was."""
    day = {"04": Cell(1, 1, 1), "11": Cell(9, 9, 9)}
    hours = count.line("hours", [day], [Cell(10, 9, 9)])
    assert len(hours.cells) == 24
    assert hours.cells["23",] == NONE
    assert hours.open == ()
    grid = count.grid("page-devices", {}, {}, {}, NONE)
    assert set(grid.margins["device"]) == set(DEVICES)
    (shown,) = suppress.protect([hours], 5)
    assert {cell for (hour,), cell in shown.cells.items()} == {None}
    assert shown.total == Cell(10, 9, 9)


def test_acts_without_a_visitor_are_a_person_each() -> None:
    table = count.acts("requests", {"late": 4, "first-quarter": 0})
    assert table.cells == {("late",): Cell(4, 4, 4)}
    assert table.total == Cell(4, 4, 4)


def test_consents_of_several_purposes_may_be_one_person() -> None:
    given = count.consents("given", {("1", "reply"): 6, ("1", "news"): 4, ("2", "reply"): 2})
    assert given.margins["edition"] == {"1": Cell(10, 10, 6), "2": Cell(2, 2, 2)}
    assert given.margins["purpose"] == {"reply": Cell(8, 8, 8), "news": Cell(4, 4, 4)}
    assert given.total == Cell(12, 12, 8)
    assert given.overlap == ("purpose",)

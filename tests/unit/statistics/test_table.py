# SPDX-License-Identifier: Apache-2.0
"""Tables: what adds up, and what is shown of them survives being written down."""

import json

import msgspec
import pytest

from uphold.statistics.table import Cell, Key, Shown, Table

PHONE: Key = ("phone",)
DESKTOP: Key = ("desktop",)


def one(count: int) -> Cell:
    return Cell(count, count, count)


def test_cells_of_two_spans_add_up_and_keep_the_largest_day() -> None:
    assert Cell(9, 7, 4) + Cell(3, 3, 2) == Cell(12, 10, 4)


def test_counts_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="add up"):
        Table(name="t", dims=("device",), cells={PHONE: one(3)}, total=one(4))


def test_persons_add_up_where_nobody_stands_twice() -> None:
    cells: dict[Key, Cell] = {PHONE: Cell(3, 2, 2), DESKTOP: Cell(4, 4, 4)}
    Table(name="t", dims=("device",), cells=cells, total=Cell(7, 6, 6))
    with pytest.raises(ValueError, match="add up"):
        Table(name="t", dims=("device",), cells=cells, total=Cell(7, 5, 5))


def test_persons_may_be_fewer_than_those_of_the_cells_where_one_stands_at_several() -> None:
    cells: dict[Key, Cell] = {("/a",): Cell(3, 2, 2), ("/b",): Cell(4, 4, 4)}
    Table(name="t", dims=("page",), cells=cells, total=Cell(7, 4, 4), overlap=("page",))
    with pytest.raises(ValueError, match="add up"):
        Table(name="t", dims=("page",), cells=cells, total=Cell(7, 7, 7), overlap=("page",))


def test_margins_hold_the_cells() -> None:
    cells: dict[Key, Cell] = {
        ("/a", "phone"): one(3),
        ("/a", "desktop"): one(4),
        ("/b", "phone"): one(1),
    }
    margins = {
        "page": {"/a": one(7), "/b": one(1)},
        "device": {"phone": one(4), "desktop": one(4)},
    }
    dims = ("page", "device")
    Table(name="t", dims=dims, cells=cells, total=one(8), margins=margins)
    with pytest.raises(ValueError, match="margins"):
        Table(name="t", dims=dims, cells=cells, total=one(8), margins={"page": margins["page"]})
    wrong = {**margins, "device": {"phone": one(5), "desktop": one(3)}}
    with pytest.raises(ValueError, match="add up"):
        Table(name="t", dims=dims, cells=cells, total=one(8), margins=wrong)


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="values"):
        Table(name="t", dims=("page",), cells={("/a", "phone"): one(3)}, total=one(3))


def test_what_is_shown_survives_json() -> None:
    shown = Shown(
        name="t",
        dims=("page", "device"),
        cells={("/a", "phone"): None, ("/a", "desktop"): Cell(9, 7, 7)},
        total=Cell(20, 12, 12),
        margins={"page": {"/a": Cell(20, 12, 12)}, "device": {"phone": None, "desktop": None}},
        open=("page",),
        overlap=("page",),
        unnamed=True,
    )
    assert Shown.from_json(json.loads(json.dumps(shown.to_json()))) == shown
    assert not shown.whole


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        Shown.from_json({"name": "t"})


def test_a_table_that_hides_nothing_is_whole() -> None:
    assert Shown(name="t", dims=("device",), cells={PHONE: one(9)}, total=one(9)).whole
    assert not Shown(name="t", dims=("device",), cells={PHONE: None}, total=one(9)).whole
    assert not Shown(name="t", dims=("device",), cells={}, total=None).whole


def test_a_cell_without_a_margin_is_refused() -> None:
    margins = {"page": {"/a": one(3)}, "device": {"phone": one(3)}}
    cells: dict[Key, Cell] = {("/a", "phone"): one(3), ("/b", "phone"): one(3)}
    with pytest.raises(ValueError, match="add up"):
        Table(name="t", dims=("page", "device"), cells=cells, total=one(3), margins=margins)

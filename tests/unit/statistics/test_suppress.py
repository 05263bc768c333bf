# SPDX-License-Identifier: Apache-2.0
"""Suppression: each rule by hand, and no more hidden than it says."""

from uphold.statistics import suppress
from uphold.statistics.table import NONE, Cell, Key, Shown, Table

MINIMUM = 5


def one(count: int, persons: int | None = None) -> Cell:
    people = count if persons is None else persons
    return Cell(count, people, people)


def devices(**counts: int) -> Table:
    return Table(
        name="devices",
        dims=("device",),
        cells={(name,): one(count) for name, count in counts.items()},
        total=one(sum(counts.values())),
    )


def pages(total: int, **views: tuple[int, int]) -> Table:
    """`views`: how many views of a page, by how many people; `total` people in all."""
    return Table(
        name="pages",
        dims=("page",),
        cells={(name,): one(*view) for name, view in views.items()},
        total=one(sum(count for count, _ in views.values()), total),
        open=("page",),
        overlap=("page",),
    )


def grid(rows: dict[str, tuple[int, ...]], columns: tuple[str, ...]) -> Table:
    """Pages by devices; each person sees one page, once."""
    cells: dict[Key, Cell] = {
        (row, column): one(count)
        for row, counts in rows.items()
        for column, count in zip(columns, counts, strict=True)
        if count
    }
    by_column = zip(columns, zip(*rows.values(), strict=True), strict=True)
    return Table(
        name="page-devices",
        dims=("page", "device"),
        cells=cells,
        total=one(sum(map(sum, rows.values()))),
        margins={
            "page": {row: one(sum(counts)) for row, counts in rows.items()},
            "device": {column: one(sum(counts)) for column, counts in by_column},
        },
        open=("page",),
        overlap=("page",),
    )


def shown(table: Table) -> Shown:
    (found,) = suppress.protect([table], MINIMUM)
    return found


def hidden(table: Table) -> set[str]:
    """Which values of a table of one dimension are not to be seen."""
    cells = shown(table).cells
    return {value for (value,) in table.cells if cells.get((value,)) is None}


def test_a_table_of_large_cells_is_shown_as_it_is() -> None:
    table = devices(phone=9, desktop=20, tablet=0)
    assert shown(table).cells == table.cells
    assert shown(table).total == one(29)
    assert shown(table).whole


def test_a_small_cell_takes_the_smallest_other_with_it() -> None:
    assert hidden(devices(phone=9, desktop=20, tablet=3)) == {"tablet", "phone"}
    assert shown(devices(phone=9, desktop=20, tablet=3)).total == one(32)


def test_small_cells_that_are_enough_together_take_no_other() -> None:
    assert hidden(devices(phone=9, desktop=20, tablet=3, other=2)) == {"tablet", "other"}
    assert hidden(devices(phone=9, desktop=20, tablet=3, other=1)) == {"tablet", "other", "phone"}


def test_zeros_are_hidden_where_anything_is() -> None:
    assert hidden(devices(phone=9, desktop=20, tablet=3, other=0)) == {"tablet", "other", "phone"}


def test_a_table_of_too_few_people_is_not_shown_at_all() -> None:
    table = shown(devices(phone=3, desktop=1, tablet=0))
    assert table.total is None
    assert set(table.cells.values()) == {None}


def test_a_table_of_small_cells_only_shows_its_total() -> None:
    table = shown(devices(phone=4, desktop=4, tablet=4))
    assert table.total == one(12)
    assert set(table.cells.values()) == {None}


def test_that_nobody_came_is_no_secret() -> None:
    assert shown(devices(phone=0)).whole


def test_people_of_the_largest_day_are_what_is_compared() -> None:
    week = Table(
        name="devices",
        dims=("device",),
        cells={("phone",): Cell(20, 8, 2), ("desktop",): Cell(60, 50, 9)},
        total=Cell(80, 58, 10),
    )
    assert set(shown(week).cells.values()) == {None}


def test_a_hidden_page_is_not_named() -> None:
    table = shown(pages(40, home=(70, 40), news=(30, 20), me=(9, 1)))
    assert table.cells == {("home",): one(70, 40)}
    assert table.unnamed
    assert not table.whole


def test_people_who_may_be_the_same_are_not_added_up() -> None:
    # Three people on two pages may be the same three; on two devices they would be six.
    assert hidden(pages(40, home=(70, 40), news=(30, 20), a=(9, 3), b=(9, 3))) == {"a", "b", "news"}


def test_a_row_with_a_small_cell_is_hidden_whole_and_not_alone() -> None:
    table = shown(
        grid({"a": (30, 20), "b": (2, 18), "c": (11, 12)}, ("phone", "desktop")),
    )
    assert table.cells == {
        ("a", "phone"): one(30),
        ("a", "desktop"): one(20),
        ("b", "phone"): None,
        ("b", "desktop"): None,
        ("c", "phone"): None,
        ("c", "desktop"): None,
    }
    assert table.margins["page"]["b"] == one(20)


def test_rows_are_taken_until_nobody_stands_alone_in_a_column() -> None:
    # b and c have 2 and 2 on tablets: a third row is needed, and the smallest that has tablets is e.
    table = shown(
        grid(
            {
                "a": (30, 20, 0),
                "b": (9, 9, 2),
                "c": (8, 8, 2),
                "d": (10, 10, 50),
                "e": (10, 10, 10),
            },
            ("phone", "desktop", "tablet"),
        )
    )
    assert {row for (row, _), cell in table.cells.items() if cell is None} == {"b", "c", "e"}
    assert table.cells["a", "tablet"] == NONE


def test_a_row_is_hidden_for_what_its_hidden_columns_have() -> None:
    # Tablets and others are hidden in the margin; row b has 2 people in both together.
    table = shown(
        grid(
            {"a": (30, 20, 2, 3), "b": (20, 20, 1, 1), "c": (10, 10, 0, 0), "d": (40, 40, 0, 0)},
            ("phone", "desktop", "tablet", "other"),
        )
    )
    assert table.margins["device"]["tablet"] is None
    assert table.cells["a", "tablet"] is None
    # The rest of row b is 2; with desktops it is enough, and row a is the smallest beside it.
    assert lost(table, "desktop") == {"a", "b"}
    assert lost(table, "phone") == set()


def lost(table: Shown, column: str) -> set[str]:
    """The rows that do not show a column."""
    return {row for (row, at), cell in table.cells.items() if at == column and cell is None}


def test_a_row_loses_the_columns_of_few_people_only() -> None:
    table = shown(
        grid(
            {"a": (60, 50, 9, 8), "b": (20, 30, 9, 2), "c": (15, 10, 6, 5), "d": (40, 40, 0, 0)},
            ("phone", "desktop", "tablet", "other"),
        )
    )
    assert lost(table, "tablet") == lost(table, "other") == {"b", "c"}
    assert lost(table, "phone") == lost(table, "desktop") == set()
    assert table.cells["d", "tablet"] == NONE


def test_a_row_of_small_cells_loses_all() -> None:
    table = shown(
        grid(
            {"a": (60, 50, 9, 8), "b": (3, 2, 1, 1), "c": (15, 10, 6, 5), "d": (40, 40, 0, 0)},
            ("phone", "desktop", "tablet", "other"),
        )
    )
    assert {row for row, _ in table.cells if None is table.cells[row, "phone"]} == {"b", "c"}


def test_the_same_line_is_hidden_in_the_same_way_wherever_it_stands() -> None:
    both = grid({"a": (30, 20), "b": (1, 2), "c": (11, 12)}, ("phone", "desktop"))
    alone = Table(
        name="pages",
        dims=("page",),
        cells={(page,): cell for page, cell in both.margins["page"].items()},
        total=both.total,
        open=("page",),
        overlap=("page",),
    )
    in_both, in_one = suppress.protect([both, alone], MINIMUM)
    assert {(page,): cell for page, cell in in_both.margins["page"].items()} == in_one.cells
    assert {page for page, _ in in_both.cells} == {"a"}

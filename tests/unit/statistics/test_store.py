# SPDX-License-Identifier: Apache-2.0
"""Closed days are counted as they were: acts, persons of a day, and the most persons of any day."""

from datetime import date
from pathlib import Path

import pytest

from tests.figures import closed, view
from uphold import errors
from uphold.statistics import recipe, store as counted
from uphold.statistics.recipe import Source
from uphold.statistics.table import Cell, Key, Table
from uphold.visits.layout import Event, Store

ONE, TWO, NEVER = date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 23)
ALL = [name for name, kind in recipe.KINDS.items() if kind.source is Source.VISITS]


def act(visitor: int, kind: str, item: str) -> Event:
    return Event(9, visitor, kind, item, "phone", "Firefox", "RU")


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Table]:
    """Three people on one day, one of them twice at a page; two on the next, with a form."""
    folder = tmp_path_factory.mktemp("figures")
    three = [view(1, "/a"), view(1, "/a", 10), view(1, "/b", 10), view(2, "/a"), view(3, "/a")]
    closed(folder, {ONE: three})
    sent = [act(1, "started", "f"), act(1, "started", "f"), act(2, "started", "g")]
    more = [act(1, "error", "f.email"), act(0, "opinion", "yes"), act(0, "opinion", "yes")]
    two = [view(1, "/a", device="desktop"), view(2, "/b"), *sent, *more]
    store = closed(folder, {TWO: two})
    return {one.name: one for one in counted.tables(store, [ONE, TWO, NEVER, ONE], ALL)}


def some(table: Table) -> dict[Key, Cell]:
    """The cells of a table in which there is anybody."""
    return {key: cell for key, cell in table.cells.items() if cell.count}


def test_views_are_counted_with_persons_of_each_day(tables: dict[str, Table]) -> None:
    pages = tables["pages"]
    assert pages.cells == {("/a",): Cell(5, 4, 3), ("/b",): Cell(2, 2, 1)}
    assert pages.total == Cell(7, 5, 3)
    assert pages.open == pages.overlap == ("page",)
    hours = tables["hours"]
    assert some(hours) == {("09",): Cell(5, 5, 3), ("10",): Cell(2, 1, 1)}
    assert hours.total == pages.total


def test_visitors_are_counted_by_what_they_came_with(tables: dict[str, Table]) -> None:
    assert some(tables["devices"]) == {("phone",): Cell(6, 4, 3), ("desktop",): Cell(1, 1, 1)}
    assert tables["devices"].total == Cell(7, 5, 3)
    assert tables["browsers"].cells == {("Firefox",): Cell(5, 5, 3)}
    assert tables["countries"].cells == {("RU",): Cell(5, 5, 3)}


def test_the_margins_of_a_grid_are_the_tables_of_one_dimension(tables: dict[str, Table]) -> None:
    both = tables["page-devices"]
    assert both.cells["/a", "phone"] == Cell(4, 3, 3)
    assert both.cells["/a", "desktop"] == Cell(1, 1, 1)
    for dim, name in (("page", "pages"), ("device", "devices")):
        assert {(value,): cell for value, cell in both.margins[dim].items()} == tables[name].cells
    assert both.total == tables["pages"].total


def test_acts_are_counted_by_form_and_field(tables: dict[str, Table]) -> None:
    assert tables["started"].cells == {("f",): Cell(2, 1, 1), ("g",): Cell(1, 1, 1)}
    # Whether the two are one person nobody knows.
    assert tables["started"].total == Cell(3, 2, 1)
    assert tables["errors"].cells == {("f.email",): Cell(1, 1, 1)}
    assert tables["submitted"].cells == {}
    assert tables["opinions"].total == Cell(2, 2, 2)


def test_every_table_of_visits_can_be_made(tables: dict[str, Table]) -> None:
    assert set(tables) == set(ALL)
    assert all(tables[name].dims == recipe.KINDS[name].dims for name in ALL)


def test_no_day_is_nothing(tmp_path: Path) -> None:
    found = counted.tables(Store(tmp_path / "none"), [ONE], ALL)
    assert all(one.total == Cell(0, 0, 0) for one in found)
    assert counted.bounded(Store(tmp_path / "none"), [ONE], 2) == {}


def test_a_person_counts_at_so_many_pages_of_a_day(tmp_path: Path) -> None:
    many = [view(visitor, f"/{page}") for visitor in range(1, 11) for page in range(4)]
    store = closed(tmp_path, {ONE: many, TWO: many[:4]})
    assert sum(counted.bounded(store, [ONE], 4).values()) == 40
    assert sum(counted.bounded(store, [ONE], 1).values()) == 10
    assert sum(counted.bounded(store, [ONE, TWO], 3).values()) == 33


def test_nobody_counts_at_more_pages_than_a_recipe_can_ask_for(tmp_path: Path) -> None:
    store = closed(tmp_path, {ONE: [view(1, f"/{'x' * page}") for page in range(1, 131)]})
    assert sum(counted.bounded(store, [ONE], 100).values()) == 100


def test_a_damaged_file_is_told_without_its_words(tmp_path: Path) -> None:
    store = closed(tmp_path, {ONE: [view(1, "/secret")]})
    store.events(ONE).write_bytes(b"/secret")
    with pytest.raises(errors.Unavailable) as told:
        counted.tables(store, [ONE], ["pages"])
    assert "secret" not in str(told.value)


def test_the_days_whose_files_are_damaged_or_gone_are_named(tmp_path: Path) -> None:
    store = closed(tmp_path, {day: [view(1, "/home")] for day in (ONE, TWO)})
    half = store.events(TWO).read_bytes()
    store.events(TWO).write_bytes(half[: len(half) // 2])
    with pytest.raises(errors.Unavailable, match=f"gone: {TWO}\\."):
        counted.events(store, [ONE, TWO])
    store.visitors(ONE).unlink()
    with pytest.raises(errors.Unavailable, match=f"gone: {ONE}, {TWO}\\."):
        counted.tables(store, [ONE, TWO], ["devices"])

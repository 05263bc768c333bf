# SPDX-License-Identifier: Apache-2.0
"""Only what was released is shown, and a time is the sum of what was shown of it."""

from datetime import date
from pathlib import Path

import pytest

from uphold import errors
from uphold.statistics import released
from uphold.statistics.label import Label
from uphold.statistics.recipe import Grain
from uphold.statistics.released import Atom, Figure
from uphold.statistics.table import Cell, Shown
from uphold.visits.layout import Store

RECIPE = "a" * 64


def shown(total: Cell | None, unnamed: bool = False, **cells: Cell | None) -> Shown:
    return Shown(
        name="pages",
        dims=("page",),
        open=("page",),
        overlap=("page",),
        cells={(key,): cell for key, cell in cells.items()},
        total=total,
        unnamed=unnamed,
    )


def put(store: Store, atom: str, *tables: Shown) -> Atom:
    made = Atom(atom, RECIPE, Label.AGGREGATED, 5, {one.name: one for one in tables})
    path = store.released(RECIPE, atom)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(released.write(made))
    return made


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_a_file_says_what_was_written(store: Store) -> None:
    table = shown(Cell(9, 6, 6), unnamed=True, home=Cell(7, 5, 5), news=None)
    made = put(store, "2026-W47", table)
    (read,) = released.read(store)
    assert read == made
    assert read.grain is Grain.WEEK
    assert released.write(read) == store.released(RECIPE, "2026-W47").read_bytes()


def test_a_time_is_the_sum_of_its_whole_atoms(store: Store) -> None:
    put(store, "2026-11-21", shown(Cell(9, 6, 6), home=Cell(9, 6, 6)))
    put(store, "2026-11-22", shown(Cell(20, 8, 8), home=Cell(12, 8, 8), news=Cell(8, 5, 5)))
    put(store, "2026-11-23", shown(Cell(5, 5, 5), home=Cell(5, 5, 5)))
    week = Shown(name="given", dims=("edition",), cells={}, total=Cell(0, 0, 0))
    put(store, "2026-W47", week)
    told = released.over(store, date(2026, 11, 21), date(2026, 11, 22))
    (pages,) = told.tables.values()
    assert told.label is Label.AGGREGATED
    assert pages.total == Figure(29, 14, 2, 0)
    assert pages.cells == {("home",): Figure(21, 14, 2, 0), ("news",): Figure(8, 5, 1, 0)}
    assert [atom for atom, _ in pages.atoms] == ["2026-11-21", "2026-11-22"]
    assert not pages.cells["news",].at_least
    # From Monday to Sunday the week is whole.
    whole = released.over(store, date(2026, 11, 16), date(2026, 11, 22))
    assert set(whole.tables) == {"given", "pages"}
    assert released.over(store, date(2026, 11, 17), date(2026, 11, 22)).tables.keys() == {"pages"}


def test_what_is_hidden_anywhere_is_at_least(store: Store) -> None:
    put(store, "2026-11-21", shown(None, home=None))
    put(store, "2026-11-22", shown(Cell(20, 8, 8), unnamed=True, home=Cell(12, 8, 8)))
    put(store, "2026-11-23", shown(Cell(9, 9, 9), home=Cell(4, 4, 4), rare=Cell(5, 5, 5)))
    pages = released.over(store, date(2026, 11, 1), date(2026, 11, 30)).tables["pages"]
    assert pages.unnamed
    assert pages.total == Figure(29, 17, 2, 1)
    assert pages.cells["home",] == Figure(16, 12, 2, 1)
    # It may stand behind what is not named on the day before.
    assert pages.cells["rare",] == Figure(5, 5, 1, 2)
    assert pages.cells["rare",].at_least
    early = released.over(store, date(2026, 11, 21), date(2026, 11, 21)).tables["pages"]
    assert early.total.is_hidden


def test_margins_are_sums_too(store: Store) -> None:
    table = Shown(
        name="given",
        dims=("edition", "purpose"),
        cells={("1", "reply"): Cell(6, 6, 6), ("1", "news"): None},
        total=Cell(8, 8, 8),
        margins={
            "edition": {"1": Cell(8, 8, 8)},
            "purpose": {"reply": Cell(6, 6, 6), "news": None},
        },
    )
    put(store, "2026-W46", table)
    put(store, "2026-W47", table)
    given = released.over(store, date(2026, 11, 9), date(2026, 11, 22)).tables["given"]
    assert given.grain is Grain.WEEK
    assert given.margins["edition"] == {"1": Figure(16, 16, 2, 0)}
    assert given.margins["purpose"]["news"].is_hidden


def test_the_span_is_from_the_first_to_the_last_day(store: Store) -> None:
    assert released.read(store) == ()
    put(store, "2026-W47", shown(None))
    put(store, "2026-11-23", shown(None))
    assert released.span(released.read(store)) == (date(2026, 11, 16), date(2026, 11, 23))


@pytest.mark.parametrize("harm", [b"", b"{}", b"\xff", b'"label":"exact"', b'"atom":"2026-W46"'])
def test_a_damaged_file_is_told(store: Store, harm: bytes) -> None:
    put(store, "2026-W47", shown(Cell(9, 6, 6)))
    path = store.released(RECIPE, "2026-W47")
    key, _, value = harm.partition(b":")
    raw = path.read_bytes()
    old = {b'"label"': b'"label":"aggregated"', b'"atom"': b'"atom":"2026-W47"'}.get(key, raw)
    assert old in raw
    path.write_bytes(raw.replace(old, key + b":" + value if value else harm))
    with pytest.raises(errors.Broken, match="2026-W47"):
        released.read(store)

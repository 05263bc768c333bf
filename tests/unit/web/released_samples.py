# SPDX-License-Identifier: Apache-2.0
"""A store with released figures, made by hand: what a page of statistics is shown from.

fill(store, date(2026, 9, 28), 56)       eight weeks of days and of weeks, the last day a Sunday
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

from uphold.statistics import recipe, released
from uphold.statistics.label import Label
from uphold.statistics.recipe import Grain
from uphold.statistics.released import Atom
from uphold.statistics.table import Cell, Key, Shown
from uphold.visits.layout import Store

RECIPE = "a" * 64
BEGUN, DAYS = date(2026, 9, 28), 56
# A Wednesday, of which the totals are hidden.
HIDDEN = date(2026, 11, 11)


def shown(
    name: str,
    cells: Mapping[Key, int | None],
    total: int | None,
    *,
    acts: int = 2,
    unnamed: bool = False,
) -> Shown:
    """A table of persons, each of whom acted `acts` times; None is hidden."""
    kind = recipe.KINDS[name]
    return Shown(
        name=name,
        dims=kind.dims,
        cells={key: _cell(value, acts) for key, value in cells.items()},
        total=_cell(total, acts),
        margins={dim: {} for dim in kind.dims} if len(kind.dims) == 2 else {},
        unnamed=unnamed,
    )


def _cell(persons: int | None, acts: int) -> Cell | None:
    return None if persons is None else Cell(persons * acts, persons, persons)


def put(store: Store, atom: str, tables: Iterable[Shown]) -> None:
    made = Atom(atom, RECIPE, Label.AGGREGATED, 0, {one.name: one for one in tables})
    path = store.released(RECIPE, atom)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(released.write(made))


def day_of(day: date, persons: int) -> tuple[Shown, ...]:
    """The tables of one day: `persons` visitors, a fourth of them on a phone."""
    phones = persons // 4
    pages: dict[Key, int | None] = {("/",): persons, ("/f/feedback",): persons // 2}
    hours: dict[Key, int | None] = {(f"{hour:02}",): persons // 3 for hour in range(8, 20)}
    hours["03",] = None
    is_hidden = day == HIDDEN
    return (
        shown(
            "pages", {} if is_hidden else pages, None if is_hidden else persons, unnamed=is_hidden
        ),
        shown("devices", {("desktop",): persons - phones, ("phone",): phones}, persons),
        shown("browsers", {("Chrome",): persons - 6, ("other",): 6}, persons),
        shown("hours", hours, persons),
        shown(
            "page-devices", {("/", "desktop"): persons - phones, ("/", "phone"): phones}, persons
        ),
    )


def week_of(persons: int) -> tuple[Shown, ...]:
    """The tables of one week."""
    return (
        shown("started", {("feedback",): persons * 2}, persons * 2),
        shown("ticked", {("feedback",): persons + 3}, persons + 3),
        shown("submitted", {("feedback",): persons}, persons),
        shown("errors", {("feedback.email",): 7, ("feedback.name",): None}, 7, acts=3),
        shown("requests", {("first-quarter",): 9, ("late",): 5}, 14, acts=1),
        shown("enquiries", {("one-day",): 6, ("longer",): None}, 6, acts=1),
        shown("opinions", {("yes",): 8, ("no",): None}, 8, acts=1),
        shown("given", {("1", "feedback"): 20}, 20, acts=1),
        shown("withdrawn", {("1", "feedback"): None}, None, acts=1),
    )


def fill(store: Store, begun: date = BEGUN, days: int = DAYS) -> None:
    for at in range(days):
        day = begun + timedelta(days=at)
        put(store, recipe.atom(Grain.DAY, day), day_of(day, 40 + at))
        if day.weekday() == 6 and at >= 6:
            put(store, recipe.atom(Grain.WEEK, day), week_of(12 + at // 7))


def filled(folder: Path) -> Store:
    store = Store(folder)
    fill(store)
    return store

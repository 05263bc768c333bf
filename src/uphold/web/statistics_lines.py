# SPDX-License-Identifier: Apache-2.0
"""Figures over time as a chart and its table: days, weeks or months, each with the one before (pure)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from uphold.statistics import recipe
from uphold.statistics.recipe import Grain
from uphold.statistics.released import Sum
from uphold.statistics.table import Cell
from uphold.visits import layout
from uphold.web import dates
from uphold.web.chart import COLUMNS, LINE, Graph, Point
from uphold.web.statistics_period import Chosen
from uphold.web.statistics_views import Figure, Moment, Timeline
from uphold.web.statistics_words import SERIES, Names

# More days than these are shown by week.
_MOST_DAYS = 100
_TICKS = 9
_MOST_COLUMNS = 16
_DAY = timedelta(days=1)
_HOURS = 24
_EVERY = 3

Value = Callable[[Cell], int]


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a line: its first day, its figures; None where nothing was released for any day of it."""

    first: date
    persons: Figure | None
    acts: Figure | None


def over_time(
    code: str, now: Sum, before: Sum | None, chosen: Chosen, names: Names
) -> Timeline | None:
    """The totals of a table over the days that are shown, against those before; None where there is no place."""
    step = _step(now.grain, chosen)
    slots = _slots(now, chosen.start, chosen.end, step)
    was: Sequence[Slot] = ()
    if before is not None and chosen.before is not None:
        was = _slots(before, *chosen.before, step)
    every = max(1, -(-len(slots) // _TICKS)) if step is not Grain.DAY else 7
    points, rows = [], []
    for at, slot in enumerate(slots):
        then = was[at] if at < len(was) else None
        has_tick = slot.first.weekday() == 0 if every == 7 and step is Grain.DAY else not at % every
        tick = _tick(slot.first, step, names) if has_tick or len(slots) <= _TICKS else ""
        points.append(_point(slot, then, tick, step, names, compares=bool(was)))
        name = _name(slot.first, step, names)
        rows.append(Moment(name, slot.persons, slot.acts, then.persons if then else None))
    if not points:
        return None
    # A few weeks are no course of things to draw a line through.
    kind = COLUMNS if step is not Grain.DAY and len(points) <= _MOST_COLUMNS else LINE
    graph = Graph(kind, names.said(SERIES[code]), tuple(points), compares=bool(was))
    return Timeline(code, graph, tuple(rows), compares=bool(was))


def by_hour(now: Sum, before: Sum | None, names: Names) -> Timeline:
    """The visitors of each hour of the day, all days together."""
    points, rows = [], []
    for hour in range(_HOURS):
        key, name = (f"{hour:02}",), f"{hour:02}:00"
        persons, acts = cell(now, key), cell(now, key, acts=True)
        then = cell(before, key) if before else None
        was = (name, _written(then, names)) if then else None
        points.append(
            Point(
                persons.value,
                names.point(name, _written(persons, names), was),
                name if hour % _EVERY == 0 else "",
                then.value if then else None,
            )
        )
        rows.append(Moment(name, persons, acts, then))
    compares = before is not None
    graph = Graph(COLUMNS, names.said(SERIES["hours"]), tuple(points), compares=compares)
    return Timeline("hours", graph, tuple(rows), compares=compares)


def cell(table: Sum, key: tuple[str, ...], *, acts: bool = False) -> Figure:
    """One cell of a table: a key that is missing is nobody, or hidden where something unnamed is."""
    found = table.cells.get(key)
    if found is None:
        return Figure(None if table.unnamed else 0)
    if found.is_hidden:
        return Figure()
    return Figure(found.count if acts else found.persons, found.at_least)


def _step(grain: Grain, chosen: Chosen) -> Grain:
    is_long = (chosen.end - chosen.start).days >= _MOST_DAYS
    return Grain.WEEK if grain is Grain.DAY and is_long else grain


def _slots(table: Sum, start: date, end: date, step: Grain) -> Sequence[Slot]:
    """Sum the totals by step; a place that begins or ends between two days has what lies within."""
    found: dict[str, list[Cell | None]] = {}
    firsts: dict[str, date] = {}
    day = start
    while day <= end:
        name = recipe.atom(step, day)
        firsts.setdefault(name, day)
        found.setdefault(name, [])
        day += _DAY
    for atom, shown in table.atoms:
        first, _ = layout.days(atom)
        place = recipe.atom(step, first)
        if place in found:
            found[place].append(shown.total)
    return [
        Slot(firsts[name], _sum(cells, _persons), _sum(cells, _acts))
        for name, cells in found.items()
    ]


def _sum(cells: Sequence[Cell | None], value: Value) -> Figure | None:
    if not cells:
        return None
    shown = [value(one) for one in cells if one is not None]
    return Figure(sum(shown) if shown else None, bool(shown) and len(shown) < len(cells))


def _persons(one: Cell) -> int:
    return one.persons


def _acts(one: Cell) -> int:
    return one.count


def _point(
    slot: Slot, then: Slot | None, tick: str, step: Grain, names: Names, *, compares: bool
) -> Point:
    value = slot.persons.value if slot.persons else None
    before = then.persons.value if then and then.persons else None
    was = None
    if compares and then is not None:
        was = (_name(then.first, step, names), _written(then.persons, names))
    said = names.point(_name(slot.first, step, names), _written(slot.persons, names), was)
    return Point(value, said, tick, before)


def _written(figure: Figure | None, names: Names) -> str:
    if figure is None:
        return names.nothing()
    text = None if figure.value is None else dates.number(figure.value, names.language)
    return names.number(text, at_least=figure.at_least)


def _name(first: date, step: Grain, names: Names) -> str:
    if step is Grain.MONTH:
        return dates.month(f"{first:%Y-%m}", names.language)
    day = dates.day(first, names.language)
    return names.week(day) if step is Grain.WEEK else day


def _tick(first: date, step: Grain, names: Names) -> str:
    if step is Grain.MONTH:
        return f"{first:%m.%Y}"
    return dates.short(first, names.language)

# SPDX-License-Identifier: Apache-2.0
"""What is asked of the closed days: every query over their files, and the engine that answers (DuckDB).

Another engine for more data than one machine holds would take this module's place: what it gives are counts of
single days, which `count` makes tables of. No query counts distinct values: `layout` tells why none is needed.
Memory is bounded by MEMORY_MB, whatever is asked; beyond it a query goes to a folder of its own and is removed.
"""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb

from uphold import errors
from uphold.statistics import count
from uphold.statistics.count import Line
from uphold.statistics.table import NONE, Cell, Table
from uphold.visits.layout import Store

MEMORY_MB: Final = 400
THREADS: Final = 2

# One row for each day and value: acts, persons. `day` is in the names of the folders.
_PAGES = (
    """SELECT day, item, count(*), count_if(first) FROM events WHERE kind = 'view' GROUP BY ALL"""
)
_HOURS = """SELECT day, lpad(hour::VARCHAR, 2, '0'), count(*), count_if(hourly)
    FROM events WHERE kind = 'view' GROUP BY ALL"""
_VIEWS = """SELECT day, device, count(*), 0 FROM events WHERE kind = 'view' GROUP BY ALL"""
_GRID = """SELECT day, item, device, count(*), count_if(first) FROM events WHERE kind = 'view' GROUP BY ALL"""
_ACTS = (
    """SELECT day, item, count(*), count_if(first) FROM events WHERE kind = $kind GROUP BY ALL"""
)
_VISITORS = """SELECT day, {column}, count(*), count(*) FROM visitors GROUP BY ALL"""
_EVENTS = """SELECT day, count(*) FROM events GROUP BY ALL"""
_BOUNDED = """SELECT item, count_if(rank <= $most) FROM events WHERE kind = 'view' GROUP BY item"""

KIND_OF: Final = {
    "started": "started",
    "ticked": "ticked",
    "submitted": "submitted",
    "errors": "error",
    "opinions": "opinion",
}
"""By table: the kind of event that it counts."""


def tables(store: Store, days: Sequence[date], which: Sequence[str]) -> tuple[Table, ...]:
    """Count the named tables over closed days, each day once; days that are not closed hold nothing.

    Raises `errors.Unavailable` where the files cannot be read or do not fit.
    """
    with _asked(store, days) as ask:
        counted = _Counted(ask)
        return tuple(_MAKE[name](counted, name) for name in which)


def bounded(store: Store, days: Sequence[date], most: int) -> Mapping[str, int]:
    """Count the persons of each page, each person of a day at `most` pages of that day at most.

    Which pages, was drawn by chance when the day was closed. Raises as `tables` does.
    """
    with _asked(store, days) as ask:
        return {str(item): int(persons) for item, persons in ask(_BOUNDED, most=most) if persons}


def events(store: Store, days: Sequence[date]) -> Mapping[date, int]:
    """Count the events of each of some closed days. Raises as `tables` does."""
    with _asked(store, days) as ask:
        found = {str(day): int(number) for day, number in ask(_EVENTS)}
    return {day: found.get(day.isoformat(), 0) for day in days}


Ask = Callable[..., list[tuple[Any, ...]]]


@dataclass(slots=True)
class _Counted:
    """What several tables share, counted when it is first asked for."""

    ask: Ask

    def lines(self, query: str, **values: Any) -> Mapping[str, Line]:
        """Cells by day and value."""
        found: dict[str, dict[str, Cell]] = defaultdict(dict)
        for day, value, acts, persons in self.ask(query, **values):
            found[str(day)][str(value)] = Cell(acts, persons, persons)
        return found

    def of_visitors(self, column: str) -> Mapping[str, Line]:
        """Visitors by day and one of their columns."""
        return self.lines(_VISITORS.format(column=column))

    def devices(self) -> Mapping[str, Line]:
        """Views and visitors by day and device."""
        views, visitors = self.lines(_VIEWS), self.of_visitors("device")
        return {
            day: {
                device: Cell(seen.count, people.persons, people.floor)
                for device, seen in line.items()
                for people in [visitors.get(day, {}).get(device, NONE)]
            }
            for day, line in views.items()
        }

    def totals(self) -> list[Cell]:
        """Views and visitors of each day."""
        return [_disjoint(line) for line in self.devices().values()]


def _disjoint(line: Line) -> Cell:
    """The total of cells that share nobody."""
    cells = line.values()
    people = sum(cell.persons for cell in cells)
    return Cell(sum(cell.count for cell in cells), people, people)


def _views(query: str) -> Callable[[_Counted, str], Table]:
    """A table of views whose persons may stand in several cells: the total knows the visitors."""

    def make(counted: _Counted, name: str) -> Table:
        return count.line(name, counted.lines(query).values(), counted.totals())

    return make


def _visitors(column: str) -> Callable[[_Counted, str], Table]:
    def make(counted: _Counted, name: str) -> Table:
        days = counted.of_visitors(column).values()
        return count.line(name, days, map(_disjoint, days))

    return make


def _devices(counted: _Counted, name: str) -> Table:
    return count.line(name, counted.devices().values(), counted.totals())


def _grid(counted: _Counted, name: str) -> Table:
    cells: dict[tuple[str, str], Cell] = defaultdict(lambda: NONE)
    for _, page, device, acts, persons in counted.ask(_GRID):
        cells[str(page), str(device)] += Cell(acts, persons, persons)
    pages = count.added(counted.lines(_PAGES).values())
    devices = count.added(counted.devices().values())
    return count.grid(name, cells, pages, devices, count.whole(counted.totals()))


def _acts(counted: _Counted, name: str) -> Table:
    days = counted.lines(_ACTS, kind=KIND_OF[name]).values()
    return count.line(name, days, map(count.together, days))


def _opinions(counted: _Counted, name: str) -> Table:
    days = counted.lines(_ACTS, kind=KIND_OF[name]).values()
    found = count.added(days)
    return count.acts(name, {value: cell.count for value, cell in found.items()})


_MAKE: Final[Mapping[str, Callable[[_Counted, str], Table]]] = {
    "pages": _views(_PAGES),
    "hours": _views(_HOURS),
    "devices": _devices,
    "browsers": _visitors("browser"),
    "countries": _visitors("country"),
    "page-devices": _grid,
    **dict.fromkeys(("started", "ticked", "submitted", "errors"), _acts),
    "opinions": _opinions,
}


@contextmanager
def _asked(store: Store, days: Sequence[date]) -> Iterator[Ask]:
    """Give a way to ask the files of closed days."""
    closed = [day for day in dict.fromkeys(days) if store.is_closed(day)]
    try:
        with _engine(store.folder if closed else None) as engine:
            for name, path in (("events", store.events), ("visitors", store.visitors)):
                _view(engine, name, [str(path(day)) for day in closed])
            yield lambda query, **values: engine.execute(query, values).fetchall()
    except (OSError, duckdb.Error) as error:
        # The engine's own words may quote what it read.
        raise errors.Unavailable(
            f"The closed days cannot be counted ({type(error).__name__}).",
            "See that the folder of [visits] store can be read and has room.",
        ) from None


def _view(engine: duckdb.DuckDBPyConnection, name: str, files: list[str]) -> None:
    if files:
        read = f"read_parquet({files!r}, hive_partitioning = true, hive_types_autocast = false)"
        engine.execute(f"CREATE VIEW {name} AS SELECT * FROM {read}")  # noqa: S608 - our own paths
        return
    engine.execute(
        f"CREATE TABLE {name} (day VARCHAR, hour TINYINT, kind VARCHAR, item VARCHAR, device VARCHAR, "
        "first BOOLEAN, hourly BOOLEAN, rank SMALLINT, browser VARCHAR, country VARCHAR)"
    )


@contextmanager
def _engine(folder: Path | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give an engine in memory that keeps to its bounds, and neither fetches nor loads anything."""
    with tempfile.TemporaryDirectory(prefix=".counting-", dir=folder) as spilled:
        engine = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": f"{MEMORY_MB}MB",
                "threads": THREADS,
                "temp_directory": spilled,
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        try:
            yield engine
        finally:
            engine.close()

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
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import duckdb

from uphold import errors
from uphold.statistics import count
from uphold.statistics.count import Line
from uphold.statistics.table import NONE, Cell, Table
from uphold.visits import compact, spool
from uphold.visits.layout import Store

MEMORY_MB: Final = 400

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

_BOTH = " INTERSECT ".join(
    f"SELECT DISTINCT visitor FROM {compact.LINES.format(files=files)} WHERE visitor <> 0"  # noqa: S608 - our own texts
    for files in ("mine", "near")
)
_AGAIN = f"SELECT count(*) FROM ({_BOTH})"  # noqa: S608 - our own texts

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
    with counting(store, days) as counted:
        return counted.tables(days, which)


@contextmanager
def counting(store: Store, days: Sequence[date]) -> Iterator["Counts"]:
    """Give what counts tables over any of these days, whose files are read once. Raises as `tables` does."""
    with _asked(store, days) as ask:
        yield Counts(ask)


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


def again(store: Store, days: Sequence[date]) -> Mapping[date, int]:
    """Count of each open day the visitors whose number stands on the day before or after too, if that is open.

    By a salt of its own for each day there is nobody: whoever is counted here can be followed from day to day.
    Raises as `tables` does.
    """
    found = dict.fromkeys(days, 0)
    if found:
        with _told(store), _engine(store.folder) as engine:
            for day in found:
                mine = _opened(store, [day])
                near = _opened(store, [day - timedelta(days=1), day + timedelta(days=1)])
                if mine and near:
                    both = engine.execute(_AGAIN, {"mine": mine, "near": near}).fetchall()
                    found[day] = int(both[0][0])
    return found


def _opened(store: Store, days: Sequence[date]) -> list[str]:
    return [
        str(path)
        for day in days
        for path in spool.files(store.open_folder(day))
        if path.stat().st_size
    ]


Ask = Callable[..., list[tuple[Any, ...]]]
Days = Sequence[str]


class Counts:
    """What was counted of each day, of which the tables of any of these days are made."""

    def __init__(self, ask: Ask) -> None:
        """Count nothing yet."""
        self._ask = ask
        self._lines: dict[tuple[str, str], Mapping[str, Line]] = {}
        self._cells: dict[str, dict[tuple[str, str], Cell]] | None = None

    def tables(self, days: Sequence[date], which: Sequence[str]) -> tuple[Table, ...]:
        """Make the named tables of some of the days, each day once."""
        named = tuple(dict.fromkeys(map(str, days)))
        return tuple(_MAKE[name](self, name, named) for name in which)

    def lines(self, days: Days, query: str, kind: str = "") -> list[Line]:
        """Cells by value, of each of the days."""
        if (query, kind) not in self._lines:
            found: dict[str, dict[str, Cell]] = defaultdict(dict)
            for day, value, acts, persons in self._ask(query, **({"kind": kind} if kind else {})):
                found[str(day)][str(value)] = Cell(acts, persons, persons)
            self._lines[query, kind] = found
        lines = self._lines[query, kind]
        return [lines.get(day, {}) for day in days]

    def cells(self, days: Days) -> Iterator[Mapping[tuple[str, str], Cell]]:
        """Cells by page and device, of each of the days."""
        if self._cells is None:
            self._cells = defaultdict(dict)
            for day, page, device, acts, persons in self._ask(_GRID):
                self._cells[str(day)][str(page), str(device)] = Cell(acts, persons, persons)
        for day in days:
            yield self._cells.get(day, {})

    def devices(self, days: Days) -> list[Line]:
        """Views and visitors by device, of each of the days."""
        both = zip(self.lines(days, _VIEWS), self.lines(days, _visitors("device")), strict=True)
        return [
            {
                device: Cell(seen.count, people.persons, people.floor)
                for device, seen in views.items()
                for people in [visitors.get(device, NONE)]
            }
            for views, visitors in both
        ]

    def totals(self, days: Days) -> list[Cell]:
        """Views and visitors of each of the days."""
        return [_disjoint(line) for line in self.devices(days)]


Make = Callable[[Counts, str, Days], Table]


def _disjoint(line: Line) -> Cell:
    """The total of cells that share nobody."""
    cells = line.values()
    people = sum(cell.persons for cell in cells)
    return Cell(sum(cell.count for cell in cells), people, people)


def _visitors(column: str) -> str:
    return _VISITORS.format(column=column)


def _by_view(query: str) -> Make:
    """A table of views whose persons may stand in several cells: the total knows the visitors."""
    return lambda counts, name, days: count.line(
        name, counts.lines(days, query), counts.totals(days)
    )


def _by_visitor(column: str) -> Make:
    def make(counts: Counts, name: str, days: Days) -> Table:
        lines = counts.lines(days, _visitors(column))
        return count.line(name, lines, map(_disjoint, lines))

    return make


def _devices(counts: Counts, name: str, days: Days) -> Table:
    return count.line(name, counts.devices(days), counts.totals(days))


def _grid(counts: Counts, name: str, days: Days) -> Table:
    cells: dict[tuple[str, str], Cell] = {}
    for day in counts.cells(days):
        for key, cell in day.items():
            cells[key] = cells.get(key, NONE) + cell
    pages, devices = count.added(counts.lines(days, _PAGES)), count.added(counts.devices(days))
    return count.grid(name, cells, pages, devices, count.whole(counts.totals(days)))


def _acts(counts: Counts, name: str, days: Days) -> Table:
    lines = counts.lines(days, _ACTS, KIND_OF[name])
    return count.line(name, lines, map(count.together, lines))


def _opinions(counts: Counts, name: str, days: Days) -> Table:
    found = count.added(counts.lines(days, _ACTS, KIND_OF[name]))
    return count.acts(name, {value: cell.count for value, cell in found.items()})


_MAKE: Final[Mapping[str, Make]] = {
    "pages": _by_view(_PAGES),
    "hours": _by_view(_HOURS),
    "devices": _devices,
    "browsers": _by_visitor("browser"),
    "countries": _by_visitor("country"),
    "page-devices": _grid,
    **dict.fromkeys(("started", "ticked", "submitted", "errors"), _acts),
    "opinions": _opinions,
}


@contextmanager
def _asked(store: Store, days: Sequence[date]) -> Iterator[Ask]:
    """Give a way to ask the files of closed days."""
    closed = [day for day in dict.fromkeys(days) if store.is_closed(day)]
    with _told(store, closed), _engine(store.folder if closed else None) as engine:
        for name, path in (("events", store.events), ("visitors", store.visitors)):
            _view(engine, name, [str(path(day)) for day in closed])
        yield lambda query, **values: engine.execute(query, values).fetchall()


@contextmanager
def _told(store: Store, closed: Sequence[date] = ()) -> Iterator[None]:
    """Tell of files that cannot be read, without the engine's own words: they may quote what it read."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        broken = [
            str(day)
            for day in closed
            if not (_is_whole(store.events(day)) and _is_whole(store.visitors(day)))
        ]
        if broken:
            raise errors.Unavailable(
                f"The files of these closed days are damaged or gone: {', '.join(broken)}.",
                "Take the folders day=... of these days back from a copy of the folder of [visits] store.",
            ) from None
        raise errors.Unavailable(
            f"The closed days cannot be counted ({type(error).__name__}).",
            "See that the folder of [visits] store can be read and has room.",
        ) from None


def _is_whole(path: Path) -> bool:
    """Tell whether a file has both ends of a Parquet file."""
    try:
        with path.open("rb") as file:
            first = file.read(4)
            file.seek(-4, 2)
            return first == file.read(4) == b"PAR1"
    except OSError:
        return False


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
    with tempfile.TemporaryDirectory(prefix=compact.COUNTING, dir=folder) as spilled:
        engine = compact.connect(Path(spilled), MEMORY_MB)
        try:
            yield engine
        finally:
            engine.close()

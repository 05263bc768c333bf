# SPDX-License-Identifier: Apache-2.0
"""From counts of single days to the tables of an atom (pure).

Visitors can be told apart within one day alone, so persons of several days are the sum over the days, and the
floor is the most of any one day. Acts that bear no visitor (a consent, an answer, an opinion) are counted as a
person each: nobody gives many of them, and their number is all that is known.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import add

from uphold.statistics.recipe import KINDS
from uphold.statistics.table import NONE, Cell, Key, Table
from uphold.visits.layout import DEVICES

Line = Mapping[str, Cell]
"""Cells by the value of one dimension."""

KNOWN: Mapping[str, Sequence[str]] = {
    "device": DEVICES,
    "hour": tuple(f"{hour:02}" for hour in range(24)),
}
"""All values of the dimensions that are known beforehand; each stands in a table, be it with nobody.

Those of any other dimension come from what was seen, so that a name tells something by being there: it is open.
"""
OVERLAP = {"page", "hour", "form", "field", "purpose"}
"""Dimensions along which one person stands in several cells."""


def added(days: Iterable[Line]) -> Line:
    """The cells of several days in one."""
    found: dict[str, Cell] = {}
    for day in days:
        for value, cell in day.items():
            found[value] = found.get(value, NONE) + cell
    return found


def whole(days: Iterable[Cell]) -> Cell:
    """The total of several days in one."""
    return reduce(add, days, NONE)


def together(line: Line) -> Cell:
    """The total of one day's cells, where nobody knows how many people stand in several: as few as can be.

    All of them count as persons, and the most of any one cell as the floor.
    """
    cells = line.values()
    return Cell(
        sum(cell.count for cell in cells),
        sum(cell.persons for cell in cells),
        max((cell.floor for cell in cells), default=0),
    )


def line(name: str, days: Iterable[Line], totals: Iterable[Cell]) -> Table:
    """A table of one dimension from the lines and the totals of its days."""
    cells: dict[Key, Cell] = {(value,): cell for value, cell in added(days).items()}
    return _table(name, cells, whole(totals), {})


def grid(
    name: str,
    cells: Mapping[tuple[str, str], Cell],
    rows: Line,
    columns: Line,
    total: Cell,
) -> Table:
    """A table of two dimensions: its cells, the margins of its first and of its second dimension, the total."""
    first, second = KINDS[name].dims
    found: dict[Key, Cell] = {(row, column): cell for (row, column), cell in cells.items()}
    return _table(name, found, total, {first: rows, second: columns})


def acts(name: str, counted: Mapping[str, int]) -> Table:
    """A table of one dimension of acts that bear no visitor."""
    cells = {value: Cell(count, count, count) for value, count in counted.items() if count}
    total = sum(counted.values())
    return line(name, [cells], [Cell(total, total, total)])


def consents(name: str, counted: Mapping[tuple[str, str], int]) -> Table:
    """Consents by edition and purpose: one person consents to several purposes at once, so the most of any counts."""
    cells = {key: Cell(count, count, count) for key, count in counted.items() if count}
    by_edition: dict[str, dict[str, Cell]] = defaultdict(dict)
    by_purpose: Counter[str] = Counter()
    for (edition, purpose), cell in cells.items():
        by_edition[edition][purpose] = cell
        by_purpose[purpose] += cell.count
    columns = {purpose: Cell(count, count, count) for purpose, count in by_purpose.items()}
    rows = {edition: together(of) for edition, of in by_edition.items()}
    return grid(name, cells, rows, columns, together(columns))


def _table(name: str, cells: Mapping[Key, Cell], total: Cell, margins: Mapping[str, Line]) -> Table:
    dims = KINDS[name].dims
    if len(dims) == 1:
        cells = {(value,): NONE for value in KNOWN.get(dims[0], ())} | dict(cells)
    return Table(
        name=name,
        dims=dims,
        cells=cells,
        total=total,
        margins={
            dim: dict.fromkeys(KNOWN.get(dim, ()), NONE) | dict(line)
            for dim, line in margins.items()
        },
        open=tuple(dim for dim in dims if dim not in KNOWN),
        overlap=tuple(dim for dim in dims if dim in OVERLAP),
    )

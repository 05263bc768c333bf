# SPDX-License-Identifier: Apache-2.0
"""Which cells of tables are hidden so that no small group can be seen or reckoned (pure).

Primary suppression: a cell of fewer people than the minimum is hidden. Secondary suppression: so is whatever
would give it back through a total. Both are the usual rules for tables of frequencies (Hundepool and others,
Statistical Disclosure Control, 2012, chapter 4; Gusfield, A graph theoretic approach to statistical data
security, SIAM J. Comput. 17, 1988, for what totals give back). Ours are chosen so that each is one sentence:

1. **The total.** If it is of fewer people than the minimum, nothing of the table is shown.
2. **A line** (the cells of one dimension, or a margin). Small cells are hidden. If they are alone, or fewer
   people than the minimum together, the smallest of the others is hidden too.
3. **Zeros.** Where anything of a line is hidden, no zero of it is shown: a hidden cell may be nobody, so that
   nobody's presence is told. A hidden value of an open dimension is not even named.
4. **Two dimensions.** A row is hidden whole if a cell of it is small, and so are more rows, the smallest first,
   until there are two and nobody stands alone in a column of what is hidden: each column of the hidden rows
   together has no people or the minimum.

What rule 4 leaves open: with the sums of hidden rows m and of hidden columns r known, and T of all, a cell of
them lies anywhere in an interval as wide as min(m, r, T - m, T - r) (the bounds of Frechet and Hoeffding), and
two rows of at least the minimum make each of the four at least the minimum. Where one person may stand in
several cells, acts and persons held together can tell more: `attack` finds that, and then the `bare` table is
what can be shown.

A line is hidden by nothing but itself, so the same line is hidden in the same way wherever it stands: as a
table, or as the margin of any other. That is what makes the pages of a dashboard consistent.

People are counted by `Cell.floor`: so many different ones are there for certain. Where one person may stand
in several cells, the most of any one of these cells count, otherwise all together.

Not kept from: somebody who knows these rules, the minimum, and that the hidden group is as small as possible,
may exclude some of the values that the totals alone allow (the attack on minimality of Wong and others, 2007).
This is why a recipe's parameters are for the operator's eyes only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from uphold.statistics.table import NONE, Cell, Key, Shown, Table


def protect(tables: Sequence[Table], minimum: int) -> tuple[Shown, ...]:
    """What may be shown of tables, where a group of fewer than `minimum` people may not be seen."""
    return tuple(_protected(table, minimum) for table in tables)


def bare(shown: Shown) -> Shown:
    """The same with no cell inside shown: its total, and its margins if it has any."""
    return replace(shown, cells=MappingProxyType(dict.fromkeys(shown.cells)))


def _protected(table: Table, minimum: int) -> Shown:
    nothing = table.total.count > 0 and table.total.floor < minimum
    lines = _lines(table)
    hidden = {
        dim: set(line) if nothing else _line(line, minimum, overlap=dim in table.overlap)
        for dim, line in lines.items()
    }
    seen = {dim: _seen(line, hidden[dim], is_open=dim in table.open) for dim, line in lines.items()}
    cells: Mapping[Key, Cell | None]
    if len(table.dims) == 1:
        cells, margins = {(value,): cell for value, cell in seen[table.dims[0]].items()}, {}
    else:
        cells = _grid(table, seen, hidden, minimum)
        margins = {dim: MappingProxyType(line) for dim, line in seen.items()}
    return Shown(
        name=table.name,
        dims=table.dims,
        cells=MappingProxyType(cells),
        total=None if nothing else table.total,
        margins=MappingProxyType(margins),
        open=table.open,
        overlap=table.overlap,
        unnamed=any(hidden[dim] for dim in table.open),
    )


def _lines(table: Table) -> Mapping[str, Mapping[str, Cell]]:
    """What stands by one dimension: the table itself, or its margins."""
    if len(table.dims) == 1:
        return {table.dims[0]: {value: cell for (value,), cell in table.cells.items()}}
    return table.margins


def _people(cells: Iterable[Cell], *, overlap: bool) -> int:
    """At least so many different people are in these cells together."""
    floors = [cell.floor for cell in cells]
    return max(floors, default=0) if overlap else sum(floors)


def _line(line: Mapping[str, Cell], minimum: int, *, overlap: bool) -> set[str]:
    """The values of a line that are hidden (rules 2 and 3); its total is shown."""
    there = {value: cell for value, cell in line.items() if cell.count}
    small = {value for value, cell in there.items() if cell.floor < minimum}
    if not small:
        return set()
    together = _people((there[value] for value in small), overlap=overlap)
    others = there.keys() - small
    if others and (len(small) == 1 or together < minimum):
        small.add(min(others, key=lambda value: (there[value].persons, value)))
    return small | (line.keys() - there.keys())


def _seen(line: Mapping[str, Cell], hidden: set[str], *, is_open: bool) -> dict[str, Cell | None]:
    """The line as it is shown (rule 3)."""
    return {
        value: None if value in hidden else cell
        for value, cell in line.items()
        if not (is_open and value in hidden)
    }


def _grid(
    table: Table,
    seen: Mapping[str, Mapping[str, Cell | None]],
    hidden: Mapping[str, set[str]],
    minimum: int,
) -> dict[Key, Cell | None]:
    """The cells of a table of two dimensions, for each pair of values that are named."""
    rows, columns = table.dims
    lost = _Block(table, hidden, minimum).rows()
    return {
        (row, column): None
        if row in lost or column in hidden[columns]
        else table.cells.get((row, column), NONE)
        for row in seen[rows]
        for column in seen[columns]
    }


class _Block:
    """The rows of a table of two dimensions whose cells are hidden (rule 4).

    Columns that the margin hides are one column here: what each row has in them together is known, being
    the rest of the row.
    """

    def __init__(self, table: Table, hidden: Mapping[str, set[str]], minimum: int) -> None:
        rows, columns = table.dims
        self._minimum = minimum
        self._across, self._down = columns in table.overlap, rows in table.overlap
        self._margin = table.margins[rows]
        self._unseen = hidden[rows]
        found: dict[str, dict[str | None, list[Cell]]] = {row: {} for row in self._margin}
        for (row, column), cell in table.cells.items():
            if cell.count:
                known = None if column in hidden[columns] else column
                found[row].setdefault(known, []).append(cell)
        self._people: Mapping[str, Mapping[str | None, int]] = {
            row: {known: _people(cells, overlap=self._across) for known, cells in line.items()}
            for row, line in found.items()
        }

    def rows(self) -> set[str]:
        """The values of the rows whose cells are hidden."""
        free = sorted(
            (row for row, cell in self._margin.items() if cell.count and row not in self._unseen),
            key=lambda row: (self._margin[row].persons, row),
        )
        block = {row for row in free if self._small(self._people[row].values())}
        free = [row for row in free if row not in block]
        while free:
            alone = len(block) == 1 and not self._unseen
            lacking = self._lacking(block | self._unseen)
            if not alone and not lacking:
                break
            fit = (row for row in free if self._people[row].get(next(iter(lacking), ""), 0))
            taken = next(fit, free[0]) if lacking else free[0]
            free.remove(taken)
            block.add(taken)
        return block | self._unseen

    def _lacking(self, block: set[str]) -> list[str | None]:
        """The columns in which the hidden rows together have people, and too few."""
        together: dict[str | None, list[int]] = {}
        for row in block:
            for column, people in self._people[row].items():
                together.setdefault(column, []).append(people)
        measure = max if self._down else sum
        found = [column for column, people in together.items() if measure(people) < self._minimum]
        return sorted(found, key=lambda column: (column is None, column or ""))

    def _small(self, people: Iterable[int]) -> bool:
        return any(one < self._minimum for one in people)

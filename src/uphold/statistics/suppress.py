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
4. **Two dimensions.** A row with a small cell loses the columns up to the one that it is in, the columns of the
   fewest people first: two at least, with as many people as the minimum. The rows that lose the same columns
   are a block. More rows join a block, the smallest first, until every column that it has people in has the
   minimum, and so do all the others together, in each direction.
5. **A column.** The people who are hidden in it, in all blocks and in rows that are not named, are no small
   group either.

What rule 4 leaves open: with the sums of a block's rows q and columns r known, and T of all of it, a cell lies
anywhere in an interval as wide as min(q, r, T - q, T - r) (the bounds of Frechet and Hoeffding), each at least the
minimum. Where one person may stand in several cells, acts and persons held together can tell more: `attack`
finds that, and then the `bare` table is what can be shown.

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

LEAST = 2
"""Fewer hidden cells in a line give each other back."""
REST = "\0"
"""All hidden columns of a margin together; no value is written so."""


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
    return _most((cell.floor for cell in cells), overlap=overlap)


def _most(people: Iterable[int], *, overlap: bool) -> int:
    """At least so many different people are in cells of so many each."""
    return max(people, default=0) if overlap else sum(people)


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
    lost = _Blocks(table, hidden, minimum).lost()
    return {
        (row, column): None
        if row in hidden[rows] or column in hidden[columns] or column in lost[row]
        else table.cells.get((row, column), NONE)
        for row in seen[rows]
        for column in seen[columns]
    }


class _Blocks:
    """Which rows of a table of two dimensions lose which columns (rules 4 and 5).

    Rows that the margin hides have lost all columns already, and so have all rows the columns that it hides;
    these are one column here, as the rest of each row tells what is in them together. A row's level is how many
    columns it loses, 0 for none.
    """

    def __init__(self, table: Table, hidden: Mapping[str, set[str]], minimum: int) -> None:
        rows, columns = table.dims
        self._minimum = minimum
        self._across, self._down = columns in table.overlap, rows in table.overlap
        self._unseen = hidden[rows]
        margins = table.margins[columns]
        named = sorted(
            margins.keys() - hidden[columns], key=lambda one: (margins[one].persons, one)
        )
        # The columns that the margin hides come first, as every row has lost them; REST stands for them.
        self._columns = ([REST] if hidden[columns] else []) + named
        found: dict[str, dict[str, list[Cell]]] = {row: {} for row in table.margins[rows]}
        for (row, column), cell in table.cells.items():
            if cell.count:
                known = REST if column in hidden[columns] else column
                found[row].setdefault(known, []).append(cell)
        self._people = {
            row: {known: _people(cells, overlap=self._across) for known, cells in line.items()}
            for row, line in found.items()
        }
        seen = (row for row, line in self._people.items() if line and row not in self._unseen)
        self._rows = sorted(seen, key=lambda row: (table.margins[rows][row].persons, row))
        self._level = {row: self._first(row) for row in self._rows}

    def lost(self) -> Mapping[str, set[str]]:
        """The columns that each row loses that the margin names."""
        while lack := self._lack():
            if not self._mend(*lack):
                self._level = dict.fromkeys(self._rows, len(self._columns))
                break
        return {row: set(self._columns[: self._level.get(row, 0)]) for row in self._people}

    def _first(self, row: str) -> int:
        """How many columns a row loses for its own small cells."""
        people = self._people[row]
        small = {column for column, one in people.items() if one < self._minimum}
        if not small or len(self._columns) < LEAST:
            return 0
        for level in range(LEAST, len(self._columns)):
            kept = self._columns[level:]
            if small.isdisjoint(kept) and self._in(row, self._columns[:level]) >= self._minimum:
                return level
        return len(self._columns)

    def _in(self, row: str, columns: Iterable[str]) -> int:
        """The people of a row in some columns."""
        people = (self._people[row].get(column, 0) for column in columns)
        return _most(people, overlap=self._across)

    def _lack(self) -> tuple[int, Sequence[str]] | None:
        """A level that wants one more row, and columns in which that row must have people."""
        for level in sorted(set(self._level.values()) - {0}):
            if columns := self._thin(level):
                return level, columns
        for at, column in enumerate(self._columns):
            there = [row for row in self._rows if column in self._people[row]]
            hidden = [row for row in there if self._level[row] > at]
            if column == REST or len(hidden) == len(there):
                continue  # known to be enough: what the margin hides, or the margin itself
            every = (self._people[row].get(column, 0) for row in (*hidden, *self._unseen))
            if 0 < _most(every, overlap=self._down) < self._minimum:
                used = (self._level[row] for row in hidden)
                return min(used, default=max(LEAST, at + 1)), [column]
        return None

    def _thin(self, level: int) -> Sequence[str]:
        """The columns of a block of which one has too few people, or which have too few beside one of them."""
        block = [row for row in self._rows if self._level[row] == level]
        if level == len(self._columns):
            block += self._unseen
        lost = self._columns[:level]
        sums = [sum(self._people[row].get(column, 0) for row in block) for column in lost]
        for column, people in zip(lost, sums, strict=True):
            if 0 < people < self._minimum:
                return [column]
        rows = (sum(self._people[row].get(column, 0) for column in lost) for row in block)
        return lost if sum(sums) - max(*sums, *rows) < self._minimum else []

    def _mend(self, level: int, columns: Sequence[str]) -> bool:
        """Let one more row join a level, or all of it rise to the next; tells if anything could be done."""
        lower = [row for row in self._rows if self._level[row] < level]
        for row in sorted(lower, key=lambda row: self._level[row] > 0):
            people = self._in(row, columns)
            if people >= self._minimum or (people and self._level[row]):
                self._level[row] = level
                return True
        rising = [row for row in self._rows if self._level[row] == level < len(self._columns)]
        for row in rising:
            self._level[row] += 1
        return bool(rising)

# SPDX-License-Identifier: Apache-2.0
"""What totals tell of hidden cells: of each, the least and the most that it can be (pure).

The feasibility interval of statistical disclosure control (Hundepool and others, 2012, section 4.4), which an
intruder finds who has nothing but what is shown. Lines are reckoned by hand, tables of two dimensions as flows
(`flow`). This module attacks what `suppress` made and shares no line with it.

Counts and persons are reckoned each alone, which is exact for either, then held against each other, as there are
never more persons than acts, and reckoned anew. The intervals hold all that is possible, and may hold a little more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from uphold.statistics.flow import UNBOUNDED, Bounds, Network
from uphold.statistics.table import NONE, Cell, Key, Shown

REST: Final = "…"
"""Stands for all values of an open dimension that are not named, together."""
ROUNDS: Final = 4
"""How often counts and persons are held against each other, which narrows either; few tables need the third."""


class Contradiction(Exception):
    """What is shown cannot be true: no numbers behind it would add up."""


@dataclass(frozen=True, slots=True)
class Known:
    """What can be told of a cell."""

    count: Bounds
    persons: Bounds

    def held(self) -> "Known":
        """The same, with no more persons than acts."""
        count, persons = self.count, self.persons
        high = min(persons.high, count.high)
        low = max(count.low, persons.low)
        if persons.low > high or low > count.high:
            raise Contradiction
        return Known(Bounds(low, count.high), Bounds(persons.low, high))


def lines(shown: Shown) -> Mapping[str, Mapping[str, Known]]:
    """Per dimension, what is known of its values; of a table of one dimension these are its cells.

    Only values that are hidden are there, `REST` among them. Raises `Contradiction`.
    """
    return {dim: _line(shown, dim, seen) for dim, seen in named(shown).items()}


def named(shown: Shown) -> Mapping[str, Mapping[str, Cell | None]]:
    """Per dimension, what is shown of each of its values."""
    if len(shown.dims) == 1:
        return {shown.dims[0]: {value: cell for (value,), cell in shown.cells.items()}}
    return shown.margins


def cells(shown: Shown) -> Mapping[Key, Known]:
    """What is known of the hidden cells of a table of two dimensions; raises `Contradiction`.

    Nothing where no cell of it is shown: margins alone tell what they tell without the table.
    """
    seen = [cell for cell in shown.cells.values() if cell is not None]
    return {} if len(shown.dims) != 2 or not seen or shown.whole else _inside(shown)


def blindly(shown: Shown) -> Mapping[Key, Known]:
    """What would be known of each cell of such a table by its margins alone; raises `Contradiction`."""
    return _inside(replace(shown, cells=dict.fromkeys(shown.cells)))


def _inside(shown: Shown) -> Mapping[Key, Known]:
    grid = _Grid(shown)
    known = grid.hidden()
    for _ in range(ROUNDS):
        counts = grid.bounds(known, persons=False)
        persons = grid.bounds(known, persons=True)
        before, known = known, {key: Known(counts[key], persons[key]).held() for key in counts}
        if known == before:
            break
    return known


def _line(shown: Shown, dim: str, seen: Mapping[str, Cell | None]) -> dict[str, Known]:
    hidden = [value for value, cell in seen.items() if cell is None]
    if shown.unnamed and dim in shown.open:
        hidden.append(REST)
    there = [cell for cell in seen.values() if cell is not None]
    rest, low = Known(Bounds(0, UNBOUNDED), Bounds(0, UNBOUNDED)), 0
    each = UNBOUNDED
    if shown.total is not None:
        count = shown.total.count - sum(cell.count for cell in there)
        persons = shown.total.persons - sum(cell.persons for cell in there)
        overlap = dim in shown.overlap
        if count < 0 or (persons < 0 and not overlap) or (count and not hidden):
            raise Contradiction
        # Alone, a hidden value is all that is lacking; one of several may be nothing of it.
        alone = len(hidden) == 1
        low = max(0, persons) if alone else 0
        rest = Known(
            Bounds(count if alone else 0, count), Bounds(low, count if overlap else persons)
        )
        each = min(rest.persons.high, shown.total.persons)
    one = Known(rest.count, Bounds(low, each))
    return {value: (rest if value == REST else one).held() for value in hidden}


class _Grid:
    """A table of two dimensions as a network: from the source by rows and columns to the sink and back."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        around = lines(shown)
        seen = named(shown)
        self._lines = [self._known(seen[dim], around[dim]) for dim in shown.dims]

    @staticmethod
    def _known(seen: Mapping[str, Cell | None], hidden: Mapping[str, Known]) -> dict[str, Known]:
        found = dict(hidden)
        for value, cell in seen.items():
            if cell is not None:
                found[value] = Known(
                    Bounds(cell.count, cell.count), Bounds(cell.persons, cell.persons)
                )
        return found

    def hidden(self) -> dict[Key, Known]:
        """What margins alone tell of each hidden cell; each for itself."""
        found: dict[Key, Known] = {}
        for row, column in product(*self._lines):
            if self._cell((row, column)) is None:
                around = (self._lines[0][row], self._lines[1][column])
                acts = min(known.count.high for known in around)
                # The rest is many cells, and holds people more than once.
                rest = REST in (row, column)
                people = acts if rest else min(known.persons.high for known in around)
                found[row, column] = Known(Bounds(0, acts), Bounds(0, people)).held()
        return found

    def bounds(self, hidden: Mapping[Key, Known], *, persons: bool) -> dict[Key, Bounds]:
        """The interval of each hidden cell by one measure, within what is known of it."""
        network = Network()
        self._frame(network, persons=persons)
        arcs: dict[Key, int] = {}
        for row, column in product(*self._lines):
            key, ends = (row, column), (("row", row), ("column", column))
            if key in hidden:
                its = hidden[key].persons if persons else hidden[key].count
                arcs[key] = network.add(*ends, its.low, its.high)
            else:
                cell = self._cell(key) or NONE
                exact = cell.persons if persons else cell.count
                network.add(*ends, exact, exact)
        if not network.settle():
            raise Contradiction
        return {key: network.bounds(arc) for key, arc in arcs.items()}

    def _frame(self, network: Network, *, persons: bool) -> None:
        """Margins and total. Where a person may stand at several values, the cells may be more than their margin."""
        # What adds up to a row's margin are the columns, and the other way round.
        loose = [persons and dim in self._shown.overlap for dim in reversed(self._shown.dims)]
        rows, columns = self._lines
        for row, known in rows.items():
            its = known.persons if persons else known.count
            network.add("source", ("row", row), its.low, UNBOUNDED if loose[0] else its.high)
        for column, known in columns.items():
            its = known.persons if persons else known.count
            network.add(("column", column), "sink", its.low, UNBOUNDED if loose[1] else its.high)
        low, high = 0, UNBOUNDED
        if self._shown.total is not None:
            low = self._shown.total.persons if persons else self._shown.total.count
            high = UNBOUNDED if any(loose) else low
        network.add("sink", "source", low, high)

    def _cell(self, key: Key) -> Cell | None:
        if REST in key or key in self._shown.cells:
            return self._shown.cells.get(key)
        return NONE if self._shown.whole else None

# SPDX-License-Identifier: Apache-2.0
"""What is counted, and what of it anybody sees (pure).

A `Table` is true: nobody sees it. `suppress.protect` makes a `Shown` of it, and pages, files and commands
show nothing else. In both a count of acts, a count of persons and a lower bound of different people stand
together in one `Cell`: they are shown together or hidden together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Self

import msgspec

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """How much happened, and how many people did it, over one or more days."""

    count: int
    """Acts: rows."""
    persons: int
    """The sum over the days of the different people of the day: whoever came on two days counts twice."""
    floor: int
    """The most different people of any one of the days: at least so many different people are in the cell."""

    def __add__(self, other: "Cell") -> "Cell":
        """The cell of both, where their days are not the same days."""
        return Cell(
            self.count + other.count, self.persons + other.persons, max(self.floor, other.floor)
        )


NONE = Cell(0, 0, 0)
"""Nobody did anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """True counts by one dimension or two; whatever is not in `cells` is a zero.

    `margins` of a table of two dimensions: per dimension, what is counted for each of its values alone;
    of one dimension: empty, for its cells are that already. Counts add up to margins and total in every
    table. Persons need not along the dimensions in `overlap`: one person stands at several of their
    values (pages, hours), so that the persons of the margin are fewer than those of its cells together.
    Along all others (devices) they add up too.

    The values of a dimension in `open` come from what was seen (pages, browsers, countries) and tell
    something by being there at all; the others are known beforehand (devices, hours, fields of a form).

    Raises ValueError where the numbers do not add up in this way.
    """

    name: str
    dims: tuple[str, ...]
    cells: Mapping[Key, Cell]
    total: Cell
    margins: Mapping[str, Mapping[str, Cell]] = field(default_factory=dict)
    open: tuple[str, ...] = ()
    overlap: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """See that every count is there once."""
        if len(self.dims) not in (1, 2) or any(len(key) != len(self.dims) for key in self.cells):
            raise ValueError(f"{self.name}: one key has not {len(self.dims)} of 1 or 2 values")
        if len(self.dims) == 1:
            self._add_up(self.cells.values(), self.total, along=self.dims[0])
            return
        if set(self.margins) != set(self.dims):
            raise ValueError(f"{self.name}: margins are not those of {', '.join(self.dims)}")
        for at, dim in enumerate(self.dims):
            self._add_up(self.margins[dim].values(), self.total, along=dim)
            lines: dict[str, list[Cell]] = {value: [] for value in self.margins[dim]}
            for key, cell in self.cells.items():
                lines.setdefault(key[at], []).append(cell)
            for value, line in lines.items():
                margin = self.margins[dim].get(value, NONE)
                self._add_up(line, margin, along=self.dims[1 - at])

    def _add_up(self, cells: Iterable[Cell], whole: Cell, *, along: str) -> None:
        cells = tuple(cells)
        persons = sum(cell.persons for cell in cells)
        fits = persons >= whole.persons if along in self.overlap else persons == whole.persons
        if sum(cell.count for cell in cells) != whole.count or not fits:
            raise ValueError(f"{self.name}: cells along {along} do not add up to their total")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What anybody ever sees of a table.

    None is hidden: some or nobody. A value of an open dimension that is hidden is not named either, so it
    is missing from `cells` and `margins`, and `unnamed` is true. What is missing from a table that hides
    nothing (`whole`) is a zero; from any other table, a zero or hidden, and nobody can say which.
    `open` and `overlap` are those of the table.
    """

    name: str
    dims: tuple[str, ...]
    cells: Mapping[Key, Cell | None]
    total: Cell | None
    margins: Mapping[str, Mapping[str, Cell | None]] = field(default_factory=dict)
    open: tuple[str, ...] = ()
    overlap: tuple[str, ...] = ()
    unnamed: bool = False

    @property
    def whole(self) -> bool:
        """Whether nothing at all of the table is hidden."""
        seen: list[Cell | None] = [self.total, *self.cells.values()]
        for margin in self.margins.values():
            seen.extend(margin.values())
        return not self.unnamed and None not in seen

    def to_json(self) -> dict[str, Any]:
        """What JSON can hold of it, the same for the same table; `from_json` is its other end."""
        return {
            "name": self.name,
            "dims": list(self.dims),
            "open": list(self.open),
            "overlap": list(self.overlap),
            "unnamed": self.unnamed,
            "total": _plain(self.total),
            "margins": {
                dim: [[value, _plain(cell)] for value, cell in sorted(margin.items())]
                for dim, margin in sorted(self.margins.items())
            },
            "cells": [[list(key), _plain(cell)] for key, cell in sorted(self.cells.items())],
        }

    @classmethod
    def from_json(cls, written: object) -> Self:
        """Read what `to_json` wrote; raises `msgspec.ValidationError` for anything else."""
        wire = msgspec.convert(written, _Wire)
        return cls(
            name=wire.name,
            dims=wire.dims,
            cells=MappingProxyType({key: _cell(cell) for key, cell in wire.cells}),
            total=_cell(wire.total),
            margins=MappingProxyType(
                {
                    dim: MappingProxyType({value: _cell(cell) for value, cell in lines})
                    for dim, lines in wire.margins.items()
                }
            ),
            open=wire.open,
            overlap=wire.overlap,
            unnamed=wire.unnamed,
        )


_Plain = tuple[int, int, int] | None


class _Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    dims: tuple[str, ...]
    open: tuple[str, ...]
    overlap: tuple[str, ...]
    unnamed: bool
    total: _Plain
    margins: dict[str, list[tuple[str, _Plain]]]
    cells: list[tuple[Key, _Plain]]


def _plain(cell: Cell | None) -> Sequence[int] | None:
    return None if cell is None else [cell.count, cell.persons, cell.floor]


def _cell(plain: _Plain) -> Cell | None:
    return None if plain is None else Cell(*plain)

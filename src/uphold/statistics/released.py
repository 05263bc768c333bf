# SPDX-License-Identifier: Apache-2.0
"""What was released: the only figures that pages, files and commands show. Light; it opens no store of events.

    store/released/RECIPE/2026-W47.json     one atom (a day, week or month), written once, never changed

    released.over(store, start, end)        what was released of whole days, weeks and months between two days

Any time longer than an atom is the sum of what was shown of its atoms, so that no difference of two times tells
more than they do. Nothing of today is here: a day is released after its end.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta

from uphold import errors
from uphold.statistics import recipe
from uphold.statistics.label import Label
from uphold.statistics.recipe import Grain
from uphold.statistics.table import Cell, Key, Shown
from uphold.visits import layout
from uphold.visits.layout import Store

VERSION: Final = 1
K = TypeVar("K")
_ADVICE: Final = (
    "Take the statistics' store back from a copy; the ledger has the digest of each file."
)


@dataclass(frozen=True, slots=True)
class Atom:
    """A day, week or month as it was released; `at` is when (unix ms), `recipe` the digest it followed."""

    atom: str
    recipe: str
    label: Label
    at: int
    tables: Mapping[str, Shown]

    @property
    def grain(self) -> Grain:
        """Whether it is a day, a week or a month."""
        return recipe.grain_of(self.atom)


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell over several atoms: sums of what was shown; `hidden` of them hide it, or may."""

    count: int = 0
    persons: int = 0
    shown: int = 0
    hidden: int = 0

    @property
    def at_least(self) -> bool:
        """Whether the sums are less than the truth, or may be."""
        return self.hidden > 0

    @property
    def is_hidden(self) -> bool:
        """Whether nothing of it was shown at all."""
        return self.hidden > 0 and self.shown == 0


@dataclass(frozen=True, slots=True)
class Sum:
    """A table over several atoms, which `atoms` has one by one, earliest first."""

    name: str
    dims: tuple[str, ...]
    grain: Grain
    total: Figure
    cells: Mapping[Key, Figure]
    margins: Mapping[str, Mapping[str, Figure]]
    unnamed: bool
    """Whether there are values which are not named, as too few people stand behind them."""
    atoms: tuple[tuple[str, Shown], ...]

    @property
    def hides(self) -> bool:
        """Whether anything of its cells is hidden."""
        return self.unnamed or any(one.hidden for one in self.cells.values())


@dataclass(frozen=True, slots=True)
class Period:
    """What was released of a time, both days included: a table stands here if an atom of it lies within."""

    start: date
    end: date
    tables: Mapping[str, Sum] = field(default_factory=dict)
    label: Label = Label.AGGREGATED


class _Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    v: int
    atom: Annotated[str, Meta(max_length=10)]
    recipe: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    label: Label
    at: int
    tables: list[Any]


def write(atom: Atom) -> bytes:
    """Return the file of an atom, the same bytes for the same atom."""
    told = {
        "v": VERSION,
        "atom": atom.atom,
        "recipe": atom.recipe,
        "label": atom.label.value,
        "at": atom.at,
        "tables": [atom.tables[name].to_json() for name in sorted(atom.tables)],
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def parse(raw: bytes) -> Atom:
    """Read what `write` wrote; raises ValueError for anything else."""
    wire = msgspec.json.decode(raw, type=_Wire)
    if wire.v != VERSION:
        raise ValueError("a version that is not known")
    recipe.days_of(wire.atom)
    tables = {one.name: one for one in map(Shown.from_json, wire.tables)}
    return Atom(wire.atom, wire.recipe, wire.label, wire.at, MappingProxyType(tables))


def read(store: Store) -> tuple[Atom, ...]:
    """Every atom that was released, earliest first; raises `errors.Broken` for a file that is damaged."""
    found = (_read(path) for path in store.folder.glob("released/*/*.json"))
    return tuple(sorted(found, key=lambda one: layout.days(one.atom)))


def over(store: Store, start: date, end: date) -> Period:
    """What was released of a time, both days included; raises `errors.Broken` as `read` does."""
    within = [one for one in read(store) if _is_within(one.atom, start, end)]
    names = dict.fromkeys(name for one in within for name in one.tables)
    return Period(start, end, {name: _sum(name, within) for name in names})


def span(atoms: Iterable[Atom]) -> tuple[date, date]:
    """The first and the last day of atoms; raises ValueError for none."""
    days = [day for one in atoms for day in layout.days(one.atom)]
    return min(days), max(days)


def _read(path: Path) -> Atom:
    try:
        state = path.stat()
        atom = _parsed(path, state.st_mtime_ns, state.st_size)
    except (OSError, ValueError) as error:
        raise errors.Broken(
            f"The released figures {path.stem} cannot be read ({type(error).__name__}).", _ADVICE
        ) from None
    return atom


# Files are never changed, so each is parsed once; as many days as a dashboard can ask for.
@lru_cache(maxsize=4096)
def _parsed(path: Path, _changed: int, _size: int) -> Atom:
    atom = parse(path.read_bytes())
    if atom.atom != path.stem:
        raise ValueError("the file of another atom")
    return atom


def _is_within(atom: str, start: date, end: date) -> bool:
    first, last = layout.days(atom)
    return start <= first and last <= end


def _sum(name: str, within: Iterable[Atom]) -> Sum:
    atoms = [one for one in within if name in one.tables]
    tables = [one.tables[name] for one in atoms]
    dims = tables[0].dims
    return Sum(
        name,
        dims,
        atoms[0].grain,
        _figure((table.total, table.total is None) for table in tables),
        _figures([(table, table.cells) for table in tables]),
        {dim: _figures([(one, one.margins[dim]) for one in tables]) for dim in tables[0].margins},
        any(table.unnamed for table in tables),
        tuple((one.atom, one.tables[name]) for one in atoms),
    )


def _figures(atoms: Sequence[tuple[Shown, Mapping[K, Cell | None]]]) -> Mapping[K, Figure]:
    keys = dict.fromkeys(key for _, cells in atoms for key in cells)
    return {key: _figure(_in(cells, key, table) for table, cells in atoms) for key in keys}


def _in(cells: Mapping[Any, Cell | None], key: Any, table: Shown) -> tuple[Cell | None, bool]:
    """The cell in one table, and whether it is hidden there or may be: what is missing may be."""
    cell = cells.get(key)
    return cell, cell is None and (key in cells or not table.whole)


def _figure(cells: Iterable[tuple[Cell | None, bool]]) -> Figure:
    found = list(cells)
    shown = [cell for cell, _ in found if cell is not None]
    count, persons = sum(cell.count for cell in shown), sum(cell.persons for cell in shown)
    return Figure(count, persons, len(shown), sum(hidden for _, hidden in found))

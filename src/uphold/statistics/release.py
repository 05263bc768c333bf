# SPDX-License-Identifier: Apache-2.0
"""Make an atom (a day, week or month) ready to be shown: count, hide small groups, attack, write down, put in place.

    due(recipe, days, covered, today)      the atoms whose time has come (pure)
    judge(tables, recipe, before)          what may be shown of them, and what the attacks found (pure)
    place(store, database, writer, ...)    a file that was released is in the ledger, or it is not there

An atom is counted once. Its figures are written apart and made durable, then the ledger says so, then they are put
in place: who dies on the way leaves figures that nobody sees, and `finish` puts in place what the ledger has.
A recipe that comes later counts no day again for the same people, whatever its grain.
"""

import hashlib
import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from uphold import errors
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.statistics import ledger, recipe as recipes, released, show
from uphold.statistics.attack import Finding, Page, Report
from uphold.statistics.label import Label
from uphold.statistics.ledger import Fixed, Line
from uphold.statistics.recipe import KINDS, Grain, Recipe, Source
from uphold.statistics.released import Atom
from uphold.statistics.table import Shown, Table
from uphold.visits import spool
from uphold.visits.layout import Store

APART: Final = ".new"
NUMBERS: Final = "number-again"
"""What is found where visitors have one number on two days."""

Days = Mapping[str, Collection[date]]
"""Days by group of tables (`recipe.Kind.group`)."""


@dataclass(frozen=True, slots=True)
class Due:
    """An atom to be released, with the names of its tables."""

    atom: str
    names: tuple[str, ...]

    @property
    def days(self) -> tuple[date, ...]:
        """Its days, earliest first."""
        return recipes.days_of(self.atom)


@dataclass(frozen=True, slots=True)
class Judged:
    """What may be shown of an atom, and what came of the attacks on that."""

    shown: tuple[Shown, ...]
    report: Report
    told: Mapping[str, Any]
    """The report for the ledger: codes and numbers."""

    @property
    def hidden(self) -> int:
        """How many cells are hidden."""
        return int(self.report.measured["hidden"])


def covered(lines: Iterable[Line], fixed: Iterable[Fixed]) -> Days:
    """The days that were released or refused already, by group of tables (pure)."""
    known = {one.number: one.recipe for one in fixed}
    found: dict[str, set[date]] = defaultdict(set)
    for line in lines:
        for name in known[line.recipe].of(recipes.grain_of(line.what)):
            found[KINDS[name].group].update(recipes.days_of(line.what))
    return found


def due(recipe: Recipe, days: Days, done: Days, today: date) -> tuple[Due, ...]:
    """The atoms that are over and were never counted, earliest first (pure).

    `days` are those that have something to count, `done` those that were counted.
    """
    return _joined(
        Due(atom, names)
        for grain in Grain
        for group, names in _groups(recipe.of(grain)).items()
        for atom in sorted({recipes.atom(grain, day) for day in days.get(group, ())})
        if _is_over(atom, today) and not set(recipes.days_of(atom)) & set(done.get(group, ()))
    )


def _groups(names: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        group = KINDS[name].group
        found[group] = (*found.get(group, ()), name)
    return found


def _is_over(atom: str, today: date) -> bool:
    return recipes.days_of(atom)[-1] < today


def judge(
    tables: Sequence[Table],
    one: Due,
    recipe: Recipe,
    before: Iterable[Atom] = (),
    linked: Collection[date] = (),
) -> Judged:
    """Hide small groups, and attack what is left together with what was shown before of the same days (pure).

    `linked` are days on which visitors had numbers of another day, so that they were not told apart by the day's salt.
    """
    covers = frozenset(map(str, one.days))
    pages = [
        Page(its, table)
        for atom in before
        if (its := frozenset(map(str, recipes.days_of(atom.atom)))) & covers
        for name, table in atom.tables.items()
        if name in one.names
    ]
    shown, report = show.safe(tables, recipe.minimum, covers=covers, before=pages)
    if set(one.days) & set(linked) and any(
        KINDS[name].source is Source.VISITS for name in one.names
    ):
        report = replace(report, findings=(*report.findings, Finding(NUMBERS)))
    return Judged(shown, report, _told(report, shown, recipe))


def place(store: Store, writer: Writer, fixed: Fixed, one: Due, judged: Judged, at: int) -> bool:
    """Release an atom, or refuse it for what the attacks found; tells which. Either stands in the ledger.

    Raises `errors.Unavailable` where the store cannot be written; then nothing was released.
    """
    if not judged.report.passed:
        writer.run(lambda tx: ledger.refuse(tx, one.atom, fixed.number, judged.told))
        return False
    tables = {each.name: each for each in judged.shown}
    made = Atom(one.atom, fixed.recipe.digest, Label.AGGREGATED, at, tables)
    output = released.write(made)
    path = store.released(fixed.recipe.digest, one.atom)
    _write(_apart(path), output)

    def note(tx: Transaction) -> None:
        ledger.release(tx, one.atom, fixed.number, judged.hidden, output, judged.told)

    writer.run(note)
    _move(path)
    return True


def finish(store: Store, lines: Iterable[Line]) -> None:
    """Put in place what the ledger says was released, and remove what it does not know."""
    known = {line.output for line in lines}
    for apart in sorted(store.folder.glob(f"released/*/*.json{APART}")):
        if hashlib.sha256(apart.read_bytes()).hexdigest() in known:
            _move(apart.with_name(apart.name.removesuffix(APART)))
        else:
            apart.unlink()


def _joined(found: Iterable[Due]) -> tuple[Due, ...]:
    """Those of one atom together, as they are one file."""
    names: dict[str, tuple[str, ...]] = {}
    for one in found:
        names[one.atom] = names.get(one.atom, ()) + one.names
    return tuple(sorted((Due(atom, its) for atom, its in names.items()), key=lambda one: one.days))


def _told(report: Report, shown: Sequence[Shown], recipe: Recipe) -> Mapping[str, Any]:
    """What is measured of an atom: whether the method was enough, and how much of the whole it left.

    It is made of what is shown alone: a total that is hidden is in no report either, and of an atom that is refused
    nothing is shown.
    """
    findings: dict[str, int] = defaultdict(int)
    for found in report.findings:
        findings[f"{found.code} {found.table}".strip()] += 1
    left = _left(shown) if report.passed else {}
    return {"minimum": recipe.minimum, **left, "findings": dict(findings), **report.measured}


def _left(shown: Sequence[Shown]) -> Mapping[str, int]:
    """The smallest group that is shown, and how many acts of how many stand in no cell."""
    seen = [cell for one in shown for cell in one.cells.values() if cell is not None and cell.count]
    acts = sum(one.total.count for one in shown if one.total is not None)
    return {
        "smallest": min((cell.floor for cell in seen), default=0),
        "acts": acts,
        "acts-hidden": acts - sum(cell.count for cell in seen),
    }


def _apart(path: Path) -> Path:
    return path.with_name(f"{path.name}{APART}")


def _write(path: Path, output: bytes) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(output)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise errors.Unavailable(
            f"Figures cannot be written ({error.strerror}).",
            "See that the folder of [visits] store has room; nothing was released.",
        ) from None


def _move(path: Path) -> None:
    _apart(path).replace(path)
    spool.sync(path.parent)

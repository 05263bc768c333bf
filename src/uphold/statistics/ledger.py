# SPDX-License-Identifier: Apache-2.0
"""The ledger: which recipe stands since when, and every act of depersonalisation and on what came of it.

Order No. 140 wants each of them on record, so that it can be shown what was done. Nothing of a person is here:
days, counts, digests, and numbers of staff. Rows are only ever added, each with its entry in the journal.

    ledger.fix(tx, body, staff)              a recipe stands from now on
    ledger.standing(connection)              the one fixed last, None before the first
    ledger.use(tx, staff, "visits", label)   a member of staff looked at a page of figures
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Table, Text, func, select

from uphold import errors
from uphold.database import walk
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.statistics import recipe
from uphold.statistics.label import Label
from uphold.statistics.recipe import Recipe
from uphold.visits import layout

Reader = Connection | Transaction
AGAIN = "numbers-again"
ABOUT = 100
SITE = 0
"""Stands for a member of staff where the site itself, or the command line, acts."""

statistics_recipe = Table(
    "statistics_recipe",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("staff", Number, nullable=False),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False),
)

statistics_act = Table(
    "statistics_act",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("act", Text, nullable=False),
    # The day, week or month; of a use the page; empty where there is none.
    Column("what", Text, nullable=False),
    # The recipe's number, 0 where none was used.
    Column("recipe", Number, nullable=False),
    Column("label", Text, nullable=False),
    # How many events, or how many cells are hidden.
    Column("count", Number, nullable=False),
    # Of what was shown or taken; empty where nothing was.
    Column("output", Text, nullable=False),
    # What was measured, as JSON; empty where nothing was.
    Column("report", Text, nullable=False),
    Column("staff", Number, nullable=False),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False),
)


class Act(StrEnum):
    """What is on record."""

    CLOSED = "closed"
    RELEASED = "released"
    REFUSED = "refused"
    RAN = "ran"
    USED = "used"
    EXPORTED = "exported"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Fixed:
    """A recipe as it was fixed; `at` is unix ms, `staff` SITE for none."""

    number: int
    recipe: Recipe
    body: bytes
    staff: int
    at: int


@dataclass(frozen=True, slots=True)
class Line:
    """One act as it is on record: the columns of `statistics_act`; `report` is what was measured."""

    number: int
    act: Act
    what: str
    recipe: int
    label: str
    count: int
    output: str
    report: Mapping[str, Any]
    staff: int
    at: int
    entry: int

    @property
    def about(self) -> int:
        """The count as anybody is told it: a day's events in whole hundreds.

        Exact, it would tell how much happened on a day so quiet that its figures are hidden.
        """
        return self.count // ABOUT * ABOUT if self.act is Act.CLOSED else self.count


@dataclass(frozen=True, slots=True)
class _Noted:
    """The columns of an act that is to be written down, in their order."""

    act: str
    what: str
    recipe: int = 0
    label: str = ""
    count: int = 0
    output: str = ""
    report: str = ""
    staff: int = SITE


def fix(tx: Transaction, body: bytes, staff: int) -> int:
    """Let a recipe stand from now on; returns its number. Journals statistics.fixed.

    Raises `errors.Invalid` for one that is wrong, `errors.Conflict` for the one that stands already.
    """
    made = recipe.parse(body)
    before = standing(tx)
    if before is not None and before.recipe.digest == made.digest:
        raise errors.Conflict("This recipe stands already.", "Change it before you fix it.")
    number = 1 if before is None else before.number + 1
    codes: dict[str, entry.Code] = {"recipe": number, "digest": made.digest, "staff": staff}
    index = tx.append(entry.encode("statistics.fixed", tx.now, entry.salt(), codes))
    tx.insert(statistics_recipe, (number, made.digest, body, staff, tx.now, index))
    return number


def standing(reader: Reader) -> Fixed | None:
    """The recipe that was fixed last; None before the first."""
    newest = select(statistics_recipe).order_by(statistics_recipe.c.number.desc()).limit(1)
    row = reader.execute(newest).first()
    return None if row is None else _fixed(row)


def recipes(reader: Reader) -> tuple[Fixed, ...]:
    """Every recipe that ever stood, oldest first."""
    found = reader.execute(select(statistics_recipe).order_by(statistics_recipe.c.number))
    return tuple(_fixed(row) for row in found)


def close(tx: Transaction, day: date, events: int, again: int = 0) -> None:
    """Note that a day's events know no visitor any more; `again` had a number of the day before or after."""
    report = _print({AGAIN: again}) if again else ""
    label = Label.PSEUDONYMISED.value
    noted = _Noted("closed", day.isoformat(), label=label, count=events, report=report)
    _note(tx, noted, {"day": layout.number(day), "events": events})


def release(
    tx: Transaction, atom: str, fixed: int, hidden: int, output: bytes, report: Mapping[str, Any]
) -> None:
    """Note that the figures of an atom may be shown: `output` is their file, `hidden` the count of cells."""
    measured, digest, label = _print(report), _hash(output), Label.AGGREGATED.value
    codes: dict[str, entry.Code] = {
        "atom": atom.lower(),
        "recipe": fixed,
        "label": label,
        "hidden": hidden,
        "output": digest,
        "report": _hash(measured.encode()),
    }
    _note(tx, _Noted("released", atom, fixed, label, hidden, digest, measured), codes)


def refuse(tx: Transaction, atom: str, fixed: int, report: Mapping[str, Any]) -> None:
    """Note that the figures of an atom are not shown, and why."""
    measured = _print(report)
    codes: dict[str, entry.Code] = {
        "atom": atom.lower(),
        "recipe": fixed,
        "report": _hash(measured.encode()),
    }
    _note(tx, _Noted("refused", atom, fixed, report=measured), codes)


def run(tx: Transaction, released: int, refused: int) -> None:
    """Note that the work on figures ended."""
    noted = _Noted("ran", "", count=released)
    _note(tx, noted, {"released": released, "refused": refused})


def use(tx: Transaction, staff: int, page: str, label: Label) -> None:
    """Note that a member of staff looked at a page of figures; `page` is a code such as `visits`."""
    noted = _Noted("used", page, label=label.value, staff=staff)
    _note(tx, noted, {"staff": staff, "page": page, "label": label.value})


def export(tx: Transaction, staff: int, page: str, label: Label, output: bytes) -> None:
    """Note that a member of staff took figures as a file: `output` is what they got."""
    digest = _hash(output)
    noted = _Noted("exported", page, label=label.value, output=digest, staff=staff)
    codes: dict[str, entry.Code] = {"staff": staff, "page": page, "label": label.value}
    _note(tx, noted, {**codes, "output": digest})


def drop(tx: Transaction, day: date) -> None:
    """Note that a day's events were removed, as their term is over."""
    _note(tx, _Noted("dropped", day.isoformat()), {"day": layout.number(day)})


def lines(reader: Reader, limit: int = 100, acts: Iterable[Act] = Act) -> tuple[Line, ...]:
    """List the latest acts of these kinds, latest first."""
    column = statistics_act.c
    query = select(statistics_act).where(column.act.in_(list(acts)))
    found = reader.execute(query.order_by(column.number.desc()).limit(limit))
    return tuple(_line(row) for row in found)


def done(reader: Reader) -> tuple[Line, ...]:
    """List every atom that was released or refused, earliest first: none is ever counted again."""
    column = statistics_act.c
    query = select(statistics_act).where(column.act.in_([Act.RELEASED, Act.REFUSED]))
    return tuple(_line(row) for row in reader.execute(query.order_by(column.number)))


def days(reader: Reader, act: Act) -> frozenset[date]:
    """The days of which an act is on record: those that were closed, or dropped."""
    column = statistics_act.c
    found = reader.execute(select(column.what).where(column.act == act)).scalars()
    return frozenset(map(date.fromisoformat, found))


def linked(reader: Reader) -> frozenset[date]:
    """The closed days on which visitors had a number of another day: what was counted of them is not shown."""
    column = statistics_act.c
    query = select(column.what).where(column.act == Act.CLOSED, column.report != "")
    return frozenset(map(date.fromisoformat, reader.execute(query).scalars()))


def rows(act: Act) -> Callable[[Connection], walk.Rows]:
    """Walk through the acts of a kind as they lie, for an audit.

    With those that were closed come the rows that are of no kind, and those that cannot be read.
    """

    def walked(connection: Connection) -> walk.Rows:
        for row in walk.rows(connection, statistics_act):
            kind = None if isinstance(row, walk.Unreadable) else row.values["act"]
            if kind == act or (act is Act.CLOSED and kind not in list(Act)):
                yield row

    return walked


def fixed(connection: Connection) -> walk.Rows:
    """Walk through the recipes as they lie, for an audit."""
    return walk.rows(connection, statistics_recipe)


def _note(tx: Transaction, noted: _Noted, codes: Mapping[str, entry.Code]) -> None:
    index = tx.append(entry.encode(f"statistics.{noted.act}", tx.now, entry.salt(), codes))
    # Under the write lock, and no act is ever deleted.
    newest = select(func.coalesce(func.max(statistics_act.c.number), 0) + 1)
    number = int(tx.execute(newest).scalar_one())
    tx.insert(statistics_act, (number, *astuple(noted), tx.now, index))


def _fixed(row: Any) -> Fixed:
    made = recipe.parse(row.body)
    if made.digest != row.digest:
        raise errors.Broken(
            f"The recipe of figures no. {row.number} is not the one that was fixed.",
            "Restore the database from a backup.",
        )
    return Fixed(row.number, made, row.body, row.staff, row.at)


def _line(row: Any) -> Line:
    report = json.loads(row.report) if row.report else {}
    told = (row.label, row.count, row.output, report, row.staff, row.at, row.entry)
    return Line(row.number, Act(row.act), row.what, row.recipe, *told)


def _print(report: Mapping[str, Any]) -> str:
    return json.dumps(report, sort_keys=True, separators=(",", ":"))


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()

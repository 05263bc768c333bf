# SPDX-License-Identifier: Apache-2.0
"""Exports: a choice of records for one purpose, which whoever made it may take as a file, for some hours.

    order -> take (any number of times until it ends) -> end, or its time is over

An export holds no data: it names records, which rest sealed where they always do, and taking it is reading each
of them through the gate then. What is erased, withdrawn or held after the choice is thus in no file taken later,
and there is no further copy that an erasure would have to find.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, Table, Text, delete, func, insert, select, update

from uphold.access import decoy, reading, restraint, several, volume
from uphold.access.gate import Asked, Denial
from uphold.access.permission import Actor
from uphold.access.reading import Denied, Granted, Question
from uphold.access.search import Questions
from uphold.access.volume import DAY, Limit, Refused, What
from uphold.database import walk
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry
from uphold.policy.document import Edition
from uphold.vault.unlock import KeyRing

TOGETHER = 50
"""So many records are read in one transaction, so that nobody's form waits for a whole export."""


class Format(StrEnum):
    """What the file is."""

    CSV = "csv"
    JSON = "json"


class Reason(StrEnum):
    """Why records are copied out."""

    WORK = "work-outside"
    SYSTEM = "other-system"
    INSPECTION = "inspection"
    CHECK = "own-check"


# Said of an export that cannot be taken.
NOT_YOURS = "not-yours"
OVER = "export-over"
NOTHING = "nothing-found"

access_export = Table(
    "access_export",
    metadata,
    Column("number", Number, primary_key=True),
    Column("staff", Number, nullable=False),
    # 1 for one of a run of probes.
    Column("exercise", Number, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("records", Number, nullable=False),
    Column("made_at", Number, nullable=False),
    Column("ends_at", Number, nullable=False),
    Column("ended_at", Number),
    Column("taken", Number, nullable=False),
    Column("taken_at", Number),
    Column("entry", Number, nullable=False),
)

access_export_pick = Table(
    "access_export_pick",
    metadata,
    Column("number", Number, primary_key=True),
    Column("export", Number, nullable=False, index=True),
    Column("record", Number, nullable=False),
    Column("ends_at", Number, nullable=False, index=True),
)

_e, _p = access_export.c, access_export_pick.c


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be exported: of which form, for which purpose and reason, as what, for how long (ms)."""

    purpose: str
    form: str
    format: Format
    reason: Reason
    life_ms: int


@dataclass(frozen=True, slots=True)
class Export:
    """One export. Times are unix ms; `ended_at` is 0 unless it was ended by hand, `taken_at` until it was taken.

    `exercise` says that a run of probes made it.
    """

    number: int
    staff: int
    purpose: str
    form: str
    format: Format
    reason: Reason
    records: int
    made_at: int
    ends_at: int
    ended_at: int
    taken: int
    taken_at: int
    entry: int
    exercise: bool = False

    def is_open(self, now: int) -> bool:
        """Whether it can still be taken."""
        return not self.ended_at and now < self.ends_at


@dataclass(frozen=True, slots=True)
class Taken:
    """An export as it was read now: `rows` are record and values, in the order of the records; `denied` how many
    of the chosen the gate did not open any more.
    """

    export: Export
    rows: tuple[tuple[int, dict[str, Any]], ...] = field(repr=False)
    denied: int
    entry: int


def order(
    tx: Transaction,
    actor: Actor,
    wanted: Wanted,
    questions: Sequence[Question],
    *,
    current: Edition,
    limit: Limit,
) -> Export | Refused:
    """Choose those of the records that the gate opens now. Journals export.made, or copy.refused.

    Every question is of this actor and of the purpose wanted, with the fields to be exported.
    """
    # An export has a row of its own that nobody sent; a record that nobody sent is no person's to hand on.
    decoys = decoy.records(tx)
    chosen = [one.record for one in questions if one.record not in decoys and _opens(tx, one)]
    barred = several.barred(
        tx, actor, What.EXPORT, wanted.purpose, max(1, len(chosen)), current, limit
    )
    if barred is not None:
        return barred
    if not chosen:
        return volume.refuse(tx, actor, What.EXPORT, wanted.purpose, NOTHING)
    forget(tx, tx.now)
    ends_at = tx.now + wanted.life_ms
    row = {
        "staff": actor.staff,
        "exercise": int(actor.exercise),
        "purpose": wanted.purpose,
        "form": wanted.form,
        "format": wanted.format,
        "reason": wanted.reason,
        "records": len(chosen),
        "made_at": tx.now,
        "ends_at": ends_at,
        "taken": 0,
        "entry": 0,
    }
    number = int(tx.execute(insert(access_export).values(row).returning(_e.number)).scalar_one())
    codes: dict[str, entry.Code] = {
        "export": number,
        "staff": actor.staff,
        "purpose": wanted.purpose,
        "reason": str(wanted.reason),
        "records": len(chosen),
        "ends": ends_at // 1000,
    }
    index = tx.append(entry.encode("export.made", tx.now, entry.salt(), codes))
    tx.execute(update(access_export).where(_e.number == number).values(entry=index))
    picks = [{"export": number, "record": one, "ends_at": ends_at} for one in chosen]
    tx.execute(insert(access_export_pick), picks)
    volume.note(tx, actor.staff, What.EXPORT, len(chosen), index)
    return _require(tx, number)


def take(
    writer: Writer,
    ring: KeyRing,
    actor: Actor,
    number: int,
    *,
    questions: Questions,
) -> Taken | Refused | None:
    """Read an export through the gate, record by record; None where there is no such export.

    Only who made it may, until it ends; anybody else's attempt is refused and journaled. Journals export.taken, then
    each opening and each denial; all of it is durable before a value is opened. Blocks for the commits.
    """
    begun = writer.run(lambda tx: _begin(tx, actor, number))
    if begun is None or isinstance(begun, Refused):
        return begun
    export, records, index = begun
    outcomes: list[tuple[int, Granted | Denied]] = []
    for start in range(0, len(records), TOGETHER):
        some = records[start : start + TOGETHER]

        def enter(
            tx: Transaction, some: Sequence[int] = some
        ) -> list[tuple[int, Granted | Denied]]:
            # Stopped on the way: what is left is not read any more.
            if restraint.bonds(tx, actor.staff, tx.now).is_export_frozen:
                return []
            asked = questions(tx, some)
            return [(one, reading.enter(tx, ring, asked[one])) for one in some if one in asked]

        outcomes += writer.run(enter)
    rows = tuple(
        (record, reading.reveal(ring, one).values)
        for record, one in outcomes
        if not isinstance(one, Denied)
    )
    return Taken(export, rows, len(records) - len(rows), index)


def end(tx: Transaction, actor: Actor, number: int) -> bool:
    """End an export of one's own at once, and forget what it named; False if there is none to end.

    Journals export.ended.
    """
    found = find(tx, number)
    if found is None or found.staff != actor.staff or not found.is_open(tx.now):
        return False
    tx.execute(update(access_export).where(_e.number == number).values(ended_at=tx.now))
    tx.execute(delete(access_export_pick).where(_p.export == number))
    codes: dict[str, entry.Code] = {"export": number, "staff": actor.staff}
    tx.append(entry.encode("export.ended", tx.now, entry.salt(), codes))
    return True


def forget(tx: Transaction, now: int) -> None:
    """Delete what exports whose time is over have named."""
    tx.execute(delete(access_export_pick).where(_p.ends_at <= now))


def find(reader: Connection | Transaction, number: int) -> Export | None:
    """Return an export by its number."""
    row = reader.execute(select(access_export).where(_e.number == number)).first()
    return None if row is None else _export(row)


def taking(reader: Connection | Transaction, records: Sequence[int]) -> dict[tuple[int, int], int]:
    """When (unix ms) a member of staff last took an export with a record in it: by staff and record."""
    query = (
        select(_e.staff, _p.record, func.max(_e.taken_at).label("at"))
        .join_from(access_export_pick, access_export, _p.export == _e.number)
        .where(_p.record.in_(list(records)), _e.taken_at.is_not(None))
        .group_by(_e.staff, _p.record)
    )
    return {(row.staff, row.record): row.at for row in reader.execute(query)}


def left_over(reader: Connection | Transaction, now: int) -> int:
    """Count what exports that were over a day ago still name: the sweep should have forgotten it."""
    over = select(func.count(_p.number)).where(_p.ends_at <= now - DAY)
    return int(reader.execute(over).scalar_one())


def listed(
    reader: Connection | Transaction, *, exercise: bool = False, limit: int = 100
) -> tuple[Export, ...]:
    """List the latest exports, newest first: people's, or those of runs of probes alone."""
    rows = reader.execute(
        select(access_export)
        .where(_e.exercise == int(exercise))
        .order_by(_e.number.desc())
        .limit(limit)
    )
    return tuple(_export(row) for row in rows)


def is_any_taken(connection: Connection) -> bool:
    """Tell whether a file was ever taken by a person; those of runs of probes are none."""
    mine = select(_e.number).where(_e.taken > 0, _e.exercise == 0).limit(1)
    return connection.execute(mine).first() is not None


def rows(connection: Connection) -> walk.Rows:
    """Walk through every export as it lies, for an audit."""
    return walk.rows(connection, access_export)


def _opens(tx: Transaction, question: Question) -> bool:
    asked = Asked(
        question.actor,
        question.record,
        question.form,
        question.purpose,
        question.fields or frozenset(),
        tx.now,
        question.exercise,
    )
    return not isinstance(reading.judge(tx, asked, question.given, question.current), Denial)


def _begin(
    tx: Transaction, actor: Actor, number: int
) -> tuple[Export, list[int], int] | Refused | None:
    found = find(tx, number)
    if found is None:
        return None
    if found.staff != actor.staff:
        return volume.refuse(tx, actor, What.EXPORT, found.purpose, NOT_YOURS)
    if not found.is_open(tx.now):
        return volume.refuse(tx, actor, What.EXPORT, found.purpose, OVER)
    # Whoever is locked, or must prove who they are first, is stopped by the gate at each record.
    if restraint.bonds(tx, actor.staff, tx.now).is_export_frozen:
        return volume.refuse(tx, actor, What.EXPORT, found.purpose, volume.FROZEN)
    codes: dict[str, entry.Code] = {
        "export": number,
        "staff": actor.staff,
        "records": found.records,
    }
    index = tx.append(entry.encode("export.taken", tx.now, entry.salt(), codes))
    count = {"taken": _e.taken + 1, "taken_at": tx.now}
    tx.execute(update(access_export).where(_e.number == number).values(count))
    picks = select(_p.record).where(_p.export == number).order_by(_p.record)
    return found, list(tx.execute(picks).scalars()), index


def _require(tx: Transaction, number: int) -> Export:
    row = tx.execute(select(access_export).where(_e.number == number)).one()
    return _export(row)


def _export(row: Any) -> Export:
    return Export(
        row.number,
        row.staff,
        row.purpose,
        row.form,
        Format(row.format),
        Reason(row.reason),
        row.records,
        row.made_at,
        row.ends_at,
        row.ended_at or 0,
        row.taken,
        row.taken_at or 0,
        row.entry,
        bool(row.exercise),
    )

# SPDX-License-Identifier: Apache-2.0
"""Acts of destruction: what is to be destroyed is written down before, and closed when it is overwritten.

    plan   -> destruction.requested, lines            durable before anything is destroyed
    mark   -> each line as its part is destroyed      (part.destroyed, by the vault)
    close  -> destruction.done with a digest of the lines, if no line came since they were overwritten

One act is of one purpose, one edition and one reason, so that the categories in it are those declared. A line
names a part by its meaningless number and the person by a pseudonym. Acts are kept for three years (Order 179,
p. 8) and then go themselves.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from uphold import errors
from uphold.database import walk
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.retention import due, schedule
from uphold.retention.tables import retention_act, retention_line

KEPT = "P3Y"
# So long an act may stay open for somebody who reads an older state, as a backup does, before that is trouble.
OPEN_MS = 3 * 60 * 60 * 1000
# A longer act is continued in another one: people sign and print them.
LARGEST = 5_000


@dataclass(frozen=True, slots=True)
class Kind:
    """What the parts of one act have in common; `reason` is a code of the journal."""

    purpose: str
    edition: int
    reason: str


@dataclass(frozen=True, slots=True)
class Act:
    """One act. Times are unix ms; `done_at`, `parts` and `done_entry` are None while it is under way."""

    number: int
    kind: Kind
    opened_at: int
    entry: int
    done_at: int | None
    parts: int | None
    done_entry: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """One part of an act; `destroyed_at` None while it is only planned."""

    part: int
    subject: str
    destroyed_at: int | None


@dataclass(frozen=True, slots=True)
class Planned:
    """A line that is still to be carried out."""

    part: int
    act: int
    kind: Kind


def plan(tx: Transaction, kind: Kind, lines: Mapping[int, str]) -> int:
    """Write parts (number to pseudonym) into the open act of their kind, opened if need be; returns its number.

    Journals destruction.requested for a new one. What stands in an act already stays where it is.
    """
    act = _open(tx, kind)
    columns = retention_line.c
    known = set(tx.execute(select(columns.number).where(columns.number.in_(list(lines)))).scalars())
    for part, subject in lines.items():
        if part not in known:
            tx.insert(retention_line, (part, act, subject, None))
    return act


def pending(reader: Connection | Transaction) -> list[int]:
    """List the parts on lines that are not carried out, lowest first. Reads every line of the acts under way."""
    acts, lines = retention_act.c, retention_line.c
    query = (
        select(lines.number)
        .join(retention_act, acts.number == lines.act)
        .where(acts.done_at.is_(None), lines.destroyed_at.is_(None))
        .order_by(lines.number)
    )
    return list(reader.execute(query).scalars())


def planned(reader: Connection | Transaction, parts: Iterable[int]) -> list[Planned]:
    """Which of these parts are to be carried out still, lowest first; looks at nothing else."""
    lines = retention_line.c
    query = select(lines.number, lines.act).where(
        lines.number.in_(list(parts)), lines.destroyed_at.is_(None)
    )
    rows = [(row.number, row.act) for row in reader.execute(query.order_by(lines.number))]
    kinds = {one.number: one.kind for one in under_way(reader)}
    return [Planned(part, number, kinds[number]) for part, number in rows if number in kinds]


def mark(tx: Transaction, parts: Iterable[int]) -> None:
    """Note that parts are destroyed, in the transaction that does so."""
    columns = retention_line.c
    tx.execute(
        update(retention_line).where(columns.number.in_(list(parts))).values(destroyed_at=tx.now)
    )


def strike(tx: Transaction, parts: Iterable[int]) -> None:
    """Take parts off their act that must not be destroyed after all."""
    columns = retention_line.c
    is_planned = columns.destroyed_at.is_(None)
    tx.execute(delete(retention_line).where(columns.number.in_(list(parts)), is_planned))


def under_way(reader: Connection | Transaction) -> list[Act]:
    """List the acts that are not closed, oldest first."""
    columns = retention_act.c
    query = select(retention_act).where(columns.done_at.is_(None)).order_by(columns.number)
    return [_act(row) for row in reader.execute(query)]


def is_young(acts: Iterable[Act], now: int) -> bool:
    """Tell whether each of some open acts may stay open for a while yet (pure)."""
    return all(now - one.opened_at < OPEN_MS for one in acts)


def carried_out(reader: Connection | Transaction) -> Counter[int]:
    """How many lines of each act that is not closed are carried out, by its number."""
    line = retention_line.c
    is_open = (retention_act.c.number == line.act) & retention_act.c.done_at.is_(None)
    query = select(line.act, func.count(line.destroyed_at)).where(is_open).group_by(line.act)
    return Counter(dict(map(tuple, reader.execute(query))))


def close(tx: Transaction, number: int, overwritten: int) -> bool:
    """Close an act whose every line is carried out and overwritten; tells whether it is. Journals destruction.done.

    `overwritten` is how many were carried out before what is destroyed was last overwritten: one with more lines
    by now, or with one that is only planned, stays open.
    """
    found = list(lines(tx, number))
    if len(found) != overwritten or any(line.destroyed_at is None for line in found):
        return False
    codes: dict[str, str | int] = {"act": number, "parts": len(found), "lines": digest(found)}
    index = tx.append(entry.encode("destruction.done", tx.now, entry.salt(), codes))
    tx.execute(
        update(retention_act)
        .where(retention_act.c.number == number)
        .values(done_at=tx.now, parts=len(found), done_entry=index)
    )
    return True


def every(reader: Connection | Transaction) -> list[Act]:
    """List the acts that are kept, oldest first."""
    query = select(retention_act).order_by(retention_act.c.number)
    return [_act(row) for row in reader.execute(query)]


def newest(reader: Connection | Transaction, limit: int) -> tuple[list[Act], int]:
    """List so many of the acts that are kept, newest first, and how many there are in all."""
    query = select(retention_act).order_by(retention_act.c.number.desc()).limit(limit)
    count = select(func.count()).select_from(retention_act)
    return [_act(row) for row in reader.execute(query)], reader.execute(count).scalar_one()


def find(reader: Connection | Transaction, number: int) -> Act:
    """One act by its number; `errors.Missing` if there is none (any more)."""
    row = reader.execute(select(retention_act).where(retention_act.c.number == number)).first()
    if row is None:
        raise errors.Missing(f"There is no act {number}.", "See: uphold retention acts DIR")
    return _act(row)


def lines(reader: Connection | Transaction, number: int) -> Iterator[Line]:
    """Go through the lines of an act, lowest part first."""
    columns = retention_line.c
    query = select(columns.number, columns.subject, columns.destroyed_at)
    rows = reader.execute(query.where(columns.act == number).order_by(columns.number))
    return (Line(*row) for row in rows)


def subject_of(reader: Connection | Transaction, first: int, last: int) -> str | None:
    """The pseudonym under which an act names the person of one of these parts, if one does."""
    columns = retention_line.c
    query = select(columns.subject).where(columns.number.between(first, last)).limit(1)
    return reader.execute(query).scalar()


def expired(reader: Connection | Transaction, at: int) -> list[int]:
    """List the acts that have been kept for their three years at a moment (unix ms)."""
    columns = retention_act.c
    query = select(columns.number, columns.done_at).where(columns.done_at.is_not(None))
    rows = reader.execute(query.order_by(columns.done_at))
    return [row.number for row in rows if kept_until(row.done_at) <= at]


def kept_until(done_at: int) -> int:
    """Until when an act is kept that was closed at a moment; both unix ms."""
    return schedule.after(done_at, KEPT)


def drop(tx: Transaction, number: int) -> None:
    """Delete an act with its lines, once it has been kept long enough; its entries stay."""
    tx.execute(delete(retention_line).where(retention_line.c.act == number))
    tx.execute(delete(retention_act).where(retention_act.c.number == number))


def rows(connection: Connection) -> walk.Rows:
    """Walk through the acts as they lie, for an audit."""
    return walk.rows(connection, retention_act)


def digest(found: Sequence[Line]) -> str:
    """Return the digest by which the journal knows the lines of an act."""
    hashed = hashlib.sha256()
    for line in found:
        hashed.update(msgspec.json.encode((line.part, line.subject, line.destroyed_at)) + b"\n")
    return hashed.hexdigest()


def _open(tx: Transaction, kind: Kind) -> int:
    acts, of = retention_act.c, retention_line.c
    alike = (acts.purpose == kind.purpose, acts.edition == kind.edition, acts.reason == kind.reason)
    query = select(acts.number).where(acts.done_at.is_(None), *alike).order_by(acts.number.desc())
    found = tx.execute(query.limit(1)).scalar()
    if found is not None:
        count = select(func.count()).select_from(retention_line).where(of.act == found)
        if tx.execute(count).scalar_one() < LARGEST:
            return int(found)
    number = due.state(tx).acts + 1
    due.keep(tx, acts=number)
    codes: dict[str, str | int] = {
        "act": number,
        "purpose": kind.purpose,
        "edition": kind.edition,
        "reason": kind.reason,
    }
    index = tx.append(entry.encode("destruction.requested", tx.now, entry.salt(), codes))
    tx.execute(
        insert(retention_act).values(
            number=number,
            purpose=kind.purpose,
            edition=kind.edition,
            reason=kind.reason,
            opened_at=tx.now,
            entry=index,
        )
    )
    return number


def _act(row: Any) -> Act:
    kind = Kind(row.purpose, row.edition, row.reason)
    done = (row.done_at, row.parts, row.done_entry)
    return Act(row.number, kind, row.opened_at, row.entry, *done)

# SPDX-License-Identifier: Apache-2.0
"""Breaking the glass: in an emergency one record opens for one purpose to one person whose role may not, for hours.

    running -> ended (by the person, by who looks after it, or by its time) ; and seen by another than the person

It stands in for the role alone. No consent that is missing or withdrawn, no hold, no undeclared field is passed by
it: `gate` asks for all of them as ever. Who breaks it, each reading under it and its end stand in the journal; the
words of why are sealed beside it. Whether it may be broken is for `emergency` to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    Select,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from uphold import errors
from uphold.database import walk
from uphold.database.schema import PASSING, Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.vault import commitment, words as sealing
from uphold.vault.unlock import KeyRing

MINUTE = 60_000
LONGEST_MINUTES = 240
"""The most that the glass stays broken: a working half-day."""
MOST = 5
"""How many a person may have running at once: what needs more is no emergency of one person's."""
WORDS_MS = 365 * 24 * 60 * MINUTE
"""How long the words are kept."""
BY_TIME = 0


class Reason(StrEnum):
    """Why the glass is broken."""

    DANGER = "danger"
    INCIDENT = "incident"
    DEMAND = "demand"
    ABSENCE = "absence"


access_glass = Table(
    "access_glass",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("staff", Number, nullable=False, index=True),
    Column("record", Number, nullable=False, index=True),
    Column("purpose", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # 1 for a run of probes', 0 for a person's.
    Column("exercise", Number, nullable=False),
    Column("began_at", Number, nullable=False),
    Column("until_at", Number, nullable=False),
    Column("ended_at", Number),
    # 0: its time was over.
    Column("ended_by", Number),
    Column("seen_at", Number),
    Column("seen_by", Number),
    Column("readings", Number, nullable=False),
    Column("entry", Number, nullable=False),
)

access_glass_words = Table(
    "access_glass_words",
    metadata,
    Column("glass", Number, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", Number, nullable=False),
    info=PASSING,
)
TABLE = access_glass.name
_row = access_glass.c


@dataclass(frozen=True, slots=True)
class Glass:
    """One broken glass. Times are unix ms, 0 for not yet; `ended_by` 0 is by its time."""

    number: int
    staff: int
    record: int
    purpose: str
    reason: Reason
    exercise: bool
    began_at: int
    until_at: int
    ended_at: int
    ended_by: int
    seen_at: int
    seen_by: int
    readings: int


def store(tx: Transaction, ring: KeyRing, one: Glass, words: str) -> int:
    """Store a glass that was broken just now; returns its number. Journals glass.broken."""
    # Under the write lock, and none is ever deleted.
    number = (tx.execute(select(func.max(_row.number))).scalar() or 0) + 1
    salt = entry.salt()
    codes: dict[str, entry.Code] = {
        "glass": number,
        "staff": one.staff,
        "purpose": one.purpose,
        "reason": str(one.reason),
        "until": one.until_at // 1000,
    }
    name = commitment.of_record(tx, ring, one.record, salt)
    index = tx.append(entry.encode("glass.broken", tx.now, salt, codes, (name,)))
    tx.execute(
        insert(access_glass).values(
            number=number,
            staff=one.staff,
            record=one.record,
            purpose=one.purpose,
            reason=one.reason,
            exercise=int(one.exercise),
            began_at=one.began_at,
            until_at=one.until_at,
            readings=0,
            entry=index,
        )
    )
    sealed = sealing.seal(ring, number, words)
    tx.execute(insert(access_glass_words).values(glass=number, sealed=sealed, at=tx.now))
    return number


def running(
    reader: Connection | Transaction, staff: int, record: int, purpose: str, at: int
) -> int | None:
    """Return the number of the glass that a person has broken for a record and a purpose, if it is so at `at`."""
    query = _running(at).where(
        _row.staff == staff, _row.record == record, _row.purpose == purpose, _row.began_at <= at
    )
    found = reader.execute(query).first()
    return None if found is None else int(found.number)


def purposes(connection: Connection, staff: int, record: int, at: int) -> frozenset[str]:
    """Return the purposes for which a person has broken the glass of a record, at `at` (unix ms)."""
    query = _running(at).where(_row.staff == staff, _row.record == record)
    return frozenset(row.purpose for row in connection.execute(query))


def count(reader: Connection | Transaction, staff: int, at: int) -> int:
    """Count the glasses that a person has broken and that still are, at `at` (unix ms)."""
    return len(reader.execute(_running(at).where(_row.staff == staff)).all())


def note(tx: Transaction, ring: KeyRing, number: int, staff: int, record: int) -> None:
    """Journal glass.read: the opening just before happened under this glass alone."""
    salt = entry.salt()
    codes: dict[str, entry.Code] = {"glass": number, "staff": staff}
    name = commitment.of_record(tx, ring, record, salt)
    tx.append(entry.encode("glass.read", tx.now, salt, codes, (name,)))
    tx.execute(update(access_glass).where(_row.number == number).values(readings=_row.readings + 1))


def end(tx: Transaction, number: int, by: int) -> None:
    """End a glass before its time; one that has ended stays as it is. Journals glass.ended.

    Raises `errors.Missing` where there is no such glass.
    """
    one = find(tx, number)
    if not one.ended_at:
        _end(tx, number, by)


def expire(tx: Transaction) -> int:
    """Note the end of every glass whose time is over; returns how many. Journals glass.ended for each."""
    over = select(_row.number).where(_row.ended_at.is_(None), _row.until_at <= tx.now)
    numbers = list(tx.execute(over.order_by(_row.number)).scalars())
    for number in numbers:
        _end(tx, number, BY_TIME)
    return len(numbers)


def is_over(connection: Connection, at: int) -> bool:
    """Tell whether a glass waits for `expire` at `at` (unix ms)."""
    over = select(_row.number).where(_row.ended_at.is_(None), _row.until_at <= at)
    return connection.execute(over.limit(1)).first() is not None


def see(tx: Transaction, number: int, by: int) -> None:
    """Let somebody say that a glass was looked at; again changes nothing. Journals glass.seen.

    Raises `errors.Conflict` for whoever broke it, `errors.Missing` where there is no such glass.
    """
    one = find(tx, number)
    if one.staff == by:
        raise errors.Conflict(
            "Who broke the glass does not look after it.", "Another owner or officer does."
        )
    if one.seen_at:
        return
    tx.execute(update(access_glass).where(_row.number == number).values(seen_at=tx.now, seen_by=by))
    codes: dict[str, entry.Code] = {"glass": number, "staff": by}
    tx.append(entry.encode("glass.seen", tx.now, entry.salt(), codes))


def find(reader: Connection | Transaction, number: int) -> Glass:
    """Return a glass; raises `errors.Missing` where there is none."""
    row = reader.execute(select(access_glass).where(_row.number == number)).first()
    if row is None:
        raise errors.Missing("There is no such opening.", "Look at the list.")
    return _of(row)


def listed(connection: Connection, *, exercise: bool, limit: int = 200) -> tuple[Glass, ...]:
    """List people's glasses, or those of exercises, the newest first."""
    mine = select(access_glass).where(_row.exercise == int(exercise))
    rows = connection.execute(mine.order_by(_row.number.desc()).limit(limit))
    return tuple(_of(row) for row in rows)


def unseen(connection: Connection, *, exercise: bool) -> int:
    """Count the glasses that nobody but who broke them has looked at."""
    mine = (_row.exercise == int(exercise)) & _row.seen_at.is_(None)
    return connection.execute(select(func.count()).where(mine)).scalar_one()


def said(connection: Connection, ring: KeyRing) -> Mapping[int, str]:
    """Open the words of every glass, by its number, as long as they are kept."""
    rows = connection.execute(select(access_glass_words)).all()
    return {row.glass: sealing.open(ring, row.glass, row.sealed) or "" for row in rows}


def rows(connection: Connection) -> walk.Rows:
    """Walk through every glass as it lies, for an audit."""
    return walk.rows(connection, access_glass)


def forget(tx: Transaction, now: int) -> None:
    """Delete the words of glasses broken long ago; that they were stays."""
    tx.execute(delete(access_glass_words).where(access_glass_words.c.at <= now - WORDS_MS))


def _running(at: int) -> Select[Any]:
    # By the clock, not by the note of its end: nobody reads a moment longer because a note comes late.
    return select(_row.number, _row.purpose).where(_row.ended_at.is_(None), _row.until_at > at)


def _end(tx: Transaction, number: int, by: int) -> None:
    tx.execute(
        update(access_glass).where(_row.number == number).values(ended_at=tx.now, ended_by=by)
    )
    codes: dict[str, entry.Code] = {"glass": number, "staff": by}
    tx.append(entry.encode("glass.ended", tx.now, entry.salt(), codes))


def _of(row: Any) -> Glass:
    return Glass(
        number=row.number,
        staff=row.staff,
        record=row.record,
        purpose=row.purpose,
        reason=Reason(row.reason),
        exercise=bool(row.exercise),
        began_at=row.began_at,
        until_at=row.until_at,
        ended_at=row.ended_at or 0,
        ended_by=row.ended_by or 0,
        seen_at=row.seen_at or 0,
        seen_by=row.seen_by or 0,
        readings=row.readings,
    )

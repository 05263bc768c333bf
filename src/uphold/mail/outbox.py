# SPDX-License-Identifier: Apache-2.0
"""Messages waiting to leave: sealed answers, and notices, which are a kind and codes until they are sent.

    put | notice.queue -> queued -> sent | failed | exported      sent -> bounced
    put -> exercise                               of a run of probes: to nobody

Guarantee: what was accepted is sent at least once (`mail.delivery`), or shown as failed. No row holds a word or
an address in the clear.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    LargeBinary,
    Table,
    Text,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from uphold.database import transaction, walk
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.database.walk import Unreadable
from uphold.journal import entry
from uphold.mail import letter
from uphold.mail.letter import Letter
from uphold.vault import commitment, records
from uphold.vault.unlock import KeyRing

MINUTE = 60 * 1000
HOUR = 60 * MINUTE
# A notice that brings its own address keeps it no longer, whether it could leave or not.
SEALED_MS = 30 * 24 * HOUR
# Longer than `send.SECONDS_IN_ALL`: while one process sends, no other takes the same message.
LEASE = 15 * MINUTE
# What follows the first attempt, the second, ...: five and a half days in all, as RFC 5321, section
# 4.5.4.1, asks of whoever retries. No jitter: one relay, one sender at a time.
WAITS = (
    *(1 * MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR),
    *(12 * HOUR, 24 * HOUR, 24 * HOUR, 24 * HOUR, 42 * HOUR),
)
# The site itself, as actor of a reading: nobody on the staff.
MAILER = 0
ANSWER_VERSION = 1

mail_outbox = Table(
    "mail_outbox",
    metadata,
    Column("number", Number, primary_key=True),
    Column("record", Number, nullable=False, index=True),
    Column("part", Number, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("staff", Number, nullable=False),
    Column("language", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("attempts", Number, nullable=False),
    Column("next_at", Number, nullable=False),
    Column("created_at", Number, nullable=False),
    Column("sent_at", Number),
    # Of a notice: its kind, what it is about as JSON, and its address, sealed, where no record holds it.
    Column("notice", Text),
    Column("codes", Text),
    Column("sealed", LargeBinary),
    Column("entry", Number),
    Column("bounced_at", Number),
    Index("mail_outbox_due", "state", "next_at"),
)

_PURPOSES = select(mail_outbox.c.purpose).where(
    mail_outbox.c.record == bindparam("of"), mail_outbox.c.notice.is_(None)
)


def forget(tx: Transaction, now: int) -> None:
    """Take the sealed address off every notice that has left, or could not leave for so long."""
    columns = mail_outbox.c
    is_over = (columns.state != State.QUEUED) | (columns.created_at <= now - SEALED_MS)
    tx.execute(update(mail_outbox).where(columns.sealed.is_not(None), is_over).values(sealed=None))


class State(StrEnum):
    """Where a message is on its way out."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    EXPORTED = "exported"
    # The relay took it, and a report came back that it could not be delivered.
    BOUNCED = "bounced"
    # Written by a run of probes to itself: it goes nowhere.
    EXERCISE = "exercise"


@dataclass(frozen=True, slots=True)
class Item:
    """One message in the outbox, without any of its words. Times are unix ms, 0 until then.

    `staff` wrote an answer (0: a notice), `reason` says why the last attempt did not succeed or why it came
    back (empty when it did). `notice` is a notice's kind and empty for an answer, `codes` what it is about;
    `record` is 0 for a notice to the operator. `sealed` is the address of a notice that brings its own.
    """

    number: int
    record: int
    part: int
    purpose: str
    staff: int
    language: str
    state: State
    reason: str
    attempts: int
    next_at: int
    created_at: int
    sent_at: int
    notice: str = ""
    codes: Mapping[str, str | int] = field(default_factory=dict)
    sealed: bytes = field(default=b"", repr=False)
    bounced_at: int = 0


Codes = dict[str, str | int]

Counted = Callable[[ColumnElement[int]], ColumnElement[bool]]
"""A condition of another room on the number of the record that a message is about."""


def put(
    tx: Transaction,
    ring: KeyRing,
    record: int,
    purpose: str,
    staff: int,
    letter_: Letter,
    language: str,
    *,
    exercise: bool = False,
) -> int:
    """Seal an answer as a further part of the record and queue it; returns its number.

    One of an exercise is sealed like any and never leaves. Journals answer.sealed.
    Raises `errors.Invalid` for a letter that cannot be sent as it is.
    """
    letter.check(letter_)
    plain = records.plain(purpose, ANSWER_VERSION, letter.seal(letter_))
    part = records.add(tx, ring, record, plain)
    salt = entry.salt()
    commitments = (
        commitment.of_record(tx, ring, record, salt),
        commitment.of_sealed(part),
    )
    codes: Codes = {"staff": staff, "purpose": purpose}
    tx.append(entry.encode("answer.sealed", tx.now, salt, codes, commitments))
    made = tx.execute(
        insert(mail_outbox)
        .values(
            record=record,
            part=part.number,
            purpose=purpose,
            staff=staff,
            language=language,
            state=State.EXERCISE if exercise else State.QUEUED,
            attempts=0,
            next_at=tx.now,
            created_at=tx.now,
        )
        .returning(mail_outbox.c.number)
    )
    return int(made.scalar_one())


def due(reader: Connection | Transaction, now: int) -> tuple[Item, ...]:
    """The messages whose next attempt is due, the longest waiting first."""
    box = mail_outbox.c
    rows = reader.execute(
        select(mail_outbox)
        .where(box.state == State.QUEUED, box.next_at <= now)
        .order_by(box.next_at, box.number)
    )
    return tuple(item(row) for row in rows)


def next_at(reader: Connection | Transaction) -> int | None:
    """When the next attempt is due (unix ms), None when nothing is queued: how long a mailer may sleep."""
    box = mail_outbox.c
    found = reader.execute(select(func.min(box.next_at)).where(box.state == State.QUEUED)).scalar()
    return None if found is None else int(found)


def of_record(reader: Connection | Transaction, record: int) -> tuple[Item, ...]:
    """Every answer to one enquiry, oldest first."""
    box = mail_outbox.c
    mine = (box.record == record, box.notice.is_(None))
    rows = reader.execute(select(mail_outbox).where(*mine).order_by(box.number))
    return tuple(item(row) for row in rows)


def purposes(reader: Connection | Transaction, record: int) -> frozenset[str]:
    """The purposes for which there are answers to one enquiry."""
    return frozenset(purpose for (purpose,) in transaction.rows(reader, _PURPOSES, {"of": record}))


def told(reader: Connection | Transaction, records: Sequence[int]) -> tuple[Item, ...]:
    """Every notice about these records, oldest first."""
    box = mail_outbox.c
    mine = (box.record.in_(list(records)), box.notice.is_not(None))
    found = reader.execute(select(mail_outbox).where(*mine).order_by(box.number))
    return tuple(item(row) for row in found)


def rows(connection: Connection, order: tuple[str, ...] = ("number",)) -> walk.Rows:
    """Walk through the answers as they lie, for an audit; in the order they were journaled, unless told."""
    for row in walk.rows(connection, mail_outbox, order):
        if isinstance(row, Unreadable) or row.values["notice"] is None:
            yield row


def notices(connection: Connection) -> walk.Rows:
    """Walk through the notices as they lie, for an audit."""
    for row in walk.rows(connection, mail_outbox):
        if not isinstance(row, Unreadable) and row.values["notice"] is not None:
            yield row


def counts(reader: Connection | Transaction) -> dict[State, int]:
    """How many messages there are in each state."""
    box = mail_outbox.c
    found = dict.fromkeys(State, 0)
    for state, count in reader.execute(select(box.state, func.count()).group_by(box.state)):
        found[State(state)] = int(count)
    return found


def listed(
    reader: Connection | Transaction,
    states: Iterable[State],
    limit: int,
    counted: Counted | None = None,
) -> tuple[Item, ...]:
    """The newest messages in these states, newest first; `counted` says of a record's number whether it counts."""
    box = mail_outbox.c
    query = select(mail_outbox).where(box.state.in_([str(one) for one in states]))
    if counted is not None:
        query = query.where(counted(box.record))
    rows = reader.execute(query.order_by(box.number.desc()).limit(limit))
    return tuple(item(row) for row in rows)


def stuck(reader: Connection | Transaction, counted: Counted | None = None) -> int:
    """How many messages did not leave or came back: queued after a failed attempt, failed, or bounced."""
    box = mail_outbox.c
    delayed = and_(box.state == State.QUEUED, box.reason.is_not(None))
    lost = box.state.in_([State.FAILED, State.BOUNCED])
    query = select(func.count()).select_from(mail_outbox).where(or_(delayed, lost))
    if counted is not None:
        query = query.where(counted(box.record))
    return int(reader.execute(query).scalar_one())


def wait(attempts: int) -> int | None:
    """Milliseconds to wait after the given number of attempts; None when it is time to give up."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None


def item(row: Any) -> Item:
    """The message of a row."""
    return Item(
        number=row.number,
        record=row.record,
        part=row.part,
        purpose=row.purpose,
        staff=row.staff,
        language=row.language,
        state=State(row.state),
        reason=row.reason or "",
        attempts=row.attempts,
        next_at=row.next_at,
        created_at=row.created_at,
        sent_at=row.sent_at or 0,
        notice=row.notice or "",
        codes=json.loads(row.codes) if row.codes else {},
        sealed=row.sealed or b"",
        bounced_at=row.bounced_at or 0,
    )

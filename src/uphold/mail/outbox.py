# SPDX-License-Identifier: Apache-2.0
"""Answers waiting to leave, sealed. Guarantee: an answer that was accepted is sent at least once, or shown as failed.

    put -> queued -> sent | failed | exported
    put -> exercise                               of a run of probes: to nobody

Sending is a reading, so it keeps the order of every reading: decide, journal, commit, then open. A crash
between the relay's yes and our note of it sends the message again after the lease, with the same
`Message-ID` and `Date`, by which receivers recognise it; nothing can be lost. Without a relay everything
stays sealed until `export`. Who may send is not decided here: the caller gives a `Judge`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from email.message import EmailMessage
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Index, Table, Text, func, insert, select, update

from uphold.database import walk
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry
from uphold.mail import letter, send, spool
from uphold.mail.letter import Envelope, Letter
from uphold.mail.send import Failure, Relay
from uphold.vault import commitment, identifier, records
from uphold.vault.part import Fetched
from uphold.vault.permit import Permit
from uphold.vault.unlock import KeyRing

MINUTE = 60 * 1000
HOUR = 60 * MINUTE
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
    Index("mail_outbox_due", "state", "next_at"),
)


class State(StrEnum):
    """Where an answer is on its way out."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    EXPORTED = "exported"
    # Written by a run of probes to itself: it goes nowhere.
    EXERCISE = "exercise"


@dataclass(frozen=True, slots=True)
class Item:
    """One answer in the outbox, without any of its words. Times are unix ms; `sent_at` is 0 until then.

    `staff` wrote it, `reason` says why the last attempt did not succeed (empty when it did).
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


@dataclass(frozen=True, slots=True)
class Refused:
    """The judge's no. `lasting` when no later moment can change it."""

    reason: str
    lasting: bool


Codes = dict[str, str | int]

Judge = Callable[[Transaction, Item], Permit | Refused]
"""Decides in the transaction whether the mailer may open an answer now."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What one round did."""

    sent: int = 0
    failed: int = 0
    delayed: int = 0


@dataclass(frozen=True, slots=True)
class _Taken:
    """An answer whose opening is journaled and which this process alone may send until the lease ends."""

    item: Item
    permit: Permit
    fetched: Sequence[Fetched]


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
    """The answers whose next attempt is due, the longest waiting first."""
    box = mail_outbox.c
    rows = reader.execute(
        select(mail_outbox)
        .where(box.state == State.QUEUED, box.next_at <= now)
        .order_by(box.next_at, box.number)
    )
    return tuple(_item(row) for row in rows)


def next_at(reader: Connection | Transaction) -> int | None:
    """When the next attempt is due (unix ms), None when nothing is queued: how long a mailer may sleep."""
    box = mail_outbox.c
    found = reader.execute(select(func.min(box.next_at)).where(box.state == State.QUEUED)).scalar()
    return None if found is None else int(found)


def of_record(reader: Connection | Transaction, record: int) -> tuple[Item, ...]:
    """Every answer to one enquiry, oldest first."""
    box = mail_outbox.c
    rows = reader.execute(select(mail_outbox).where(box.record == record).order_by(box.number))
    return tuple(_item(row) for row in rows)


def rows(connection: Connection, order: tuple[str, ...] = ("number",)) -> walk.Rows:
    """Walk through the answers as they lie, for an audit; in the order they were journaled, unless told."""
    return walk.rows(connection, mail_outbox, order)


def counts(reader: Connection | Transaction) -> dict[State, int]:
    """How many answers there are in each state."""
    box = mail_outbox.c
    found = dict.fromkeys(State, 0)
    for state, count in reader.execute(select(box.state, func.count()).group_by(box.state)):
        found[State(state)] = int(count)
    return found


def wait(attempts: int) -> int | None:
    """Milliseconds to wait after the given number of attempts; None when it is time to give up."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None


async def deliver(
    writer: Writer, ring: KeyRing, relay: Relay | None, judge: Judge, *, now: int
) -> Tally:
    """Try every answer that is due at `now` (unix ms), one after another. Without a relay, do nothing.

    Several processes may do so at once: the lease shares the work. Journals record.opened before an answer
    is opened (or access.denied when the judge refuses), then mail.sent or mail.failed.
    """
    states = []
    while relay is not None:
        taken = await writer.submit(lambda tx: _take_next(tx, ring, judge, now))
        if taken is None:
            break
        if isinstance(taken, Item):
            states.append(taken.state)
            continue
        failure = await send.send(relay, _open(ring, taken, relay.sender))
        settle = partial(_settle, ring=ring, item=taken.item, failure=failure, now=now)
        states.append(await writer.submit(settle))
    return Tally(
        sent=states.count(State.SENT),
        failed=states.count(State.FAILED),
        delayed=states.count(State.QUEUED),
    )


def export(
    writer: Writer, ring: KeyRing, judge: Judge, folder: Path, *, sender: str, now: int
) -> tuple[Path, ...]:
    """Write every answer that is queued or failed to `folder` as a file `.eml` (mode 0600), durably.

    For a site without a relay: another program sends the files, and whoever can read them can read the
    answers. Each is opened like any other (record.opened), and marked as exported (mail.exported) only
    when its file is safe; a crash in between writes the same file again. Answers that the judge refuses
    stay sealed. Raises `errors.Invalid` when the folder cannot be written to or `sender` is no address;
    then nothing was opened.
    """
    letter.check_sender(sender)
    spool.make(folder)
    written = []
    for number in writer.run(_left):
        taken = writer.run(partial(_take_one, ring=ring, judge=judge, number=number, now=now))
        if not isinstance(taken, _Taken):
            continue
        message = _open(ring, taken, sender)
        name = f"{number:08d}-{_public(ring, taken.item)}.eml"
        written.append(spool.write(folder, name, message.as_bytes()))
        writer.run(partial(_exported, ring=ring, item=taken.item, now=now))
    return tuple(written)


def _left(tx: Transaction) -> list[int]:
    box = mail_outbox.c
    waiting = box.state.in_([State.QUEUED, State.FAILED])
    return list(tx.execute(select(box.number).where(waiting).order_by(box.number)).scalars())


def _take_next(tx: Transaction, ring: KeyRing, judge: Judge, now: int) -> _Taken | Item | None:
    box = mail_outbox.c
    row = tx.execute(
        select(mail_outbox)
        .where(box.state == State.QUEUED, box.next_at <= now)
        .order_by(box.next_at, box.number)
        .limit(1)
    ).first()
    return None if row is None else _take(tx, ring, judge, _item(row), now)


def _take_one(
    tx: Transaction, ring: KeyRing, judge: Judge, number: int, now: int
) -> _Taken | Item | None:
    row = tx.execute(select(mail_outbox).where(mail_outbox.c.number == number)).first()
    if row is None or row.state not in (State.QUEUED, State.FAILED):
        return None
    return _take(tx, ring, judge, _item(row), now)


def _take(tx: Transaction, ring: KeyRing, judge: Judge, item: Item, now: int) -> _Taken | Item:
    """Begin an attempt: ask the judge, journal the answer, lease the row. A refused item comes back as it is now."""
    item = replace(item, attempts=item.attempts + 1)
    verdict = judge(tx, item)
    if isinstance(verdict, Refused):
        return _refuse(tx, ring, item, verdict, now)
    fetched = [part for part in records.fetch(tx, verdict) if part.number == item.part]
    if not fetched:
        return _refuse(tx, ring, item, Refused("part-destroyed", lasting=True), now)
    codes: Codes = {
        "staff": MAILER,
        "purpose": item.purpose,
        "fields": "+".join(sorted(letter.FIELDS)),
    }
    _journal(tx, ring, "record.opened", item, codes)
    _update(tx, item, attempts=item.attempts, next_at=now + LEASE)
    return _Taken(item, replace(verdict, actor=MAILER), fetched)


def _refuse(tx: Transaction, ring: KeyRing, item: Item, refused: Refused, now: int) -> Item:
    codes: Codes = {"staff": MAILER, "purpose": item.purpose, "reason": refused.reason}
    _journal(tx, ring, "access.denied", item, codes)
    return _postpone(tx, item, refused.reason, now, lasting=refused.lasting)


def _open(ring: KeyRing, taken: _Taken, sender: str) -> EmailMessage:
    item = taken.item
    receipt = ring.identifiers.encode(identifier.RECEIPT, item.record)
    fields = records.open(ring, taken.permit, taken.fetched)
    envelope = Envelope(sender, _public(ring, item), receipt, item.language, item.created_at)
    return letter.compose(letter.unseal(fields), envelope)


def _settle(tx: Transaction, ring: KeyRing, item: Item, failure: Failure | None, now: int) -> State:
    if failure is None:
        _journal(tx, ring, "mail.sent", item, {"attempt": item.attempts})
        _update(tx, item, state=State.SENT, sent_at=now, reason=None)
        return State.SENT
    codes: Codes = {"attempt": item.attempts, "reason": str(failure.trouble)}
    _journal(tx, ring, "mail.failed", item, codes)
    return _postpone(tx, item, str(failure.trouble), now, lasting=failure.permanent).state


def _postpone(tx: Transaction, item: Item, reason: str, now: int, *, lasting: bool) -> Item:
    """Queue for the next attempt; give up, for people to see, when there is none."""
    pause = None if lasting else wait(item.attempts)
    state = State.FAILED if pause is None else State.QUEUED
    item = replace(item, state=state, reason=reason, next_at=now + (pause or 0))
    _update(tx, item, state=state, reason=reason, next_at=item.next_at, attempts=item.attempts)
    return item


def _exported(tx: Transaction, ring: KeyRing, item: Item, now: int) -> None:
    _journal(tx, ring, "mail.exported", item, {})
    _update(tx, item, state=State.EXPORTED, sent_at=now, reason=None)


def _journal(tx: Transaction, ring: KeyRing, kind: str, item: Item, codes: Codes) -> None:
    salt = entry.salt()
    commitments = (commitment.of_record(tx, ring, item.record, salt),)
    tx.append(entry.encode(kind, tx.now, salt, codes, commitments))


def _update(tx: Transaction, item: Item, **values: Any) -> None:
    """Write to the row unless a later attempt, begun after this one's lease ran out, owns it by now."""
    box = mail_outbox.c
    mine = box.attempts.in_([item.attempts, item.attempts - 1])
    tx.execute(update(mail_outbox).where(box.number == item.number, mine).values(**values))


def _public(ring: KeyRing, item: Item) -> str:
    return ring.identifiers.encode(identifier.MESSAGE, item.number)


def _item(row: Any) -> Item:
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
    )

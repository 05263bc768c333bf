# SPDX-License-Identifier: Apache-2.0
"""The door through which staff read. Guarantee: nothing is shown before the reading is durable in the journal.

    one transaction: gate, journal (record.opened or access.denied), rows of `access_reading` and `access_use`,
    ciphertext
    COMMIT, durable
    only then: decrypt, and return to the page

A denial travels the same way and comes back as a value.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from sqlalchemy import Column, Connection, Table, Text, bindparam, insert, select

from uphold.access import gate, glass, hold, use
from uphold.access.gate import Asked, Denial, Reason
from uphold.access.permission import Actor
from uphold.consent import ledger
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import catalogue, entry
from uphold.mail import letter, outbox
from uphold.mail.letter import Letter
from uphold.policy.document import Edition
from uphold.vault import commitment, records
from uphold.vault.part import Fetched
from uphold.vault.permit import Permit
from uphold.vault.unlock import KeyRing

Codes = dict[str, str | int]

NO_PURPOSE = "none"
"""Stands in the journal where who asked named no purpose, or something that cannot be one."""

access_reading = Table(
    "access_reading",
    metadata,
    Column("number", Number, primary_key=True),
    Column("record", Number, nullable=False, index=True),
    Column("staff", Number, nullable=False),
    Column("purpose", Text, nullable=False),
    # Null for a reading; the reason of a denial otherwise.
    Column("denied", Text),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False, index=True),
)

_REMEMBER = insert(access_reading).values(
    record=bindparam("of"),
    staff=bindparam("by"),
    purpose=bindparam("for"),
    at=bindparam("now"),
    entry=bindparam("index"),
)
_REMEMBER_DENIED = _REMEMBER.values(denied=bindparam("why"))


@dataclass(frozen=True, slots=True)
class Question:
    """Who wants to read what. `given` is the edition the record was given under, `current` the one in force.

    `form` is the key of the form it came by, `exercise` whether a run of probes made it. `fields` None asks
    for everything that the purpose has.
    """

    actor: Actor
    record: int
    form: str
    purpose: str
    given: Edition
    current: Edition
    exercise: bool
    fields: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What was read: `values` by field, `answers` sent before, oldest first.

    `entry` is the index of the reading in the journal, `at` its time (unix ms).
    """

    purpose: str
    entry: int
    at: int
    values: dict[str, Any] = field(repr=False)
    answers: tuple[Letter, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Denied:
    """A journaled no. `entry` is its index in the journal, `at` its time (unix ms)."""

    reason: Reason
    entry: int
    at: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One line of a record's history. `denied` is empty for a reading that was permitted."""

    staff: int
    purpose: str
    denied: str
    at: int
    entry: int


@dataclass(frozen=True, slots=True)
class Granted:
    """A journaled yes that is not durable yet: what `reveal` opens once it is."""

    permit: Permit
    fetched: Sequence[Fetched]
    entry: int
    at: int


def open_record(writer: Writer, ring: KeyRing, question: Question) -> Opened | Denied:
    """Open the fields of one purpose, or say why not; both are durable in the journal on return.

    Blocks for the commit (never on the event loop). Raises `errors.Unavailable` when the journal cannot be
    written: then nothing is shown.
    """
    outcome = writer.run(lambda tx: enter(tx, ring, question))
    return outcome if isinstance(outcome, Denied) else reveal(ring, outcome)


def reveal(ring: KeyRing, granted: Granted) -> Opened:
    """Open what `enter` granted. Call it only when that transaction is durable."""
    values: dict[str, Any] = {}
    answers = []
    for _, fields in records.open_each(ring, granted.permit, granted.fetched):
        if letter.TEXT in fields:
            answers.append(letter.unseal(fields))
        else:
            values |= fields
    return Opened(granted.permit.purpose, granted.entry, granted.at, values, tuple(answers))


def judge(tx: Transaction, asked: Asked, given: Edition, current: Edition) -> Permit | Denial:
    """Ask the gate, with the consents and holds as they are within this transaction. Journals nothing."""
    # The ledger only executes statements, which a transaction does as a connection does.
    consents = ledger.state(cast(Connection, tx), asked.record)
    return gate.decide(asked, given, current, consents, hold.active(tx, asked.at))


def deny(
    tx: Transaction, ring: KeyRing, actor: Actor, record: int, purpose: str, denial: Denial
) -> Denied:
    """Journal a denial and remember it in the record's history; what is no purpose's id is not repeated there."""
    is_id = catalogue.PATTERNS["code"].fullmatch(purpose)
    named, reason = purpose if is_id else NO_PURPOSE, str(denial.reason)
    codes: Codes = {"staff": actor.staff, "purpose": named, "reason": reason}
    index = _journal(tx, ring, "access.denied", record, codes)
    remember(tx, record, actor.staff, named, reason, index)
    return Denied(denial.reason, index, tx.now)


def history(connection: Connection, record: int) -> tuple[Reading, ...]:
    """Every reading and denial of a record, oldest first."""
    rows = connection.execute(
        select(access_reading)
        .where(access_reading.c.record == record)
        .order_by(access_reading.c.number)
    )
    return tuple(
        Reading(row.staff, row.purpose, row.denied or "", row.at, row.entry) for row in rows
    )


def between(reader: Connection | Transaction, first: int, last: int) -> dict[int, int]:
    """Tell which record each entry of the journal from `first` to `last` is about that stands in a history."""
    columns = access_reading.c
    query = select(columns.entry, columns.record).where(columns.entry.between(first, last))
    return {row.entry: row.record for row in reader.execute(query)}


def remember(
    tx: Transaction, record: int, staff: int, purpose: str, denied: str | None, index: int
) -> None:
    """Add a reading, or a denial with its reason, to a record's history; `index` is its entry in the journal.

    `staff` 0 is the person themself (`rights.fulfil`).
    """
    row: dict[str, int | str] = {
        "of": record,
        "by": staff,
        "for": purpose,
        "now": tx.now,
        "index": index,
    }
    if denied is None:
        tx.run(_REMEMBER, row)
    else:
        tx.run(_REMEMBER_DENIED, {**row, "why": denied})


def enter(tx: Transaction, ring: KeyRing, question: Question) -> Granted | Denied:
    """Decide within a transaction and journal it; nothing is opened. Raises as `open_record` does."""
    actor, record, purpose = question.actor, question.record, question.purpose
    fields = _fields(tx, question)
    asked = Asked(actor, record, question.form, purpose, fields, tx.now, question.exercise)
    verdict, broken = judge(tx, asked, question.given, question.current), None
    if isinstance(verdict, Denial) and verdict.reason is Reason.ROLE_REFUSED:
        broken = glass.running(tx, actor.staff, record, purpose, tx.now)
        if broken is not None:
            asked = replace(asked, emergency=True)
            verdict = judge(tx, asked, question.given, question.current)
    if isinstance(verdict, Denial):
        return deny(tx, ring, actor, record, purpose, verdict)
    fetched = records.fetch(tx, verdict)
    if not fetched:
        return deny(tx, ring, actor, record, purpose, Denial(Reason.DESTROYED))
    codes: Codes = {
        "staff": actor.staff,
        "purpose": purpose,
        # The catalogue's codes have no underscore; a field's key may.
        "fields": "+".join(sorted(asked.fields)).replace("_", "-"),
    }
    index = _journal(tx, ring, "record.opened", record, codes)
    remember(tx, record, actor.staff, purpose, None, index)
    if broken is not None:
        glass.note(tx, ring, broken, actor.staff, record)
    use.note(tx, question.form, asked.fields, purpose, exercise=question.exercise)
    return Granted(verdict, fetched, index, tx.now)


def _fields(tx: Transaction, question: Question) -> frozenset[str]:
    """What to ask for: as told, or all the purpose has. Answers are named only where there are any."""
    if question.fields is not None:
        return question.fields
    every = gate.fields(question.given, question.current, question.form, question.purpose)
    answered = outbox.purposes(tx, question.record)
    return every if question.purpose in answered else every - letter.FIELDS


def _journal(tx: Transaction, ring: KeyRing, kind: str, record: int, codes: Codes) -> int:
    salt = entry.salt()
    commitments = (commitment.of_record(tx, ring, record, salt),)
    return tx.append(entry.encode(kind, tx.now, salt, codes, commitments))

# SPDX-License-Identifier: Apache-2.0
"""Tell whoever received data that they were corrected or erased since, and keep what they answer.

    due -> told -> answered

Article 20, part 3 of 152-FZ and article 19 of Regulation (EU) 2016/679. `corrected` and `erased` are called within
the transaction of the act, so that nobody can forget it; the notice itself is a letter that a member of staff sends,
as nothing leaves the site by itself. It names the disclosure and the record's number in its file, and no person.
What the corrected values are goes out by a disclosure of its own.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, Table, Text, func, insert, select, update

from uphold.access import disclosure as disclosures
from uphold.access.disclosure import Disclosure
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.errors import Conflict, Missing
from uphold.journal import entry

rights_telling = Table(
    "rights_telling",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("disclosure", Number, nullable=False, index=True),
    Column("record", Number, nullable=False, index=True),
    Column("cause", Text, nullable=False),
    # Keys of the fields, joined by `+`.
    Column("fields", Text, nullable=False),
    # The request that it comes of, 0 for none.
    Column("request", Number, nullable=False),
    Column("caused_at", Number, nullable=False),
    Column("state", Text, nullable=False),
    # Who told and by which way, what was answered; 0 and "" until then.
    Column("told_at", Number, nullable=False),
    Column("told_by", Number, nullable=False),
    Column("channel", Text, nullable=False),
    Column("answered_at", Number, nullable=False),
    Column("answered_by", Number, nullable=False),
    Column("outcome", Text, nullable=False),
    # 1: of a run of probes, and about no person.
    Column("exercise", Number, nullable=False),
)


class Cause(StrEnum):
    """What became of the data after they were disclosed."""

    CORRECTED = "corrected"
    ERASED = "erased"


class State(StrEnum):
    """How far a notice to a recipient is."""

    DUE = "due"
    TOLD = "told"
    ANSWERED = "answered"


class Channel(StrEnum):
    """By which way the recipient was told."""

    LETTER = "letter"
    EMAIL = "e-mail"
    BY_HAND = "by-hand"
    PORTAL = "portal"


class Outcome(StrEnum):
    """What the recipient answered."""

    DONE = "done"
    NOT_HELD = "not-held"
    REFUSED = "refused"
    NO_ANSWER = "no-answer"


@dataclass(frozen=True, slots=True)
class Telling:
    """One notice to one recipient about one record. Times are unix ms, 0 for not yet."""

    number: int
    disclosure: int
    record: int
    cause: Cause
    fields: tuple[str, ...]
    request: int
    caused_at: int
    state: State
    told_at: int
    told_by: int
    channel: str
    answered_at: int
    answered_by: int
    outcome: str
    exercise: bool


def corrected(
    tx: Transaction, record: int, purpose: str, fields: Collection[str], request: int
) -> tuple[int, ...]:
    """Note whom a correction of fields of a purpose must be told; returns the numbers of the notices."""
    return tuple(
        _note(tx, one, record, Cause.CORRECTED, set(one.fields) & set(fields), request)
        for one in disclosures.told(tx, record)
        if one.purpose == purpose and set(one.fields) & set(fields)
    )


def erased(
    tx: Transaction, record: int, purposes: Collection[str], request: int
) -> tuple[int, ...]:
    """Note whom the erasure of what a record held for purposes must be told."""
    return tuple(
        _note(tx, one, record, Cause.ERASED, one.fields, request)
        for one in disclosures.told(tx, record)
        if one.purpose in purposes
    )


def tell(tx: Transaction, number: int, staff: int, channel: Channel) -> Telling:
    """Keep that the recipient was told. Journals recipient.told.

    Raises `errors.Missing` for no such notice, `errors.Conflict` for one that was told already.
    """
    was = _in_state(tx, number, State.DUE)
    codes: dict[str, str | int] = {
        "notice": number,
        "disclosure": was.disclosure,
        "cause": str(was.cause),
        "staff": staff,
        "channel": str(channel),
    }
    tx.append(entry.encode("recipient.told", tx.now, entry.salt(), codes))
    return _moved(tx, number, State.TOLD, told_at=tx.now, told_by=staff, channel=str(channel))


def answer(tx: Transaction, number: int, staff: int, outcome: Outcome) -> Telling:
    """Keep what the recipient answered, or that no answer came. Journals recipient.answered.

    After `no-answer` an answer may still come. Raises as `tell`, `errors.Conflict` for one that is not told yet.
    """
    was = find(tx, number)
    if not (was.state == State.TOLD or was.outcome == Outcome.NO_ANSWER):
        raise Conflict("This notice has no answer to wait for.", "Look at how far it is.")
    codes: dict[str, str | int] = {"notice": number, "staff": staff, "outcome": str(outcome)}
    tx.append(entry.encode("recipient.answered", tx.now, entry.salt(), codes))
    return _moved(
        tx, number, State.ANSWERED, answered_at=tx.now, answered_by=staff, outcome=str(outcome)
    )


def find(reader: Connection | Transaction, number: int) -> Telling:
    """Return one notice; raises `errors.Missing` if there is none."""
    found = _listed(reader, rights_telling.c.number == number)
    if not found:
        raise Missing("There is no such notice.", "Follow a link from the list of disclosures.")
    return found[0]


def open_(reader: Connection | Transaction, *, exercise: bool) -> tuple[Telling, ...]:
    """List what is to be told, and what is told and not answered, oldest first."""
    own = rights_telling.c
    return _listed(reader, own.state != State.ANSWERED, own.exercise == int(exercise))


def of_disclosure(reader: Connection | Transaction, disclosure: int) -> tuple[Telling, ...]:
    """List the notices about one disclosure, oldest first."""
    return _listed(reader, rights_telling.c.disclosure == disclosure)


def of_record(reader: Connection | Transaction, record: int) -> tuple[Telling, ...]:
    """List the notices about one record, oldest first."""
    return _listed(reader, rights_telling.c.record == record)


def _note(
    tx: Transaction,
    one: Disclosure,
    record: int,
    cause: Cause,
    fields: Iterable[str],
    request: int,
) -> int:
    newest = tx.execute(select(func.max(rights_telling.c.number))).scalar() or 0
    tx.execute(
        insert(rights_telling).values(
            number=newest + 1,
            disclosure=one.number,
            record=record,
            cause=str(cause),
            fields="+".join(sorted(fields)),
            request=request,
            caused_at=tx.now,
            state=str(State.DUE),
            **dict.fromkeys(("told_at", "told_by", "answered_at", "answered_by"), 0),
            **dict.fromkeys(("channel", "outcome"), ""),
            exercise=int(one.exercise),
        )
    )
    return int(newest) + 1


def _in_state(tx: Transaction, number: int, state: State) -> Telling:
    found = find(tx, number)
    if found.state != state:
        raise Conflict(f"This notice is {found.state} already.", "Look at how far it is.")
    return found


def _moved(tx: Transaction, number: int, state: State, **values: str | int) -> Telling:
    own = rights_telling.c
    tx.execute(
        update(rights_telling).where(own.number == number).values(state=str(state), **values)
    )
    return find(tx, number)


def _listed(reader: Connection | Transaction, *where: Any) -> tuple[Telling, ...]:
    query = select(rights_telling).where(*where).order_by(rights_telling.c.number)
    return tuple(
        Telling(
            number=row.number,
            disclosure=row.disclosure,
            record=row.record,
            cause=Cause(row.cause),
            fields=tuple(row.fields.split("+")) if row.fields else (),
            request=row.request,
            caused_at=row.caused_at,
            state=State(row.state),
            told_at=row.told_at,
            told_by=row.told_by,
            channel=row.channel,
            answered_at=row.answered_at,
            answered_by=row.answered_by,
            outcome=row.outcome,
            exercise=bool(row.exercise),
        )
        for row in reader.execute(query)
    )

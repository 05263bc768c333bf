# SPDX-License-Identifier: Apache-2.0
"""The append-only ledger of consents: one row for one act on one wording, with its journal entry.

Rows are never changed; the state of a consent is its last act.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    Table,
    Text,
    bindparam,
    func,
    literal_column,
    select,
)

from uphold import errors
from uphold.database import transaction, walk
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.vault import commitment
from uphold.vault.unlock import KeyRing

GIVEN = "given"
WITHDRAWN = "withdrawn"

RECEIPT, MY, STAFF = "receipt", "my", "staff"
WAYS = frozenset({RECEIPT, MY, STAFF})
"""How a consent is withdrawn: by the receipt alone, on the person's own page, through a member of staff."""

# A record's acts are numbered record << ACTS_BITS | ordinal, so that they lie together without an index.
ACTS_BITS = 8
# In queries: PostgreSQL shifts a bigint by an integer, which a bound value would not be.
_BITS: ColumnElement[int] = literal_column(str(ACTS_BITS), Integer)

consent_event = Table(
    "consent_event",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("purpose", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("wording", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("edition", Number, nullable=False),
    Column("language", Text, nullable=False),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False),
)

_e = consent_event.c
_ACTS = (
    select(consent_event)
    .where(_e.number.between(bindparam("first"), bindparam("last")))
    .order_by(_e.number)
)


class Given(msgspec.Struct, frozen=True):
    """One tick: `wording` and `form` are digests, `edition` the number shown, `at` unix milliseconds."""

    purpose: str
    wording: str
    form: str
    edition: int
    language: str
    at: int


@dataclass(frozen=True, slots=True)
class Act:
    """One row of the ledger. `entry` is its index in the journal."""

    purpose: str
    act: str
    wording: str
    form: str
    edition: int
    language: str
    at: int
    entry: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records have this as the last act for this purpose, under this edition."""

    purpose: str
    act: str
    edition: int
    records: int


Condition = Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[bool]]
"""Says of a record's number and a purpose, both columns, which rows to count."""


def describe(given: Given, salt: bytes, commitment: str) -> bytes:
    """Write the journal entry of a consent; `commitment` hides the record's id."""
    codes: dict[str, str | int] = {
        "edition": given.edition,
        "form": given.form,
        "language": given.language,
        "purpose": given.purpose,
        "wording": given.wording,
    }
    return entry.encode("consent.given", given.at, salt, codes, (commitment,))


def give(tx: Transaction, record: int, ordinal: int, given: Given, described: bytes) -> None:
    """Append the consent and its journal entry, the `ordinal`-th act on this record."""
    index = tx.append(described)
    tx.insert(
        consent_event,
        (
            record << ACTS_BITS | ordinal,
            given.purpose,
            GIVEN,
            given.wording,
            given.form,
            given.edition,
            given.language,
            given.at,
            index,
        ),
    )


def withdraw(
    tx: Transaction, ring: KeyRing, record: int, purpose: str, *, by: str, request: int = 0
) -> int:
    """Append the withdrawal of the consent that stands for a purpose; returns the index of its entry.

    Journals consent.withdrawn. Withdrawn already is withdrawn: nothing is added. `by` is one of `WAYS`,
    `request` the number of the request that it fulfils. Raises `errors.Missing` where nothing was given.
    """
    every = acts(tx, record)
    act = next((one for one in reversed(every) if one.purpose == purpose), None)
    if act is None:
        raise errors.Missing("There is no such consent.", "Withdraw one that the receipt shows.")
    if act.act == WITHDRAWN:
        return act.entry
    codes: dict[str, entry.Code] = {
        "purpose": purpose,
        "wording": act.wording,
        "form": act.form,
        "edition": act.edition,
        "language": act.language,
        "by": by,
        "request": request,
    }
    salt = entry.salt()
    name = commitment.of_record(tx, ring, record, salt)
    index = tx.append(entry.encode("consent.withdrawn", tx.now, salt, codes, (name,)))
    kept = (act.wording, act.form, act.edition, act.language)
    number = record << ACTS_BITS | len(every)
    tx.insert(consent_event, (number, purpose, WITHDRAWN, *kept, tx.now, index))
    return index


def renew(tx: Transaction, ring: KeyRing, record: int, given: Given) -> int:
    """Append a further consent of a stored record, and its journal entry; returns the entry's index.

    Raises `errors.Conflict` when the record has so many acts that one more would leave no room to withdraw.
    """
    every = acts(tx, record)
    ordinal = len(every)
    last_acts = {act.purpose: act.act for act in every} | {given.purpose: GIVEN}
    standing = sum(act == GIVEN for act in last_acts.values())
    if ordinal + 1 + standing > 1 << ACTS_BITS:
        raise errors.Conflict("This record can take no more acts.", "Send the form anew.")
    salt = entry.salt()
    line = describe(given, salt, commitment.of_record(tx, ring, record, salt))
    give(tx, record, ordinal, given, line)
    return acts(tx, record)[-1].entry


def acts(reader: Connection | Transaction, record: int) -> list[Act]:
    """List every act on a record, oldest first."""
    return of_records(reader, record, record).get(record, [])


def tallies(connection: Connection, *conditions: Condition) -> list[Tally]:
    """Count records by the last act for each purpose and its edition, where every condition holds."""
    column = consent_event.c
    record = column.number.bitwise_rshift(_BITS)
    newest = (
        select(func.max(column.number).label("number"))
        .group_by(record, column.purpose)
        .subquery("newest")
    )
    query = (
        select(column.purpose, column.act, column.edition, func.count())
        .join(newest, newest.c.number == column.number)
        .where(*[condition(record, column.purpose) for condition in conditions])
        .group_by(column.purpose, column.act, column.edition)
        .order_by(column.purpose, column.act, column.edition)
    )
    return [Tally(*row) for row in connection.execute(query)]


def of_records(reader: Connection | Transaction, first: int, last: int) -> dict[int, list[Act]]:
    """List the acts of every record from `first` to `last` that has any, each oldest first."""
    within = {"first": first << ACTS_BITS, "last": (last + 1 << ACTS_BITS) - 1}
    found: dict[int, list[Act]] = {}
    for row in transaction.rows(reader, _ACTS, within):
        found.setdefault(row[0] >> ACTS_BITS, []).append(Act(*row[1:]))
    return found


def last(connection: Connection) -> int:
    """Return the number of the newest act, 0 without any."""
    return connection.execute(select(func.max(consent_event.c.number))).scalar() or 0


def records_after(connection: Connection, number: int) -> set[int]:
    """Return the records of every act above a number."""
    column = consent_event.c.number
    found = connection.execute(select(column).where(column > number)).scalars()
    return {one >> ACTS_BITS for one in found}


def latest(connection: Connection, act: str, count: int) -> list[Act]:
    """List the newest acts of a kind on any record, newest first."""
    column = consent_event.c
    chosen = select(consent_event).where(column.act == act).order_by(column.number.desc())
    return [Act(*row[1:]) for row in connection.execute(chosen.limit(count))]


def withdrawn(connection: Connection, count: int) -> list[tuple[int, Act]]:
    """List the newest records' withdrawals that stand, each with its record; of the `count` newest records' acts."""
    column = consent_event.c
    chosen = select(consent_event).where(column.act == WITHDRAWN).order_by(column.number.desc())
    found = [
        (row.number >> ACTS_BITS, Act(*row[1:])) for row in connection.execute(chosen.limit(count))
    ]
    return [(record, act) for record, act in found if _stands(connection, record, act)]


def _stands(connection: Connection, record: int, act: Act) -> bool:
    same = [one for one in acts(connection, record) if one.purpose == act.purpose]
    return same[-1] == act


def rows(connection: Connection) -> walk.Rows:
    """Walk through the acts as they lie, lowest number first, for an audit."""
    return walk.rows(connection, consent_event)


def state(reader: Connection | Transaction, record: int) -> dict[str, str]:
    """Say for each purpose of a record what its last act was: `given` or `withdrawn`."""
    return {act.purpose: act.act for act in acts(reader, record)}

# SPDX-License-Identifier: Apache-2.0
"""The append-only ledger of consents: one row for one act on one wording, with its journal entry.

Rows are never changed; the state of a consent is its last act.
"""

from dataclasses import dataclass

import msgspec
from sqlalchemy import Column, Connection, Table, Text, select

from uphold.database import walk
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry

GIVEN = "given"
WITHDRAWN = "withdrawn"

# A record's acts are numbered record << ACTS_BITS | ordinal, so that they lie together without an index.
ACTS_BITS = 8

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


def acts(connection: Connection, record: int) -> list[Act]:
    """List every act on a record, oldest first."""
    column = consent_event.c
    within = column.number.between(record << ACTS_BITS, (record + 1 << ACTS_BITS) - 1)
    rows = connection.execute(select(consent_event).where(within).order_by(column.number))
    return [Act(*row[1:]) for row in rows]


def rows(connection: Connection) -> walk.Rows:
    """Walk through the acts as they lie, lowest number first, for an audit."""
    return walk.rows(connection, consent_event)


def state(connection: Connection, record: int) -> dict[str, str]:
    """Say for each purpose of a record what its last act was: `given` or `withdrawn`."""
    return {act.purpose: act.act for act in acts(connection, record)}

# SPDX-License-Identifier: Apache-2.0
"""Which subjects were asked anew for their consent, to what, on which wording and how. Nobody is asked twice."""

import msgspec
from sqlalchemy import Column, Connection, Table, Text, select

from uphold.database import walk
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.vault import commitment
from uphold.vault.unlock import KeyRing

BY_MAIL = "mail"

consent_asked = Table(
    "consent_asked",
    metadata,
    Column("number", Number, primary_key=True),
    Column("record", Number, nullable=False, index=True),
    Column("purpose", Text, nullable=False),
    Column("edition", Number, nullable=False),
    Column("wording", Text, nullable=False),
    Column("how", Text, nullable=False),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False),
)


class Asking(msgspec.Struct, frozen=True):
    """One question: consent for `purpose` on the wording (its digest) of an edition (its number)."""

    purpose: str
    edition: int
    wording: str


def note(tx: Transaction, ring: KeyRing, record: int, asking: Asking, how: str) -> None:
    """Remember that a record's subject is asked; journals consent.asked in the same transaction."""
    salt = entry.salt()
    codes: dict[str, entry.Code] = {
        "purpose": asking.purpose,
        "edition": asking.edition,
        "wording": asking.wording,
    }
    name = commitment.of_record(tx, ring, record, salt)
    index = tx.append(entry.encode("consent.asked", tx.now, salt, codes, (name,)))
    values = {**msgspec.structs.asdict(asking), "record": record, "how": how}
    tx.execute(consent_asked.insert().values(at=tx.now, entry=index, **values))


def before(reader: Connection | Transaction, record: int, edition: int) -> frozenset[str]:
    """The purposes for which a record's subject was asked under an edition already."""
    column = consent_asked.c
    query = select(column.purpose).where(column.record == record, column.edition == edition)
    return frozenset(reader.execute(query).scalars())


def rows(connection: Connection) -> walk.Rows:
    """Walk through the questions as they lie, lowest number first, for an audit."""
    return walk.rows(connection, consent_asked)

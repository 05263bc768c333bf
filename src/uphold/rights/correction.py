# SPDX-License-Identifier: Apache-2.0
"""Which fields of a submission were corrected when, at whose request, by whom; never what to."""

from dataclasses import dataclass

from sqlalchemy import Column, Connection, LargeBinary, Table, Text, func, insert, select

from uphold.database import walk
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction

rights_correction = Table(
    "rights_correction",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("record", Number, nullable=False, index=True),
    # The part that holds the corrected values.
    Column("part", Number, nullable=False),
    Column("purpose", Text, nullable=False),
    # Keys of fields, joined by `+`.
    Column("fields", Text, nullable=False),
    # The request that it fulfils, 0 for none; who did it, 0 for the person.
    Column("request", Number, nullable=False),
    Column("staff", Number, nullable=False),
    # What the record held for the purpose, before and after: `remains.digest`.
    Column("before", LargeBinary, nullable=False),
    Column("after", LargeBinary, nullable=False),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction of one part: digests `before` and `after`, time (unix ms), index of its entry."""

    record: int
    part: int
    purpose: str
    fields: tuple[str, ...]
    request: int
    staff: int
    before: bytes
    after: bytes
    at: int
    entry: int


def note(tx: Transaction, made: Correction) -> None:
    """Remember a correction."""
    newest = tx.execute(select(func.max(rights_correction.c.number))).scalar() or 0
    tx.execute(
        insert(rights_correction).values(
            number=newest + 1,
            record=made.record,
            part=made.part,
            purpose=made.purpose,
            fields="+".join(made.fields),
            request=made.request,
            staff=made.staff,
            before=made.before,
            after=made.after,
            at=made.at,
            entry=made.entry,
        )
    )


def of_record(reader: Connection | Transaction, record: int) -> tuple[Correction, ...]:
    """List the corrections of a submission, oldest first."""
    columns = rights_correction.c
    query = select(rights_correction).where(columns.record == record).order_by(columns.number)
    return tuple(
        Correction(
            row.record,
            row.part,
            row.purpose,
            tuple(row.fields.split("+")),
            row.request,
            row.staff,
            row.before,
            row.after,
            row.at,
            row.entry,
        )
        for row in reader.execute(query)
    )


def rows(connection: Connection, order: tuple[str, ...] = ("number",)) -> walk.Rows:
    """Walk through the corrections as they lie, for an audit."""
    return walk.rows(connection, rights_correction, order)

# SPDX-License-Identifier: Apache-2.0
"""What is known of stored visits without opening them: one row for each flush, and counts of what was dropped.

A batch is a record of the vault with one part, for the purpose that the policy keeps technical data for. Its row
names no person and no page; it stays when the part is destroyed, as its entry does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Table, Text, func, select, text

from uphold.database import walk
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction

visits_batch = Table(
    "visits_batch",
    metadata,
    # Of the record, from the same numbers as those of submissions.
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("stored_at", Number, nullable=False),
    # When the first and the last of its visits were (unix ms).
    Column("first_at", Number, nullable=False),
    Column("last_at", Number, nullable=False),
    Column("visits", Number, nullable=False),
    Column("edition", Number, nullable=False),
    Column("entry", Number, nullable=False),
)

visits_dropped = Table(
    "visits_dropped",
    metadata,
    # The day in the site's zone, such as 20261122.
    Column("day", Number, primary_key=True, autoincrement=False),
    Column("reason", Text, primary_key=True),
    Column("count", Number, nullable=False),
)

_COUNT = text(
    "INSERT INTO visits_dropped (day, reason, count) VALUES (:day, :reason, :count)"
    " ON CONFLICT (day, reason) DO UPDATE SET count = visits_dropped.count + :count"
)

Reader = Connection | Transaction


@dataclass(frozen=True, slots=True)
class Facts:
    """One batch: its record's number, when its visits were (unix ms), how many, and the edition in force then."""

    number: int
    stored_at: int
    first_at: int
    last_at: int
    visits: int
    edition: int
    entry: int


def put(tx: Transaction, facts: Facts) -> None:
    """Note a stored batch."""
    row = (facts.number, facts.stored_at, facts.first_at, facts.last_at)
    tx.insert(visits_batch, (*row, facts.visits, facts.edition, facts.entry))


def count(tx: Transaction, dropped: Mapping[tuple[int, str], int]) -> None:
    """Add to the counts of what was dropped, by day and reason."""
    for (day, reason), number in dropped.items():
        tx.execute(_COUNT, {"day": day, "reason": reason, "count": number})


def facts(reader: Reader, numbers: Iterable[int]) -> dict[int, Facts]:
    """Look up batches by record number; what is no batch is left out."""
    query = select(visits_batch).where(visits_batch.c.number.in_(list(numbers)))
    return {row.number: Facts(*row) for row in reader.execute(query)}


def after(reader: Reader, number: int, limit: int) -> list[int]:
    """List batches above a number, lowest first."""
    column = visits_batch.c.number
    query = select(column).where(column > number).order_by(column).limit(limit)
    return list(reader.execute(query).scalars())


def newest(reader: Reader, limit: int) -> list[Facts]:
    """List the latest batches, newest first."""
    query = select(visits_batch).order_by(visits_batch.c.number.desc()).limit(limit)
    return [Facts(*row) for row in reader.execute(query)]


def stored(reader: Reader) -> tuple[int, int]:
    """How many batches were ever stored, and how many visits in them."""
    row = reader.execute(select(func.count(), func.sum(visits_batch.c.visits))).one()
    return int(row[0]), int(row[1] or 0)


def dropped(reader: Reader, since: int, until: int) -> dict[tuple[int, str], int]:
    """Count what was dropped from one day to another (such as 20261122), both within, by day and reason."""
    columns = visits_dropped.c
    query = select(visits_dropped).where(columns.day.between(since, until))
    rows = reader.execute(query).mappings()
    return {(row["day"], row["reason"]): int(row["count"]) for row in rows}


def rows(connection: Connection) -> walk.Rows:
    """Walk through the batches as they lie, lowest number first, for an audit."""
    return walk.rows(connection, visits_batch)

# SPDX-License-Identifier: Apache-2.0
"""Suspensions that the gate obeys: of a member of staff, a record, a purpose, or of all reading."""

from enum import StrEnum

from sqlalchemy import Column, Connection, Table, Text, insert, select, update

from uphold.access.gate import Hold
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction

access_hold = Table(
    "access_hold",
    metadata,
    Column("number", Number, primary_key=True),
    Column("staff", Number),
    Column("record", Number),
    Column("purpose", Text),
    Column("until_at", Number, nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("placed_at", Number, nullable=False),
)


class Reason(StrEnum):
    """Why reading is suspended."""

    SUSPICION = "suspicion"
    DISPUTE = "dispute"
    INCIDENT = "incident"
    RESTRICTION = "restriction"


def place(tx: Transaction, hold: Hold, reason: Reason) -> int:
    """Suspend, from this transaction on until `hold.until_at`; returns the hold's number."""
    made = tx.execute(
        insert(access_hold)
        .values(
            staff=hold.staff,
            record=hold.record,
            purpose=hold.purpose,
            until_at=hold.until_at,
            reason=reason,
            placed_at=tx.now,
        )
        .returning(access_hold.c.number)
    )
    return int(made.scalar_one())


def lift(tx: Transaction, number: int) -> None:
    """End a hold now; one that has ended already stays as it is."""
    holds = access_hold.c
    tx.execute(
        update(access_hold)
        .where(holds.number == number, holds.until_at > tx.now)
        .values(until_at=tx.now)
    )


def active(reader: Connection | Transaction, at: int) -> tuple[Hold, ...]:
    """Every hold that is in force at `at` (unix ms)."""
    holds = access_hold.c
    rows = reader.execute(
        select(holds.staff, holds.record, holds.purpose, holds.until_at)
        .where(holds.until_at > at)
        .order_by(holds.number)
    )
    return tuple(Hold(*row) for row in rows)

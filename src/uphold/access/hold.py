# SPDX-License-Identifier: Apache-2.0
"""Suspensions that the gate obeys: of a member of staff, a record, a purpose, or of all reading; all journaled."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import (
    Column,
    Connection,
    Row,
    Table,
    Text,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from uphold import errors
from uphold.access import restraint
from uphold.access.gate import Hold
from uphold.database import transaction, walk
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.vault import commitment
from uphold.vault.unlock import KeyRing

UNTIL_LIFTED = 253_402_300_799_000
"""The last second of the year 9999 (unix ms): a hold that nothing but `lift` ends."""

EVERY = "all"
"""Stands in the journal for every purpose."""

NOBODY = 0
"""Places and lifts where no member of staff does: the person themself, or the site by a rule."""

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
    Column("placed_by", Number, nullable=False, server_default="0"),
    Column("entry", Number, nullable=False, server_default="0"),
    Column("lifted_at", Number),
    Column("lifted_by", Number),
)

# Made once: to put it together costs more than to run it.
_h = access_hold.c
_ACTIVE = (
    select(_h.staff, _h.record, _h.purpose, _h.until_at)
    .where(
        _h.until_at > bindparam("now"),
        or_(_h.lifted_at.is_(None), _h.lifted_at > bindparam("now")),
    )
    .order_by(_h.number)
)
TABLE = access_hold.name


class Reason(StrEnum):
    """Why reading is suspended."""

    SUSPICION = "suspicion"
    DISPUTE = "dispute"
    INCIDENT = "incident"
    RESTRICTION = "restriction"


@dataclass(frozen=True, slots=True)
class Placed:
    """One suspension with who placed it when and why. Times are unix ms, `lifted_at` 0 while nobody lifted it."""

    number: int
    hold: Hold
    reason: Reason
    placed_at: int
    placed_by: int
    lifted_at: int
    lifted_by: int


def place(tx: Transaction, ring: KeyRing, hold: Hold, reason: Reason, *, by: int = NOBODY) -> int:
    """Suspend, from this transaction on until `hold.until_at` or `lift`; returns the hold's number.

    Journals hold.placed. `by` is the member of staff who places it.
    """
    column = access_hold.c.number
    # Under the write lock, and no hold is ever deleted.
    number = (tx.execute(select(func.max(column))).scalar() or 0) + 1
    codes: dict[str, entry.Code] = {
        "hold": number,
        "of": "every-record" if hold.record is None else "one-record",
        "held": hold.staff or 0,
        "purpose": hold.purpose or EVERY,
        "reason": str(reason),
        "until": 0 if hold.until_at >= UNTIL_LIFTED else hold.until_at // 1000,
        "by": by,
    }
    salt = entry.salt()
    # Where no one record is held the commitment is noise: its salt is thrown away.
    name = (
        commitment.under(None, ring, 0, salt)
        if hold.record is None
        else commitment.of_record(tx, ring, hold.record, salt)
    )
    index = tx.append(entry.encode("hold.placed", tx.now, salt, codes, (name,)))
    tx.execute(
        insert(access_hold).values(
            number=number,
            staff=hold.staff,
            record=hold.record,
            purpose=hold.purpose,
            until_at=hold.until_at,
            reason=reason,
            placed_at=tx.now,
            placed_by=by,
            entry=index,
        )
    )
    return number


def lift(tx: Transaction, number: int, *, by: int = NOBODY) -> None:
    """End a hold now and journal hold.lifted; one that has ended already stays as it is.

    Raises `errors.Missing` for a hold that there is not.
    """
    holds = access_hold.c
    row = tx.execute(select(holds.until_at, holds.lifted_at).where(holds.number == number)).first()
    if row is None:
        raise errors.Missing(
            f"There is no hold {number}.", "Look the number up where it was placed."
        )
    if row.lifted_at is not None or row.until_at <= tx.now:
        return
    codes: dict[str, entry.Code] = {"hold": number, "staff": by}
    tx.append(entry.encode("hold.lifted", tx.now, entry.salt(), codes))
    ended = {"lifted_at": tx.now, "lifted_by": by}
    tx.execute(update(access_hold).where(holds.number == number).values(**ended))


def active(reader: Connection | Transaction, at: int) -> tuple[Hold, ...]:
    """Every hold that is in force at `at` (unix ms), and what alerts have put upon accounts that stops reading too."""
    found = transaction.rows(reader, _ACTIVE, {"now": at})
    return (*(Hold(*row) for row in found), *restraint.holds(reader, at))


def find(reader: Connection | Transaction, number: int) -> Placed | None:
    """One suspension, whether in force or over."""
    row = reader.execute(select(access_hold).where(access_hold.c.number == number)).first()
    return None if row is None else _placed(row)


def in_force(reader: Connection | Transaction, at: int) -> tuple[Placed, ...]:
    """Every suspension in force at `at` (unix ms) with its story, the newest first."""
    holds = access_hold.c
    rows = reader.execute(
        select(access_hold)
        .where(holds.until_at > at, holds.lifted_at.is_(None))
        .order_by(holds.number.desc())
    )
    return tuple(_placed(row) for row in rows)


def over(reader: Connection | Transaction, at: int, limit: int) -> tuple[Placed, ...]:
    """At most `limit` suspensions that were lifted, or have ended by `at` (unix ms), the newest first."""
    holds = access_hold.c
    rows = reader.execute(
        select(access_hold)
        .where(or_(holds.until_at <= at, holds.lifted_at.is_not(None)))
        .order_by(holds.number.desc())
        .limit(limit)
    )
    return tuple(_placed(row) for row in rows)


def of_record(reader: Connection | Transaction, record: int, at: int) -> dict[int, Reason]:
    """The holds in force at `at` (unix ms) that are of this very record, by number, with their reasons."""
    holds = access_hold.c
    rows = reader.execute(
        select(holds.number, holds.reason)
        .where(
            holds.record == record,
            holds.until_at > at,
            or_(holds.lifted_at.is_(None), holds.lifted_at > at),
        )
        .order_by(holds.number)
    )
    return {row.number: Reason(row.reason) for row in rows}


def numbers(
    reader: Connection | Transaction, of: Literal["record", "staff"], number: int
) -> frozenset[int]:
    """List the numbers of all suspensions, ended or not, of one record or one member of staff."""
    columns = access_hold.c
    query = select(columns.number).where(columns[of] == number)
    return frozenset(reader.execute(query).scalars())


def rows(connection: Connection) -> walk.Rows:
    """Walk through every hold as it lies, for an audit."""
    return walk.rows(connection, access_hold)


def _placed(row: Row[Any]) -> Placed:
    return Placed(
        row.number,
        Hold(row.staff, row.record, row.purpose, row.until_at),
        Reason(row.reason),
        row.placed_at,
        row.placed_by,
        row.lifted_at or 0,
        row.lifted_by or 0,
    )

# SPDX-License-Identifier: Apache-2.0
"""Preservation orders: legal bars to destruction, each with its ground and its end, obeyed by every destruction.

The ground is told here and to nobody else; the journal has a salted digest of an order's terms. An order ends
with its time by itself, or is lifted before. What it kept is looked at again by the next sweep.
"""

import hashlib
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, or_, select, update

from uphold import errors
from uphold.database import walk
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.retention import due
from uphold.retention.tables import retention_order

SALT_BYTES = 16
LONGEST_GROUND = 1000
TABLE = str(retention_order.name)
EVERY = "all"
"""Stands in the journal for every purpose."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What must not be destroyed, and why. `record` None is every record, `purpose` None every purpose.

    Times are unix ms; `until_at` None holds until the order is lifted.
    """

    record: int | None
    purpose: str | None
    ground: str
    starts_at: int
    until_at: int | None


@dataclass(frozen=True, slots=True)
class Order:
    """One order as it is stored. `lifted_at` is 0 while it was not lifted; `staff` 0 is the command line."""

    number: int
    terms: Terms
    staff: int
    placed_at: int
    entry: int
    lifted_at: int
    lifted_by: int

    def is_in_force(self, at: int) -> bool:
        """Tell whether it bars destruction at a moment (unix ms)."""
        until = self.terms.until_at
        is_over = bool(self.lifted_at) or (until is not None and until <= at)
        return self.terms.starts_at <= at and not is_over


def place(tx: Transaction, terms: Terms, staff: int) -> int:
    """Bar destruction from this transaction on; returns the order's number. Journals order.placed.

    Raises `errors.Invalid` without a ground, for one that is too long, and for an end before the beginning.
    """
    _check(terms, tx.now)
    salt = os.urandom(SALT_BYTES)
    columns = retention_order.c
    newest = select(columns.number).order_by(columns.number.desc()).limit(1)
    # Under the write lock, and no order is ever deleted.
    number = (tx.execute(newest).scalar() or 0) + 1
    codes: dict[str, str | int] = {
        "order": number,
        "purpose": terms.purpose or EVERY,
        "staff": staff,
        "until": 0 if terms.until_at is None else terms.until_at // 1000,
        "terms": digest(salt, terms),
    }
    index = tx.append(entry.encode("order.placed", tx.now, entry.salt(), codes))
    tx.execute(
        insert(retention_order).values(
            number=number,
            record=terms.record,
            purpose=terms.purpose,
            ground=terms.ground,
            starts_at=terms.starts_at,
            until_at=terms.until_at,
            staff=staff,
            placed_at=tx.now,
            salt=salt,
            entry=index,
        )
    )
    return number


def lift(tx: Transaction, number: int, staff: int) -> None:
    """End an order now; what it kept is due again. Journals order.lifted.

    Raises `errors.Missing` for an order that there is not, `errors.Conflict` for one that has ended.
    """
    columns = retention_order.c
    row = tx.execute(select(retention_order).where(columns.number == number)).first()
    if row is None:
        raise errors.Missing(f"There is no order {number}.", "See: uphold retention order list DIR")
    order = _order(row)
    if order.lifted_at or (order.terms.until_at is not None and order.terms.until_at <= tx.now):
        raise errors.Conflict(f"Order {number} has ended already.", "Nothing is left to lift.")
    codes: dict[str, str | int] = {"order": number, "staff": staff}
    tx.append(entry.encode("order.lifted", tx.now, entry.salt(), codes))
    tx.execute(
        update(retention_order)
        .where(columns.number == number)
        .values(lifted_at=tx.now, lifted_by=staff)
    )
    if order.terms.record is None:
        due.look_again(tx)
    else:
        due.note(tx, order.terms.record)


def every(reader: Connection | Transaction) -> tuple[Order, ...]:
    """List every order there ever was, oldest first."""
    rows = reader.execute(select(retention_order).order_by(retention_order.c.number))
    return tuple(_order(row) for row in rows)


def in_force(reader: Connection | Transaction, at: int) -> tuple[Order, ...]:
    """List the orders that bar destruction at a moment (unix ms), or will when it has come."""
    columns = retention_order.c
    query = select(retention_order).where(
        columns.lifted_at.is_(None), or_(columns.until_at.is_(None), columns.until_at > at)
    )
    return tuple(_order(row) for row in reader.execute(query.order_by(columns.number)))


def barring(orders: Sequence[Order], record: int, purpose: str, at: int) -> tuple[Order, ...]:
    """Which of the orders keep the parts of a purpose in a record (pure)."""
    return tuple(
        one
        for one in orders
        if one.is_in_force(at)
        and one.terms.record in (None, record)
        and one.terms.purpose in (None, purpose)
    )


def refuse(tx: Transaction, record: int, purposes: Collection[str]) -> None:
    """Raise `errors.Conflict` where an order keeps one of the purposes' parts in a record."""
    orders = in_force(tx, tx.now)
    if any(barring(orders, record, purpose, tx.now) for purpose in purposes):
        raise errors.Conflict(
            "A preservation order forbids to destroy this.", "See who placed it and until when."
        )


def rows(connection: Connection) -> walk.Rows:
    """Walk through the orders as they lie, for an audit."""
    return walk.rows(connection, retention_order)


def digest(salt: bytes, terms: Terms) -> str:
    """Return the digest by which the journal knows an order's terms."""
    told = (terms.record, terms.purpose, terms.ground, terms.starts_at, terms.until_at)
    return hashlib.sha256(salt + msgspec.json.encode(told)).hexdigest()


def _check(terms: Terms, now: int) -> None:
    if not terms.ground.strip():
        raise errors.Invalid("An order needs a ground.", "Name the law or the document.")
    if len(terms.ground) > LONGEST_GROUND:
        raise errors.Invalid(f"A ground has at most {LONGEST_GROUND} characters.", "Shorten it.")
    if terms.until_at is not None and terms.until_at <= max(now, terms.starts_at):
        raise errors.Invalid("An order must end after it begins.", "Name a later date.")


def _order(row: Any) -> Order:
    terms = Terms(row.record, row.purpose, row.ground, row.starts_at, row.until_at)
    lifted = (row.lifted_at or 0, row.lifted_by or 0)
    return Order(row.number, terms, row.staff, row.placed_at, row.entry, *lifted)

# SPDX-License-Identifier: Apache-2.0
"""Failed tries of late, by a keyed hash of what was tried: a login, a source, an account's one-time codes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, LargeBinary, Select, Table, delete, insert, select, update

from uphold.access import throttle
from uphold.database.schema import PASSING, Number, metadata
from uphold.database.transaction import Transaction

# One row per login or source that failed lately. `key` is a keyed hash: what people type into a login
# field by mistake includes passwords.
access_attempt = Table(
    "access_attempt",
    metadata,
    Column("number", Number, primary_key=True),
    Column("key", LargeBinary, nullable=False, unique=True),
    Column("failures", Number, nullable=False),
    Column("last_at", Number, nullable=False, index=True),
    Column("noted", Number, nullable=False),
    info=PASSING,
)


def by_key(digest: bytes) -> Select[Any]:
    """Make the query for the row of one hash."""
    return select(access_attempt).where(access_attempt.c.key == digest)


def count(tx: Transaction, rule: throttle.Rule, digest: bytes, row: Any, now: int) -> None:
    """Count a try as failed at `now` (unix ms); `row` is what `by_key` found."""
    if row is None:
        # A stranger can make up logins without end: what is old enough to be forgotten goes first.
        forgotten = access_attempt.c.last_at <= now - rule.quiet_ms
        tx.execute(delete(access_attempt).where(forgotten))
        tx.execute(insert(access_attempt).values(key=digest, failures=1, last_at=now, noted=0))
        return
    failures = throttle.count(rule, row.failures, row.last_at, now) + 1
    tx.execute(
        update(access_attempt)
        .where(access_attempt.c.number == row.number)
        .values(failures=failures, last_at=now, noted=0)
    )


def is_first(tx: Transaction, rows: Sequence[Any]) -> bool:
    """Tell whether nothing was told yet of the wait that these rows are in, and remember that it is now."""
    if all(row.noted for row in rows):
        return False
    numbers = [row.number for row in rows]
    tx.execute(update(access_attempt).where(access_attempt.c.number.in_(numbers)).values(noted=1))
    return True


def forgive(tx: Transaction, login: bytes, source: bytes) -> None:
    """Clear a login's count, and take back one try from a source's, once the password was right.

    Clearing the source would let whoever owns one account guess at all others without end.
    """
    tx.execute(delete(access_attempt).where(access_attempt.c.key == login))
    tx.execute(
        update(access_attempt)
        .where(access_attempt.c.key == source, access_attempt.c.failures > 0)
        .values(failures=access_attempt.c.failures - 1)
    )

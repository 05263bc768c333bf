# SPDX-License-Identifier: Apache-2.0
"""Who may do what only one process of a site may do. Guarantee: what a late holder wants to commit is refused.

    take      the lease is free, run out, or its holder has ended: a new fence, one higher than ever before
    require   in each transaction of the holder: is the fence still the one that it was given?
    release   at a good end, so that the next one need not wait for the term

A holder that was stopped, suspended or cut off for longer than the term does not know that another has followed it:
its first commit tells it, and stores nothing. What a holder does outside the database is not held back by this, so
each such thing has a guard of its own (a message's lease, a folder's lock).
"""

import asyncio
from collections.abc import Sequence

from sqlalchemy import Column, Connection, Table, Text, insert, select, update

from uphold import errors
from uphold.database import process
from uphold.database.schema import PASSING, Number, metadata
from uphold.database.transaction import Transaction
from uphold.database.writer import T, Work, Writer

TERM_MS = process.TERM_MS

database_lease = Table(
    "database_lease",
    metadata,
    Column("name", Text, primary_key=True),
    # The process that has it (`process.named`); empty once it was given back.
    Column("holder", Text, nullable=False),
    Column("fence", Number, nullable=False),
    Column("until_at", Number, nullable=False),
    info=PASSING,
)
_l = database_lease.c


class Late(errors.Unavailable):
    """Another process has the lease by now."""


def take(tx: Transaction, name: str, holder: str, term: int = TERM_MS) -> int | None:
    """Take a lease or renew it for `term` ms; returns its fence, None while another process has it."""
    now = process.moment(tx)
    row = tx.execute(select(database_lease).where(_l.name == name)).first()
    until = now + term
    if row is None:
        given = {"name": name, "holder": holder, "fence": 1, "until_at": until}
        tx.execute(insert(database_lease).values(**given))
        return 1
    if row.holder != holder and process.lives(row.holder, row.until_at, now, term):
        return None
    fence = int(row.fence) + int(row.holder != holder)
    values = {"holder": holder, "fence": fence, "until_at": until}
    tx.execute(update(database_lease).where(_l.name == name).values(**values))
    return fence


def require(tx: Transaction, name: str, fence: int) -> None:
    """Refuse whoever is not the last to have taken a lease: `Late`."""
    row = tx.execute(select(_l.fence, _l.holder).where(_l.name == name)).first()
    if row is None or row.fence != fence or not row.holder:
        raise Late("Another process of this site does this now.", "Nothing is lost.")


def release(tx: Transaction, name: str, fence: int) -> None:
    """Give a lease back, unless another has taken it."""
    mine = (_l.name == name) & (_l.fence == fence)
    tx.execute(update(database_lease).where(mine).values(holder="", until_at=0))


def holder(reader: Connection | Transaction, name: str) -> str:
    """Name the process that has a lease now; empty for none."""
    row = reader.execute(select(_l.holder, _l.until_at).where(_l.name == name)).first()
    is_held = row is not None and process.lives(row.holder, row.until_at, process.moment(reader))
    return str(row.holder) if row is not None and is_held else ""


class Fenced(Writer):
    """A site's writer for the holder of a lease: whatever it is given is refused once the lease is another's."""

    def __init__(self, writer: Writer, name: str) -> None:
        """Write by `writer`, whose thread stays its own; refuse all until there is a fence."""
        self._inner, self._name = writer, name
        self.fence = 0

    def run(self, work: Work[T]) -> T:
        """As `Writer.run`; raises `Late` once another process has the lease."""
        return self._inner.run(self._held(work))

    async def submit(self, work: Work[T]) -> T:
        """As `Writer.submit`, and as `run`."""
        return await self._inner.submit(self._held(work))

    def hand_over(self, works: Sequence[tuple[asyncio.Future[T], Work[T]]]) -> None:
        """As `Writer.hand_over`, and as `run`."""
        self._inner.hand_over([(waiter, self._held(work)) for waiter, work in works])

    def close(self) -> None:
        """Leave the writer to whom it belongs."""

    def _held(self, work: Work[T]) -> Work[T]:
        # As it is when the work is given: a lease that was lost and taken again meanwhile is another one.
        fence = self.fence

        def held(tx: Transaction) -> T:
            require(tx, self._name, fence)
            return work(tx)

        return held

# SPDX-License-Identifier: Apache-2.0
"""Which records to look at and when, without a row of the transaction that stores a submission.

    walk        new records, in the order of their numbers, behind `State.seen`; once a day from the first one,
                because another process may still give out numbers of an older block
    note        whatever moves an end (an answer, a closing, a withdrawal, a lifted order): look at the next sweep
    again       every row anew, a page at a time: another edition came into force, an order of a purpose ended
    ready       the rows whose time has come

and one row that says who sweeps: a lease, so that of many processes one does it, and whoever is killed is
followed by the next when it has run out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, select, text, update

from uphold.database.transaction import Transaction
from uphold.retention.tables import retention_due, retention_state

LEASE_MS = 60 * 1000
# How often the walk begins anew from the first record.
WHOLE_MS = 24 * 60 * 60 * 1000
# When an order without an end keeps something: lifting it brings it back, and so does a look now and then.
KEPT_MS = 7 * WHOLE_MS

TABLE = retention_state.name
_ONE = retention_state.c.number == 1
_FIRST = text(
    "INSERT INTO retention_state (number, holder, until_at, seen, walked_at, edition, acts, began_at, ended_at)"
    " VALUES (1, '', 0, 0, 0, 0, 0, 0, 0) ON CONFLICT (number) DO NOTHING"
)
_PUT = text(
    "INSERT INTO retention_due (record, at) VALUES (:record, :at)"
    " ON CONFLICT (record) DO UPDATE SET at = :at"
)


@dataclass(frozen=True, slots=True)
class State:
    """How far the sweep is; see `retention_state`. Times are unix ms, 0 for never."""

    holder: str
    until_at: int
    seen: int
    walked_at: int
    again: int | None
    edition: int
    acts: int
    began_at: int
    ended_at: int

    def is_held(self, at: int) -> bool:
        """Tell whether a process is sweeping at a moment."""
        return bool(self.holder) and self.until_at > at


NOTHING = State("", 0, 0, 0, None, 0, 0, 0, 0)


def state(reader: Connection | Transaction) -> State:
    """How far the sweep is."""
    row = reader.execute(select(retention_state).where(_ONE)).first()
    return NOTHING if row is None else State(*row[1:])


def keep(tx: Transaction, **values: Any) -> None:
    """Remember how far the sweep is; the columns of `retention_state` by name."""
    tx.execute(_FIRST)
    tx.execute(update(retention_state).where(_ONE).values(**values))


def hold(tx: Transaction, holder: str) -> bool:
    """Take the lease or renew it; False while another process has it."""
    known = state(tx)
    if known.is_held(tx.now) and known.holder != holder:
        return False
    keep(tx, holder=holder, until_at=tx.now + LEASE_MS)
    return True


def release(tx: Transaction, holder: str) -> None:
    """Give the lease back, if it is still this process's."""
    mine = _ONE & (retention_state.c.holder == holder)
    tx.execute(update(retention_state).where(mine).values(holder="", until_at=0))


def restart(tx: Transaction, acts: int) -> None:
    """Have every end reckoned anew from the first record, after a restore; so many numbers of acts are passed over."""
    keep(tx, holder="", until_at=0, seen=0, walked_at=0, again=0, acts=state(tx).acts + acts)


def note(tx: Transaction, record: int, at: int | None = None) -> None:
    """Have a record looked at by the sweep at a moment (unix ms), by default the next one."""
    tx.execute(_PUT, {"record": record, "at": tx.now if at is None else at})


def put(tx: Transaction, ends: Mapping[int, int | None]) -> None:
    """Note when each record is to be looked at; None takes it off: nothing of it is left."""
    gone = [record for record, at in ends.items() if at is None]
    later = [{"record": record, "at": at} for record, at in ends.items() if at is not None]
    if gone:
        tx.execute(delete(retention_due).where(retention_due.c.record.in_(gone)))
    if later:
        tx.execute(_PUT, later)


def look_again(tx: Transaction) -> None:
    """Have every record looked at anew by the next sweep, a page at a time."""
    keep(tx, again=0)


def ready(reader: Connection | Transaction, at: int, limit: int) -> list[int]:
    """List records whose time has come at a moment, the longest due first."""
    columns = retention_due.c
    query = select(columns.record).where(columns.at <= at).order_by(columns.at, columns.record)
    return list(reader.execute(query.limit(limit)).scalars())


def all_above(reader: Connection | Transaction, record: int, limit: int) -> list[int]:
    """List noted records above a number, lowest first."""
    columns = retention_due.c
    query = select(columns.record).where(columns.record > record).order_by(columns.record)
    return list(reader.execute(query.limit(limit)).scalars())


def ripe(reader: Connection | Transaction, records: Sequence[int], at: int) -> list[int]:
    """Which of these records' time has come at a moment, lowest number first."""
    columns = retention_due.c
    query = select(columns.record).where(columns.record.in_(list(records)), columns.at <= at)
    return list(reader.execute(query.order_by(columns.record)).scalars())


def noted(reader: Connection | Transaction, records: Sequence[int]) -> set[int]:
    """Which of these records are noted already."""
    query = select(retention_due.c.record).where(retention_due.c.record.in_(list(records)))
    return set(reader.execute(query).scalars())


def count(reader: Connection | Transaction, most: int) -> int:
    """How many records are noted, counted up to `most`."""
    bounded = select(retention_due.c.record).limit(most).subquery()
    return int(reader.execute(select(func.count()).select_from(bounded)).scalar_one())

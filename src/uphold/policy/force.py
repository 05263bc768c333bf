# SPDX-License-Identifier: Apache-2.0
"""Which editions came into force and when: seen once, remembered for good, whatever the clock does after.

    draft -> published -> in force -> superseded

Of the editions whose time has come, the one with the highest number stands. That its time has come is seen
by the clock once; from then on the row says it, and a clock that is put back takes nothing out of force.
The primary key and the writer's lock let it happen once, however many processes see it.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from sqlalchemy import Column, Connection, Table, func, select

from uphold.database import walk
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.policy.document import Edition

policy_force = Table(
    "policy_force",
    metadata,
    Column("edition", Number, primary_key=True, autoincrement=False),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False),
)


class State(StrEnum):
    """Where a published edition stands."""

    PUBLISHED = "published"
    IN_FORCE = "in-force"
    SUPERSEDED = "superseded"


def enter(tx: Transaction, edition: int) -> bool:
    """Remember that an edition came into force now, and journal policy.in-force; False if it is no news.

    It is none when this edition or a later one came into force before.
    """
    newest = tx.execute(select(func.max(policy_force.c.edition))).scalar()
    if newest is not None and newest >= edition:
        return False
    line = entry.encode("policy.in-force", tx.now, entry.salt(), {"edition": edition})
    tx.insert(policy_force, (edition, tx.now, tx.append(line)))
    return True


def since(reader: Connection | Transaction) -> dict[int, int]:
    """When each edition that ever was in force came into it (unix ms), by number."""
    rows = reader.execute(select(policy_force.c.edition, policy_force.c.at))
    return {row.edition: row.at for row in rows}


def entries(connection: Connection) -> dict[int, int]:
    """Where the journal says that each edition came into force: the index of the entry by number."""
    rows = connection.execute(select(policy_force.c.edition, policy_force.c.entry))
    return {row.edition: row.entry for row in rows}


def rows(connection: Connection) -> walk.Rows:
    """Walk through the rows as they lie, lowest edition first, for an audit."""
    return walk.rows(connection, policy_force, ("edition",))


def standing(editions: Iterable[Edition], entered: Mapping[int, int], now: int) -> Edition | None:
    """Choose the edition in force at `now` (unix ms) among all that are published (pure).

    `entered` are those that came into force before, whatever the clock says of them now.
    """
    come = [one for one in editions if one.number in entered or one.effective_at <= now]
    return max(come, key=lambda edition: edition.number, default=None)


def state(edition: int, current: int | None) -> State:
    """Say where an edition stands beside the number of the one in force (pure)."""
    if current is None or edition > current:
        return State.PUBLISHED
    return State.IN_FORCE if edition == current else State.SUPERSEDED

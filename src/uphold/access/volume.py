# SPDX-License-Identifier: Apache-2.0
"""How much a member of staff takes at a time: what is counted, and where it ends. Trickles become a flood here.

One search, each record opened among several, each record of an export count; a single opening does not. What is
refused for its volume is journaled like any refusal, and counts no further.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Column, Connection, Index, Table, Text, func, insert, select

from uphold.access.permission import Actor
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry

HOUR = 60 * 60 * 1000
DAY = 24 * HOUR
LIMIT = "limit-reached"
"""The reason, as the journal has it, of a no that volume alone gives."""
FROZEN = "export-frozen"
"""The reason of a no while an alert stops exports."""


class What(StrEnum):
    """What is counted."""

    SEARCH = "search"
    OPEN = "open"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in `window` (ms), and `at_once` in one act."""

    at_once: int
    window: int
    count: int

    def allows(self, wanted: int, used: int) -> bool:
        """Tell whether so many more may be taken by who has `used` so many within the window (pure)."""
        return 0 < wanted <= self.at_once and used + wanted <= self.count


@dataclass(frozen=True, slots=True)
class Refused:
    """A journaled no to an act as a whole: its reason, its entry in the journal and its time (unix ms)."""

    reason: str
    entry: int
    at: int


access_volume = Table(
    "access_volume",
    metadata,
    Column("number", Number, primary_key=True),
    Column("staff", Number, nullable=False),
    Column("what", Text, nullable=False),
    Column("count", Number, nullable=False),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False),
    Index("access_volume_staff", "staff", "what", "at"),
)


def used(reader: Connection | Transaction, staff: int, what: What, since: int) -> int:
    """How much of a limit an account has used since a moment (unix ms)."""
    rows = access_volume.c
    found = select(func.coalesce(func.sum(rows.count), 0)).where(
        rows.staff == staff, rows.what == what, rows.at > since
    )
    return int(reader.execute(found).scalar_one())


def left(reader: Connection | Transaction, staff: int, what: What, limit: Limit, now: int) -> int:
    """How many an account may still take in one act now."""
    rest = limit.count - used(reader, staff, what, now - limit.window)
    return max(0, min(limit.at_once, rest))


def note(tx: Transaction, staff: int, what: What, count: int, index: int) -> None:
    """Count what an act took; `index` is its entry in the journal."""
    tx.execute(
        insert(access_volume).values(staff=staff, what=what, count=count, at=tx.now, entry=index)
    )


def refuse(tx: Transaction, actor: Actor, what: What, purpose: str, reason: str) -> Refused:
    """Journal copy.refused. Raises `errors.Invalid` for a purpose that is no id at all."""
    codes: dict[str, entry.Code] = {
        "staff": actor.staff,
        "what": str(what),
        "purpose": purpose,
        "reason": reason,
    }
    index = tx.append(entry.encode("copy.refused", tx.now, entry.salt(), codes))
    return Refused(reason, index, tx.now)

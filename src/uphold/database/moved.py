# SPDX-License-Identifier: Apache-2.0
"""The mark on a database whose data went into another one: nobody writes to it or serves it any more.

The journal's head row, which every batch of every process reads under the write lock, is gone from it. So even a
process that was not told, or that is of an older version, can commit nothing there.
"""

from sqlalchemy import Connection, delete, insert, select, table

from uphold import errors
from uphold.database.sequence import database_sequence
from uphold.database.transaction import Transaction

# A sequence of this name has given out nothing: its number is when the data went, in unix ms.
_NAME = "moved"
_MARK = select(database_sequence.c.next).where(database_sequence.c.name == _NAME)
_HEAD = table("journal_head")


def mark(connection: Connection, at: int) -> None:
    """Mark a database, within the transaction that holds its write lock."""
    connection.execute(insert(database_sequence).values(name=_NAME, next=at))
    connection.execute(delete(_HEAD))


def is_moved(reads: Connection | Transaction) -> bool:
    """Tell whether the database is marked."""
    return reads.execute(_MARK).scalar() is not None


def refuse(reads: Connection | Transaction) -> None:
    """Raise `errors.Moved` for a database that is marked."""
    if is_moved(reads):
        raise errors.Moved(
            "The data of this site went into another database.",
            "Name that one in uphold.toml; the same `uphold move`, run again, does it.",
        )

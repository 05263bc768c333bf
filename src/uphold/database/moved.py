# SPDX-License-Identifier: Apache-2.0
"""The mark on a database whose data went into another one: nobody opens it any more.

The same commit takes the journal's head row away (`journal.store.forsake`), which every batch of every process reads
under the write lock. So even a process that was not told, or that is of an older version, can write nothing there.
"""

from sqlalchemy import Connection, insert, select

from uphold import errors
from uphold.database import lease, process
from uphold.database.sequence import database_sequence
from uphold.database.transaction import Transaction

# A sequence of this name has given out nothing: its number is when the data went, in unix ms.
_NAME = "moved"
# And of this one: which filling of another database is the one that the data went to (`transfer.claim`).
_FILLING = "moved.filling"
_MARK = select(database_sequence.c.next).where(database_sequence.c.name == _NAME)
_NUMBER = select(database_sequence.c.next).where(database_sequence.c.name == _FILLING)

STAYING = frozenset({lease.database_lease.name, process.database_process.name})
"""The tables whose rows stay behind: which processes serve from here, and which of them does what only one may."""


def mark(connection: Connection, at: int, filling: int = 0) -> None:
    """Mark a database at unix ms `at`, within the transaction that holds its write lock.

    `filling` is the number with which the other one was claimed.
    """
    rows = [{"name": _NAME, "next": at}, {"name": _FILLING, "next": filling}]
    connection.execute(insert(database_sequence), rows)


def number(reads: Connection | Transaction) -> int:
    """Return with which number the other database was claimed; 0 where the mark is from before there were numbers."""
    return int(reads.execute(_NUMBER).scalar() or 0)


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

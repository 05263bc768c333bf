# SPDX-License-Identifier: Apache-2.0
"""Numbers that are known before their transaction: handed out from blocks reserved durably (hi/lo).

A sealed part names its record in its associated data, so the record's number must exist before the batch.
Gaps are harmless; a number is never handed out twice, whatever crashes and however many processes run.
"""

import threading
from collections import deque
from collections.abc import Iterator

from sqlalchemy import Column, Connection, Table, Text, select, text, update

from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer

BLOCK = 4096

database_sequence = Table(
    "database_sequence",
    metadata,
    Column("name", Text, primary_key=True),
    Column("next", Number, nullable=False),
)

# One statement, so that it needs no lock but its own.
_RESERVE = text(
    "INSERT INTO database_sequence (name, next) VALUES (:name, :size + 1)"
    " ON CONFLICT (name) DO UPDATE SET next = database_sequence.next + :size RETURNING next"
)


def touch(tx: Transaction) -> None:
    """Write a row that means nothing: whether the storage takes a write shows only in one."""
    tx.execute(_RESERVE, {"name": "touch", "size": 1})


def reserve(tx: Transaction, name: str, size: int) -> int:
    """Take the next `size` numbers of a sequence within a transaction; returns the first.

    Whoever asks next waits for the commit, so that numbers follow the order of commits.
    """
    end: int = tx.execute(_RESERVE, {"name": name, "size": size}).scalar_one()
    return end - size


def last(reader: Connection | Transaction, name: str) -> int:
    """Return the greatest number that was given out of a sequence; 0 for none."""
    found = select(database_sequence.c.next).where(database_sequence.c.name == name)
    return int(reader.execute(found).scalar() or 1) - 1


def skip(tx: Transaction, numbers: int) -> None:
    """Pass over so many numbers of every sequence: a store that was put back must not give them out again."""
    columns = database_sequence.c
    tx.execute(update(database_sequence).values({columns.next: columns.next + numbers}))


class Numbers:
    """Gives the numbers of one sequence, starting at 1. Safe to call from several threads."""

    def __init__(self, writer: Writer, name: str) -> None:
        """Reserve nothing yet: the first `take` does."""
        self._writer = writer
        self._name = name
        self._lock = threading.Lock()
        self._blocks: deque[Iterator[int]] = deque()

    async def take(self) -> int:
        """Return a fresh number; awaits the database once per block."""
        number = self._pop()
        while number is None:
            self._add(await self._writer.submit(self._reserve))
            number = self._pop()
        return number

    def take_now(self) -> int:
        """Return a fresh number, blocking once per block."""
        number = self._pop()
        while number is None:
            self._add(self._writer.run(self._reserve))
            number = self._pop()
        return number

    def _pop(self) -> int | None:
        with self._lock:
            while self._blocks:
                # The lowest first: rows that follow each other are written to one page.
                number = next(self._blocks[0], None)
                if number is not None:
                    return number
                self._blocks.popleft()
        return None

    def _add(self, block: range) -> None:
        """Keep every block: those who found none at the same moment have each reserved one."""
        with self._lock:
            self._blocks.append(iter(block))

    def _reserve(self, tx: Transaction) -> range:
        end: int = tx.execute(_RESERVE, {"name": self._name, "size": BLOCK}).scalar_one()
        return range(end - BLOCK, end)

# SPDX-License-Identifier: Apache-2.0
"""Numbers that are known before their transaction: handed out from blocks reserved durably (hi/lo).

A sealed part names its record in its associated data, so the record's number must exist before the batch.
Gaps are harmless; a number is never handed out twice, whatever crashes and however many processes run.
"""

import threading

from sqlalchemy import Column, Table, Text, insert, select, update

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


class Numbers:
    """Gives the numbers of one sequence, starting at 1. Safe to call from several threads."""

    def __init__(self, writer: Writer, name: str) -> None:
        """Reserve nothing yet: the first `take` does."""
        self._writer = writer
        self._name = name
        self._lock = threading.Lock()
        self._next = 0
        self._end = 0

    async def take(self) -> int:
        """Return a fresh number; awaits the database once per block."""
        number = self._pop()
        while number is None:
            self._fill(await self._writer.submit(self._reserve))
            number = self._pop()
        return number

    def take_now(self) -> int:
        """Return a fresh number, blocking once per block."""
        number = self._pop()
        while number is None:
            self._fill(self._writer.run(self._reserve))
            number = self._pop()
        return number

    def _pop(self) -> int | None:
        with self._lock:
            if self._next == self._end:
                return None
            self._next += 1
            return self._next - 1

    def _fill(self, start: int) -> None:
        with self._lock:
            if self._next == self._end:
                self._next, self._end = start, start + BLOCK

    def _reserve(self, tx: Transaction) -> int:
        column = database_sequence.c
        name = column.name == self._name
        start = tx.execute(select(column.next).where(name)).scalar()
        if start is None:
            tx.execute(insert(database_sequence).values(name=self._name, next=1 + BLOCK))
            return 1
        tx.execute(update(database_sequence).where(name).values(next=start + BLOCK))
        return int(start)

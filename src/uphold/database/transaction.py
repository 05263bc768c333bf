# SPDX-License-Identifier: Apache-2.0
"""One transaction of one batch: reads, buffered inserts and journal entries that commit together."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol, cast

from sqlalchemy import ClauseElement, Connection, CursorResult, Executable, Table

Row = tuple[Any, ...]


NOTHING: Mapping[str, Any] = MappingProxyType({})


class Cursor(Protocol):
    """What came of a statement: rows, and how many it touched."""

    @property
    def rowcount(self) -> int:
        """How many rows were written."""

    def fetchone(self) -> Row | None:
        """Return the next row, None after the last."""


class Appender(Protocol):
    """The journal's side of one open transaction."""

    def append(self, entry: bytes) -> int:
        """Take one entry and return the index it will have in the journal."""

    def close(self, tx: "Transaction") -> None:
        """Write entries, tiles and the signed head through the transaction, before COMMIT."""

    def committed(self) -> None:
        """Learn that the transaction is durable. Must not raise: nothing can be undone any more."""


class Ledger(Protocol):
    """What the writer must know of a journal: how to open it within a transaction."""

    def open(self, tx: "Transaction") -> Appender:
        """Begin appending; called after the write lock is held."""

    def holds(self, connection: Connection, batch: bytes) -> bool:
        """Tell whether the batch with this identity is in the journal."""


class Transaction(Protocol):
    """What work in a batch may do. `now` is unix milliseconds, `batch` 16 random bytes."""

    now: int
    batch: bytes

    def execute(
        self,
        statement: Executable,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> CursorResult[Any]:
        """Run a SQLAlchemy Core statement, after every buffered insert."""

    def run(self, statement: ClauseElement, values: Mapping[str, Any] = NOTHING) -> Cursor:
        """Run a Core statement of a module's own, made once: a tenth of the cost of `execute`.

        Values go to the driver and come from it as they are: numbers, text and bytes.
        """

    def finish(self, statement: ClauseElement, values: Mapping[str, Any] = NOTHING) -> None:
        """Run a statement as `run` does, as the last one: the batch fails unless it touches one row.

        Raises `errors.Broken` then, here or when the batch is committed. One for each batch.
        """

    def insert(self, table: Table, row: Row) -> None:
        """Buffer one row, positional in the table's column order."""

    def append(self, entry: bytes) -> int:
        """Append one journal entry and return its index."""


def rows(
    reader: Connection | Transaction, statement: ClauseElement, values: Mapping[str, Any] = NOTHING
) -> list[Row]:
    """Return every row of a statement of a module's own, made once; for a transaction as `Transaction.run` says.

    What is asked at every reading is asked so: to put a statement together costs more than to run it.
    """
    if isinstance(reader, Connection):
        found = reader.execute(cast("Executable", statement), values)
        return [tuple(row) for row in found]
    return list(iter(reader.run(statement, values).fetchone, None))

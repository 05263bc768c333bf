# SPDX-License-Identifier: Apache-2.0
"""One batch on one engine: begin under the write lock, buffered inserts, commit, roll back.

The two engines differ only in how they begin, how they insert many rows, and how they commit.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any, cast

from sqlalchemy import ClauseElement, Connection, CursorResult, Dialect, Executable, Table
from sqlalchemy.sql.compiler import SQLCompiler

from uphold import errors
from uphold.database import postgresql, session, wire
from uphold.database.transaction import NOTHING, Appender, Cursor, Ledger, Row

Turn = Callable[[], AbstractContextManager[None]]


class Batch:
    """The Transaction that the writer hands to each member of a batch, one after another."""

    def __init__(self, connection: Connection, ledger: Ledger, turn: Turn = nullcontext) -> None:
        """Take the write lock, in `turn`, and open the journal; driver errors pass through to the writer."""
        self.batch = os.urandom(16)
        self.connection = connection
        self._driver = cast("Any", connection.connection.driver_connection)
        self._wire = wire.of(connection) if connection.dialect.name == "postgresql" else None
        # The server's process that works for this batch, 0 on SQLite.
        self.backend = int(self._driver.pgconn.backend_pid) if self._wire else 0
        self._rows: dict[Table, list[Row]] = {}
        # Once COMMIT was asked for and not answered, only the database knows what became of it.
        self.asked = False
        # What PostgreSQL is to do before anything else that it is asked, and right before COMMIT.
        self._waiting: list[wire.Said] = [wire.BEGIN] if self._wire else []
        self._last: wire.Said | None = None
        if self._wire is None:
            with turn():
                self._driver.execute("BEGIN IMMEDIATE")
        self.now = _now()
        try:
            self._appender: Appender = ledger.open(self)
        except BaseException:
            self.rollback()
            raise
        # Read after the lock was waited for, so that of two batches the later one has the later time.
        self.now = _now()

    def execute(
        self,
        statement: Executable,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> CursorResult[Any]:
        """Run a Core statement, after every buffered insert."""
        self.flush()
        return self.connection.execute(statement, parameters)

    def run(self, statement: ClauseElement, values: Mapping[str, Any] = NOTHING) -> Cursor:
        """Run a statement by the driver alone, after every buffered insert."""
        if self._wire is not None:
            return self._wire.ask([*self._gathered(), self._wire.said(statement, values)])[-1]
        self.flush()
        text, order, constant = _compiled(statement, self.connection.dialect)
        named = {**constant, **values}
        given = named if order is None else [named[name] for name in order]
        return cast("Cursor", self._driver.execute(text, given))

    def insert(self, table: Table, row: Row) -> None:
        """Buffer one row, positional in the table's column order."""
        rows = self._rows.get(table)
        if rows is None:
            self._rows[table] = [row]
        else:
            rows.append(row)

    def append(self, entry: bytes) -> int:
        """Append one journal entry and return its index."""
        return self._appender.append(entry)

    def finish(self, statement: ClauseElement, values: Mapping[str, Any] = NOTHING) -> None:
        """Keep the statement that is to be the last one before COMMIT."""
        if self._wire is not None:
            self._last = wire.one(self._wire.said(statement, values))
        elif self.run(statement, values).rowcount != 1:
            raise errors.Broken(*wire.NOT_ONE)

    def flush(self) -> None:
        """Send every buffered insert to the database, one statement per table."""
        if self._wire is not None:
            if gathered := self._gathered():
                self._wire.ask(gathered)
            return
        rows, self._rows = self._rows, {}
        for table, members in rows.items():
            self._driver.executemany(_values(table), members)

    def commit(self) -> None:
        """Write journal and rows, then COMMIT; returns only when the transaction is durable."""
        self._appender.close(self)
        if self._wire is None:
            self.flush()
            self.asked = True
            self._driver.execute("COMMIT")
            return
        last = () if self._last is None else (self._last,)
        gathered = self._gathered()
        self.asked = True
        with session.committing(self._driver):
            said = self._wire.ask([*gathered, *last, wire.COMMIT])[-1]
        # PostgreSQL answers COMMIT with "ROLLBACK", and no error, where a statement had failed before.
        if said.command != b"COMMIT":
            raise errors.Unavailable(
                "The database rolled back what it was asked to commit.",
                "Nothing was stored; report this fault if it comes again.",
            )

    def _gathered(self) -> list["wire.Said"]:
        """Take what waits to be sent to PostgreSQL: BEGIN, then every buffered insert."""
        rows, self._rows = self._rows, {}
        waiting, self._waiting = self._waiting, []
        waiting += [
            wire.Said(postgresql.unnested(table), postgresql.columns(table, members))
            for table, members in rows.items()
        ]
        return waiting

    def committed(self) -> None:
        """Tell the journal that its head is durable."""
        self._appender.committed()

    def rollback(self) -> None:
        """Undo everything; a connection that has already rolled back is left as it is."""
        if self._wire is None:
            self._driver.rollback()
        else:
            self._wire.rollback()


def _now() -> int:
    return time.time_ns() // 1_000_000


@cache
def _compiled(
    statement: ClauseElement, dialect: Dialect
) -> tuple[str, Sequence[str] | None, Mapping[str, Any]]:
    """Return a statement as the driver takes it: text, order of its values (None: by name), constants."""
    made = cast("SQLCompiler", statement.compile(dialect=dialect))
    return str(made), made.positiontup if made.positional else None, made.params


@cache
def _values(table: Table) -> str:
    # By name: a migrated table's columns may stand in another order than a new one's.
    names = ",".join(f'"{column.name}"' for column in table.columns)
    marks = ",".join("?" * len(table.columns))
    return f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - names come from our own schema

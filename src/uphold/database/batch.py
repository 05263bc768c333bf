# SPDX-License-Identifier: Apache-2.0
"""One batch on one engine: begin under the write lock, buffered inserts, commit, roll back.

The two engines differ only in how they begin, how they insert many rows, and how they commit.
"""

import os
import time
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import ClauseElement, Connection, CursorResult, Dialect, Executable, Table
from sqlalchemy.sql.compiler import SQLCompiler

from uphold import errors
from uphold.database import postgresql, session
from uphold.database.transaction import NOTHING, Appender, Cursor, Ledger, Row


class Batch:
    """The Transaction that the writer hands to each member of a batch, one after another."""

    def __init__(self, connection: Connection, ledger: Ledger) -> None:
        """Take the write lock and open the journal; driver errors pass through to the writer."""
        self.batch = os.urandom(16)
        self.connection = connection
        self._driver = cast("Any", connection.connection.driver_connection)
        self._postgresql = connection.dialect.name == "postgresql"
        # The server's process that works for this batch, 0 on SQLite.
        self.backend = int(self._driver.info.backend_pid) if self._postgresql else 0
        self._rows: dict[Table, list[Row]] = {}
        # Once COMMIT was asked for and not answered, only the database knows what became of it.
        self.asked = False
        self._driver.execute("BEGIN" if self._postgresql else "BEGIN IMMEDIATE")
        # Read after the lock was waited for, so that of two batches the later one has the later time.
        self.now = time.time_ns() // 1_000_000
        try:
            self._appender: Appender = ledger.open(self)
        except BaseException:
            self.rollback()
            raise

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

    def flush(self) -> None:
        """Send every buffered insert to the database, one statement per table."""
        if not self._rows:
            return
        rows, self._rows = self._rows, {}
        if self._postgresql:
            with self._driver.pipeline():
                for table, members in rows.items():
                    self._driver.execute(
                        postgresql.unnest(table), postgresql.columns(table, members)
                    )
        else:
            for table, members in rows.items():
                self._driver.executemany(_values(table), members)

    def commit(self) -> None:
        """Write journal and rows, then COMMIT; returns only when the transaction is durable."""
        self._appender.close()
        self.flush()
        self.asked = True
        if not self._postgresql:
            self._driver.execute("COMMIT")
        # PostgreSQL answers COMMIT with "ROLLBACK", and no error, where a statement had failed before.
        elif session.commit(self._driver) != "COMMIT":
            raise errors.Unavailable(
                "The database rolled back what it was asked to commit.",
                "Nothing was stored; report this fault if it comes again.",
            )

    def committed(self) -> None:
        """Tell the journal that its head is durable."""
        self._appender.committed()

    def rollback(self) -> None:
        """Undo everything; a connection that has already rolled back is left as it is.

        Through the driver's own method: only that makes psycopg forget the statements which it believes to
        be prepared and which the aborted pipeline never brought to the server.
        """
        self._driver.rollback()


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

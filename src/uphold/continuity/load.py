# SPDX-License-Identifier: Apache-2.0
"""From the rows of a backup to the tables of an empty database: the journal signed anew, the destroyed left out.

The heads in the backup are those of a journal that ends here. Entry by entry the same tree is built again, each
head is held against it, and is signed for the new journal, whose every head is thus signed by its own key.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Table

from uphold import errors
from uphold.continuity import archive
from uphold.database import engine, transfer
from uphold.database.engine import Database
from uphold.journal import checkpoint, note, store, tile, tree
from uphold.vault.carry import Admission

Row = tuple[Any, ...]


class Journal:
    """The journal of a backup, as it is signed anew. `edge` is that of the tree so far."""

    def __init__(self, old: note.Verifier, signer: note.Signer) -> None:
        """Take the key that the journal was signed with, and the one of the journal that goes on from it."""
        self.edge = tile.Edge()
        self._old, self._signer = old, signer

    def signed(self, columns: Sequence[str], row: Row) -> Row:
        """Return a batch with its head signed anew; raises `errors.Broken` if the old head is not that of it."""
        named = dict(zip(columns, row, strict=True))
        try:
            entries = tile.unbundle(bytes(named["entries"]))
            head = checkpoint.verify(bytes(named["note"]), self._old).checkpoint
        except (errors.Invalid, TypeError):
            raise _broken() from None
        if named["number"] != self.edge.size or named["count"] != len(entries):
            raise _broken()
        self.edge.extend([tree.leaf(raw) for raw in entries])
        self.edge.full.clear()
        if (head.size, head.root) != (self.edge.size, self.edge.root()):
            raise _broken()
        own = checkpoint.Checkpoint(self._signer.name, head.size, head.root)
        named["note"] = self._signer.sign(checkpoint.text(own))
        return tuple(named.values())


class Loader:
    """Writes the tables of a backup. Each table is one transaction; what is half there is marked as such."""

    def __init__(self, database: Database, admission: Admission, journal: Journal) -> None:
        """Take a database that `transfer.begin` has marked, with the backup's own schema."""
        self._admission, self._journal = admission, journal
        self._connection: Connection = database.connect()
        with engine.storage_errors():
            self._tables = {table.name: table for table in transfer.tables(self._connection)}
        self._table: Table | None = None
        self._columns: tuple[str, ...] = ()
        self._admits: Callable[[Sequence[Any]], bool] = lambda _: True

    def begin(self, table: archive.Columns) -> None:
        """Begin with the next table; raises `errors.Broken` for one that its schema does not have."""
        self.end()
        found = self._tables.get(table.name)
        if found is None or {column.name for column in found.columns} != set(table.columns):
            raise archive.damaged("a table that its schema does not have")
        self._table, self._columns = found, table.columns
        self._admits = self._admission.of(table.name, table.columns)
        with engine.storage_errors():
            self._connection.exec_driver_sql("BEGIN")

    def add(self, rows: Sequence[Row]) -> None:
        """Write rows of the table that was begun."""
        table = self._table
        if table is None:
            raise archive.damaged("rows of no table")
        if any(len(row) != len(self._columns) for row in rows):
            raise archive.damaged("a row that its table has no room for")
        kept = [row for row in rows if self._admits(row)]
        if table.name == store.BATCHES:
            kept = [self._journal.signed(self._columns, row) for row in kept]
        with engine.storage_errors():
            transfer.insert_rows(self._connection, table, self._columns, kept)

    def end(self) -> None:
        """Commit the table that was begun."""
        if self._table is not None:
            with engine.storage_errors():
                self._connection.exec_driver_sql("COMMIT")
            self._table = None

    def align(self) -> None:
        """Have the database number what is added behind what was written."""
        with engine.storage_errors():
            transfer.align(self._connection)

    def close(self) -> None:
        """Give the connection back; a table that was not ended is not there."""
        if not self._connection.closed:
            self._connection.invalidate()
            self._connection.close()


def _broken() -> errors.Broken:
    return errors.Broken(
        "The journal in the backup does not lead to its signed heads.",
        "Take an earlier backup, and run `uphold journal verify` on the site that it was made of.",
    )

# SPDX-License-Identifier: Apache-2.0
"""Every table of a database into another one: first a whole snapshot, then what has changed since, again and again.

Of both sides it is known at each moment how many rows every table has and what their digest is. The digest of the
source comes from what was read there, that of the target from what was read back.
"""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import Connection, Table, func, select

from uphold import errors
from uphold.database import bulk, changes, moved, transfer
from uphold.database.bulk import Row, Sum

Watch = Callable[[str, int, int], None]
"""Told how far it is: the step, how much of it is done, and of how much (0: not known)."""


class Carrier:
    """Carries rows into the database that `there` is connected to, whose tables are of the same version."""

    def __init__(
        self, tables: Sequence[Table], there: Connection, whose: str, watch: Watch
    ) -> None:
        """Take the tables of the source, where the changes are noted for the one named `whose`."""
        self.tables = {table.name: table for table in tables}
        self.own = {
            one.name: one for one in transfer.tables(there) if one.name not in moved.STAYING
        }
        self._names = {table.name: [column.name for column in table.columns] for table in tables}
        self._there, self._whose, self._watch = there, whose, watch
        self._mark = 0
        self._sums: dict[str, Sum] = {name: Sum() for name in self.tables}
        self._found: dict[str, Sum] = {name: Sum() for name in self.tables}
        if self.tables.keys() != self.own.keys():
            raise _other("its tables")
        for name, table in self.own.items():
            if {column.name for column in table.columns} != set(self._names[name]):
                raise _other(name)

    @property
    def rows(self) -> int:
        """How many rows the source has, as far as is known."""
        return sum(one.rows for one in self._sums.values())

    def copy(self, here: Connection) -> None:
        """Copy every row of a snapshot into empty tables."""
        self._mark = changes.mark(here, self._whose)
        count = [select(func.count()).select_from(table) for table in self.tables.values()]
        all_ = sum(int(here.execute(one).scalar_one()) for one in count)
        self._watch("copy", 0, all_)
        for name, table in self.tables.items():
            bulk.write(
                self._there, self.own[name], self._names[name], self._read(here, table, all_)
            )

    def _read(self, here: Connection, table: Table, all_: int) -> Iterator[Sequence[Row]]:
        found = self._sums[table.name]
        before = self.rows
        for page in bulk.read(here, table, self._names[table.name]):
            found.add(page)
            yield page
            self._watch("copy", before + found.rows, all_)

    def compare(self, connection: Connection, held: Connection | None = None) -> None:
        """Read every row of a side again, and see that they are those that were read from the source.

        A server is shown meanwhile that whoever has it `held` lives. Raises `errors.Broken`.
        """
        done, all_ = 0, self.rows
        for name in self.tables:
            found = self._found[name] = Sum()
            for page in bulk.read(connection, self.tables[name], self._names[name]):
                found.add(page)
                done += len(page)
                self._watch("compare", done, all_)
                if held is not None:
                    held.exec_driver_sql("SELECT 1")
            self._require(name)

    def waiting(self, here: Connection) -> int:
        """Return how many changes have been noted since what was carried over last."""
        return changes.mark(here, self._whose) - self._mark

    def follow(self, here: Connection) -> int:
        """Carry over what changed, as one transaction, and read it back; returns how many changes that were.

        Raises `errors.Broken` where a table is another one on the two sides then.
        """
        upto = changes.mark(here, self._whose)
        noted = changes.names(here, self._mark, upto)
        if noted:
            self._there.exec_driver_sql("BEGIN")
            for name in noted:
                self._table(here, name, upto)
            bulk.commit(self._there)
        self._mark = upto
        return sum(noted.values())

    def _table(self, here: Connection, name: str, upto: int) -> None:
        table, own, names = self.tables[name], self.own[name], self._names[name]
        sums, found = self._sums[name], self._found[name]
        for keys in changes.keys(here, table, self._mark, upto):
            gone = bulk.take(self._there, own, names, keys, remove=True)
            sums.remove(gone)
            found.remove(gone)
        for rows in changes.rows(here, table, self._mark, upto):
            sums.add(rows)
            bulk.insert(self._there, own, names, [rows])
        for keys in changes.keys(here, table, self._mark, upto):
            found.add(bulk.take(self._there, own, names, keys))
        self._require(name)

    def _require(self, name: str) -> None:
        if self._sums[name] != self._found[name]:
            raise _other(name)


def _other(what: str) -> errors.Broken:
    return errors.Broken(
        f"The two databases differ in {what}.",
        "Nothing was moved, and the site is where it was; run the command again.",
    )

# SPDX-License-Identifier: Apache-2.0
"""Many rows at a time, by the driver alone: read, written, taken by their keys, and summed up to be compared.

Values go from one engine to the other as they are: numbers, text, bytes, nothing else. A sum does not depend on the
order of rows, so that it can follow changes: rows are added to it and taken off.
"""

import hashlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import msgspec
from sqlalchemy import BigInteger, Column, Connection, Integer, LargeBinary, Table

from uphold import errors
from uphold.database import engine, postgresql, session

# Rows that are in memory at a time: an edition or a batch of the journal may be long.
PAGE = 256
# Rows written in one transaction.
_COMMIT = 64 * PAGE
_MODULUS = 1 << 256

Row = tuple[Any, ...]
Pages = Iterable[Sequence[Row]]


@dataclass(slots=True)
class Sum:
    """How many rows there are, and a digest of them all that does not depend on their order."""

    rows: int = 0
    digest: int = 0

    def add(self, rows: Sequence[Row]) -> None:
        """Take rows in."""
        self.rows += len(rows)
        self.digest = (self.digest + sum(map(_number, rows))) % _MODULUS

    def remove(self, rows: Sequence[Row]) -> None:
        """Take rows off."""
        self.rows -= len(rows)
        self.digest = (self.digest - sum(map(_number, rows))) % _MODULUS


def kind(column: Column[Any]) -> str:
    """Return PostgreSQL's type of a column as it stands in a database: bigint, integer, text or bytea."""
    if isinstance(column.type, LargeBinary):
        return "bytea"
    if isinstance(column.type, BigInteger):
        return "bigint"
    return "integer" if isinstance(column.type, Integer) else "text"


@contextmanager
def _trouble(connection: Connection, of: str) -> Iterator[None]:
    """Turn what a driver raises of a table into an error of ours: its own text may quote values."""
    try:
        yield
    except connection.dialect.loaded_dbapi.Error as error:
        if engine.is_trouble(error):
            raise engine.unavailable(error) from error
        raise errors.Invalid(
            f"What stands in {of} cannot be carried over ({engine.name(error)}).",
            "Nothing was changed; audit the site (uphold journal verify DIR), and report this.",
        ) from error


def query(connection: Connection, statement: str, of: str) -> Generator[list[Row], None, None]:
    """Yield the rows of a query, a page in memory at a time; on PostgreSQL within a transaction.

    Close it where it is not read to its end: a server holds a cursor for it.
    """
    driver = _driver(connection)
    is_server = connection.dialect.name == "postgresql"
    with _trouble(connection, of):
        cursor = driver.cursor(name="bulk", binary=True) if is_server else driver.cursor()
        try:
            cursor.execute(statement)
            while page := cursor.fetchmany(PAGE):
                yield page
        finally:
            cursor.close()


def read(
    connection: Connection, table: Table, names: Sequence[str]
) -> Generator[list[Row], None, None]:
    """Yield every row of a table in the order of its key, its values in the order of `names`."""
    order = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
    yield from query(
        connection,
        f"SELECT {_list(names)} FROM {table.name} ORDER BY {order}",  # noqa: S608 - names come from our own schema
        table.name,
    )


def write(connection: Connection, table: Table, names: Sequence[str], pages: Pages) -> None:
    """Write rows into a table, in transactions of its own."""
    driver = _driver(connection)
    with _trouble(connection, table.name):
        if connection.dialect.name == "postgresql":
            driver.execute("BEGIN")
            insert(connection, table, names, pages)
            commit(connection)
            return
        waiting = 0
        driver.execute("BEGIN IMMEDIATE")
        for page in pages:
            insert(connection, table, names, [page])
            waiting += len(page)
            if waiting >= _COMMIT:
                driver.execute("COMMIT")
                driver.execute("BEGIN IMMEDIATE")
                waiting = 0
        driver.execute("COMMIT")


def insert(connection: Connection, table: Table, names: Sequence[str], pages: Pages) -> None:
    """Write rows within a transaction."""
    driver = _driver(connection)
    with _trouble(connection, table.name):
        if connection.dialect.name == "sqlite":
            marks = ", ".join("?" * len(names))
            statement = f"INSERT INTO {table.name} ({_list(names)}) VALUES ({marks})"  # noqa: S608 - as above
            for page in pages:
                driver.executemany(statement, page)
            return
        statement = f"COPY {table.name} ({_list(names)}) FROM STDIN (FORMAT BINARY)"
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types([kind(table.columns[name]) for name in names])
            for page in pages:
                for row in page:
                    copy.write_row(row)


def commit(connection: Connection) -> None:
    """Commit what was begun by hand; raises `errors.Unavailable` where it is not safe afterwards."""
    driver = _driver(connection)
    with _trouble(connection, "a transaction"):
        if connection.dialect.name == "sqlite":
            driver.execute("COMMIT")
            return
        with session.committing(driver):
            driver.execute("COMMIT")


def take(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    keys: Sequence[Row],
    *,
    remove: bool = False,
) -> list[Row]:
    """Return the rows that have these keys; with `remove` they are deleted, within a transaction."""
    own = list(table.primary_key.columns)
    driver = _driver(connection)
    is_sqlite = connection.dialect.name == "sqlite"
    with _trouble(connection, table.name):
        if is_sqlite:
            where = " AND ".join(f'"{column.name}" = ?' for column in own)
            statement = (
                f"DELETE FROM {table.name} WHERE {where} RETURNING {_list(names)}"  # noqa: S608 - as above
                if remove
                else f"SELECT {_list(names)} FROM {table.name} WHERE {where}"  # noqa: S608 - as above
            )
            return [row for key in keys for row in driver.execute(statement, key).fetchall()]
        if not keys:
            return []
        arrays = ", ".join(f"%s::{_array(column)}[]" for column in own)
        same = " AND ".join(f't."{column.name}" = k.k{at}' for at, column in enumerate(own))
        called = ", ".join(f"k{at}" for at in range(len(own)))
        columns = ", ".join(f't."{name}"' for name in names)
        given = f"unnest({arrays}) AS k({called})"
        statement = (
            f"DELETE FROM {table.name} t USING {given} WHERE {same} RETURNING {columns}"  # noqa: S608 - as above
            if remove
            else f"SELECT {columns} FROM {table.name} t JOIN {given} ON {same}"  # noqa: S608 - as above
        )
        values = [
            postgresql.encode(_array(column), column_values)
            for column, column_values in zip(own, zip(*keys, strict=True), strict=True)
        ]
        return cast("list[Row]", driver.execute(statement, values).fetchall())


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _list(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _array(column: Column[Any]) -> str:
    found = kind(column)
    return "bigint" if found == "integer" else found


def _number(row: Row) -> int:
    return int.from_bytes(hashlib.sha256(msgspec.msgpack.encode(row)).digest())

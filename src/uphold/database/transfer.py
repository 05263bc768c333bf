# SPDX-License-Identifier: Apache-2.0
"""Every table of a database out of it, row by row, and into another one, whichever of the two engines each is.

The tables are those that are there, not those that this version knows: a copy of an older version is brought
back into tables of that version, and then upgraded.

While a database is being filled it holds the table `database_restoring`, and nobody serves it (`require_whole`):
a half-filled one is never taken for a whole one, and may be emptied to begin again. In it stands the number that
whoever fills the database drew, so that one who comes too late empties nothing.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Connection,
    MetaData,
    Table,
    insert,
    inspect,
    select,
    text,
    type_coerce,
)
from sqlalchemy.types import NullType

from uphold import errors
from uphold.database import changes, engine
from uphold.database.engine import Database

RESTORING = "database_restoring"
_NOT_DATA = frozenset({"alembic_version", RESTORING, changes.TABLE})
# Rows that are read at a time: an edition or a batch of the journal may be long.
PAGE = 64

Row = tuple[Any, ...]

# What gives out numbers, for which column of which table.
_SEQUENCES = text(
    "SELECT s.oid::regclass::text, t.oid::regclass::text, quote_ident(a.attname) FROM pg_class s"
    " JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')"
    " JOIN pg_class t ON t.oid = d.refobjid AND d.refclassid = 'pg_class'::regclass"
    " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid"
    " WHERE s.relkind = 'S' AND s.relnamespace = current_schema()::regnamespace"
)


def tables(connection: Connection) -> list[Table]:
    """Return every table with data in it, by name, with its columns as they stand in the database."""
    found = MetaData()
    names = [name for name in inspect(connection).get_table_names() if name not in _NOT_DATA]
    found.reflect(connection, only=names, resolve_fks=False)
    return [found.tables[name] for name in sorted(found.tables)]


def rows(connection: Connection, table: Table) -> Generator[Sequence[Row], None, None]:
    """Yield the rows of a table in the order of its key, a page in memory at a time, as the driver gives them.

    Close it where it is not read to its end: a server holds a cursor for it.
    """
    columns = [type_coerce(column, NullType()).label(column.name) for column in table.c]
    query = select(*columns).order_by(*table.primary_key.columns)
    with connection.execution_options(yield_per=PAGE).execute(query) as result:
        for page in result.partitions():
            yield [tuple(row) for row in page]


def begin(database: Database) -> None:
    """Mark an empty database as being filled, after emptying what an earlier, broken-off filling left.

    Raises `errors.Conflict` for a database that holds anything else.
    """
    claim(database)
    empty(database)


def claim(database: Database, number: int = 0) -> None:
    """Mark a database as being filled by the one who drew `number`; whoever did before fills it no more.

    Raises `errors.Conflict` for a database that holds anything but a broken-off filling.
    """
    with _alone(database) as connection:
        connection.exec_driver_sql(f"DELETE FROM {RESTORING}")  # noqa: S608 - the name is ours
        connection.exec_driver_sql(f"INSERT INTO {RESTORING} VALUES ({number:d})")  # noqa: S608 - as above


def empty(database: Database, number: int = 0) -> None:
    """Empty a database that was claimed with `number`.

    Raises `errors.Conflict` where another one has claimed it since: what lies there may be whole by now, and served.
    """
    with _alone(database) as connection:
        if filling(connection) != number:
            raise errors.Conflict(
                "Somebody else has begun to fill this database.",
                "Only one can; let that one finish.",
            )
        _empty(connection)


def filling(connection: Connection) -> int | None:
    """Return the number of whoever fills the database, None for one that is whole."""
    if not inspect(connection).has_table(RESTORING):
        return None
    # Before there were numbers, nothing stood there.
    number = connection.exec_driver_sql(f"SELECT max(number) FROM {RESTORING}").scalar()  # noqa: S608 - as above
    return int(number or 0)


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], found: Sequence[Row]
) -> None:
    """Insert rows whose values stand in the order of `columns`."""
    if found:
        named = [dict(zip(columns, row, strict=True)) for row in found]
        connection.execute(insert(table), named)


def align(connection: Connection) -> None:
    """Have numbers that the database gives out begin behind those that were inserted."""
    if connection.dialect.name != "postgresql":
        return
    owned = connection.execute(_SEQUENCES).all()
    # One that is empty is left alone: there is no number to begin behind.
    acts = [
        f"setval('{name}', (SELECT max({column}) FROM {table}))"  # noqa: S608 - quoted by the server
        for name, table, column in owned
    ]
    if acts:
        connection.exec_driver_sql(f"SELECT {', '.join(acts)}")


def is_restoring(database: Database) -> bool:
    """Tell whether the database is still being filled."""
    with database.read() as connection:
        return inspect(connection).has_table(RESTORING)


def require_whole(database: Database) -> None:
    """Refuse a database that is still being filled; raises `errors.Invalid`."""
    if is_restoring(database):
        raise errors.Invalid(
            "The database is half restored.",
            "Run the same `uphold restore` again, or the same `uphold move`.",
        )


def finish(database: Database) -> None:
    """Say that the database is whole: from now on it may be served."""
    with engine.storage_errors(), database.connect() as connection:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {RESTORING}")


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """Be the only one who claims or empties a database, in one transaction; it holds nothing but what may go."""
    with engine.storage_errors(), database.connect(engine.STALLED_SECONDS) as connection:
        is_sqlite = database.path is not None
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
        try:
            names = set(inspect(connection).get_table_names())
            if names and RESTORING not in names:
                raise errors.Conflict(
                    "The database is not empty.", "Name an empty one: nothing is ever overwritten."
                )
            connection.exec_driver_sql(f"CREATE TABLE IF NOT EXISTS {RESTORING} (number INTEGER)")
            if not is_sqlite:
                connection.exec_driver_sql(f"LOCK TABLE {RESTORING} IN EXCLUSIVE MODE")
            yield connection
        except BaseException:
            connection.invalidate()
            raise
        connection.exec_driver_sql("COMMIT")


def _empty(connection: Connection) -> None:
    found = MetaData()
    found.reflect(connection, resolve_fks=False)
    found.drop_all(connection, [table for name, table in found.tables.items() if name != RESTORING])
    if connection.dialect.name == "postgresql":
        for act in ("update", "delete"):
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS append_only_{act}()")

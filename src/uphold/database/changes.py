# SPDX-License-Identifier: Apache-2.0
"""What changes in a database while it is being copied: the key of each row that is written, by whatever process.

    begin      triggers on every table, and the table `database_change` that they fill
    renewed    whoever it is for says meanwhile that it lives: notes for nobody would grow for ever
    mark       how far it has come, in a snapshot or under the write lock
    keys, rows of what changed between two marks
    end        all of it is gone

Every batch takes the write lock before it writes, so that numbers follow the order of commits: what a mark covers
was committed before what it does not.
"""

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Column, Connection, Table, inspect, text
from sqlalchemy.exc import DBAPIError

from uphold import errors
from uphold.database import bulk, engine, process
from uphold.database.bulk import Row
from uphold.database.engine import Database

TABLE = "database_change"
_PLACES = ("a", "b", "c", "d")
"""Where the columns of a key stand; no table has a longer one."""
TERM_MS = 300_000
"""For how long notes count after it was said last that whoever they are for lives."""
RENEW_SECONDS = 30.0
# Each try waits as long as a lock is waited for (`engine.BUSY_SECONDS`).
_TRIES = 12
# How long PostgreSQL keeps what somebody does not take who is stopped, or was cut off.
_UNTAKEN = f"SET LOCAL tcp_user_timeout = {engine.STALLED_SECONDS * 1000}"
_BUSY = frozenset({"SQLITE_BUSY", "LockNotAvailable"})
_ACTS = ("insert", "update", "delete")
_MARK = text(f"SELECT coalesce(max(number), 0) FROM {TABLE}")  # noqa: S608 - the name is ours
# The first row is no change: it says for whom the rest is noted, and until when that counts.
_WHOSE = text(f"SELECT name, a AS until_at FROM {TABLE} WHERE number = 1")  # noqa: S608 - as above
_RENEW = text(f"UPDATE {TABLE} SET a = :until WHERE number = 1 AND name = :name")  # noqa: S608 - as above
_NAMES = text(
    f"SELECT name, count(*) FROM {TABLE} WHERE number > :after AND number <= :upto"  # noqa: S608 - as above
    " GROUP BY name ORDER BY name"
)


@contextmanager
def locked(database: Database, hold: Callable[[Connection], None]) -> Iterator[Connection]:
    """Hold the write lock; commits at the end, rolls back on any error. Others wait, for as long as they do.

    On PostgreSQL it is what `hold` locks, the row that every batch locks first (`journal.store.hold`), and the server
    takes it from whoever falls silent for `engine.STALLED_SECONDS`, as from every writer.
    Raises `errors.Unavailable` when others do not let go of it.
    """
    with engine.storage_errors(), database.connect() as connection:
        _lock(database, connection, hold)
        try:
            yield connection
        except BaseException:
            connection.invalidate()
            raise
        bulk.commit(connection)


def _lock(database: Database, connection: Connection, hold: Callable[[Connection], None]) -> None:
    """Begin under the write lock; it is asked for several times where others have much to write."""
    is_sqlite = connection.dialect.name == "sqlite"
    for left in reversed(range(_TRIES)):
        try:
            with database.turn():
                connection.exec_driver_sql("BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
            if not is_sqlite:
                connection.exec_driver_sql(_UNTAKEN)
                hold(connection)
        except DBAPIError as error:
            if not left or engine.name(error) not in _BUSY:
                raise
            if not is_sqlite:
                connection.exec_driver_sql("ROLLBACK")
        else:
            return


def begin(connection: Connection, tables: Sequence[Table], whose: str) -> None:
    """Begin to note what changes in these tables for a process (`process.named`); another's notes are thrown away."""
    end(connection)
    is_sqlite = connection.dialect.name == "sqlite"
    number = "INTEGER PRIMARY KEY" if is_sqlite else "BIGSERIAL PRIMARY KEY"
    kind = "BLOB" if is_sqlite else "TEXT"
    places = ", ".join(f"{place} {kind}" for place in _PLACES)
    connection.exec_driver_sql(f"CREATE TABLE {TABLE} (number {number}, name TEXT, {places})")
    connection.execute(text(f"INSERT INTO {TABLE} (name) VALUES (:name)"), {"name": whose})  # noqa: S608 - as above
    _renew(connection, whose)
    for table in tables:
        for statement in _sqlite(table) if is_sqlite else _postgresql(table):
            connection.exec_driver_sql(statement)


def end(connection: Connection) -> None:
    """Note nothing any more, and forget what was noted; nothing to do where nothing was."""
    if not inspect(connection).has_table(TABLE):
        return
    is_sqlite = connection.dialect.name == "sqlite"
    for name in inspect(connection).get_table_names():
        if is_sqlite:
            for act in _ACTS:
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {_called(name, act)}")
        else:
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {_called(name)}() CASCADE")
    connection.exec_driver_sql(f"DROP TABLE {TABLE}")


def is_on(connection: Connection) -> bool:
    """Tell whether changes are noted."""
    return inspect(connection).has_table(TABLE)


@contextmanager
def renewed(database: Database, whose: str) -> Iterator[None]:
    """Say meanwhile, again and again, that whoever the changes are noted for lives."""
    over = threading.Event()

    def renew() -> None:
        while not over.wait(RENEW_SECONDS):
            # What fails now is done another time, and notes that somebody else threw away need nothing.
            with (
                suppress(errors.UpholdError, DBAPIError),
                database.connect(engine.STALLED_SECONDS) as connection,
                database.turn(),
            ):
                _renew(connection, whose)

    thread = threading.Thread(target=renew, name="renew", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _renew(connection: Connection, whose: str) -> None:
    until = str(process.moment(connection) + TERM_MS)
    connection.execute(_RENEW, {"until": until, "name": whose})


def is_abandoned(connection: Connection) -> bool:
    """Tell whether changes are noted for nobody: whoever it was has ended, or has long not said that it lives."""
    if not is_on(connection):
        return False
    row = connection.execute(_WHOSE).one()
    now = process.moment(connection)
    return not process.lives(row.name, int(row.until_at or 0), now, TERM_MS)


def mark(connection: Connection, whose: str) -> int:
    """Return the number of the last change; raises `errors.Conflict` where somebody else notes them now."""
    if not is_on(connection) or connection.execute(_WHOSE).scalar() != whose:
        raise errors.Conflict(
            "Somebody else has begun to move this site.", "Only one can; let that one finish."
        )
    return int(connection.execute(_MARK).scalar_one())


def names(connection: Connection, after: int, upto: int) -> dict[str, int]:
    """Return the tables that changed between two marks, and how many changes there were."""
    found = connection.execute(_NAMES, {"after": after, "upto": upto})
    return {str(name): int(count) for name, count in found}


def keys(
    connection: Connection, table: Table, after: int, upto: int
) -> Generator[list[Row], None, None]:
    """Yield the keys of a table's rows that changed between two marks, each once, a page at a time."""
    places = ", ".join(_PLACES[: len(table.primary_key.columns)])
    query = f"SELECT DISTINCT {places} FROM {TABLE} WHERE name = '{table.name}' AND {_between(after, upto)}"  # noqa: S608 - names come from our own schema
    readers = [_reader(column, connection) for column in table.primary_key.columns]
    for page in bulk.query(connection, query, table.name):
        yield [tuple(read(one) for read, one in zip(readers, key, strict=True)) for key in page]


def rows(
    connection: Connection, table: Table, after: int, upto: int
) -> Generator[list[Row], None, None]:
    """Yield those of these rows that are still there, as they are now."""
    own = list(table.primary_key.columns)
    is_sqlite = connection.dialect.name == "sqlite"
    places = ", ".join(_PLACES[: len(own)])
    found = f"SELECT DISTINCT {places} FROM {TABLE} WHERE name = '{table.name}' AND {_between(after, upto)}"  # noqa: S608 - as above
    same = " AND ".join(
        f't."{column.name}" = {f"k.{place}" if is_sqlite else _typed(column, place)}'
        for column, place in zip(own, _PLACES, strict=False)
    )
    columns = ", ".join(f't."{column.name}"' for column in table.columns)
    yield from bulk.query(
        connection,
        f"SELECT {columns} FROM ({found}) k JOIN {table.name} t ON {same}",  # noqa: S608 - as above
        table.name,
    )


def _between(after: int, upto: int) -> str:
    return f"number > {after:d} AND number <= {upto:d}"


def _sqlite(table: Table) -> Iterator[str]:
    own = list(table.primary_key.columns)
    into = f"INSERT INTO {TABLE} (name, {', '.join(_PLACES[: len(own)])})"

    def key(state: str) -> str:
        return ", ".join(f'{state}."{column.name}"' for column in own)

    said = {
        "insert": f"SELECT '{table.name}', {key('NEW')}",
        "delete": f"SELECT '{table.name}', {key('OLD')}",
    }
    said["update"] = f"{said['delete']} UNION {said['insert']}"
    for act in _ACTS:
        yield (
            f"CREATE TRIGGER {_called(table.name, act)} AFTER {act} ON {table.name}"
            f" BEGIN {into} {said[act]}; END"
        )


def _postgresql(table: Table) -> Iterator[str]:
    """One note for a whole statement: a trigger for each row would cost as much as the row."""
    own = list(table.primary_key.columns)
    into = f"INSERT INTO {TABLE} (name, {', '.join(_PLACES[: len(own)])})"
    key = ", ".join(_written(column) for column in own)
    note = f"{into} SELECT '{table.name}', {key} FROM"
    yield (
        f"CREATE FUNCTION {_called(table.name)}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP <> 'INSERT' THEN {note} gone; END IF;"
        f" IF TG_OP <> 'DELETE' THEN {note} fresh; END IF;"
        " RETURN NULL; END $$"
    )
    states = {"insert": "NEW TABLE AS fresh", "delete": "OLD TABLE AS gone"}
    states["update"] = f"{states['delete']} {states['insert']}"
    for act in _ACTS:
        yield (
            f"CREATE TRIGGER {TABLE}_{act} AFTER {act} ON {table.name}"
            f" REFERENCING {states[act]} FOR EACH STATEMENT EXECUTE FUNCTION {_called(table.name)}()"
        )


def _called(table: str, act: str = "") -> str:
    return f"{TABLE}_of_{table}{act and '_'}{act}"


def _written(column: Column[Any]) -> str:
    """Say how PostgreSQL writes a column of a key as text."""
    if bulk.kind(column) == "bytea":
        return f"encode(\"{column.name}\", 'hex')"
    return f'"{column.name}"::text'


def _typed(column: Column[Any], place: str) -> str:
    """Say how PostgreSQL reads it again."""
    kind = bulk.kind(column)
    return f"decode(k.{place}, 'hex')" if kind == "bytea" else f"k.{place}::{kind}"


def _reader(column: Column[Any], connection: Connection) -> Any:
    if connection.dialect.name == "sqlite":
        return lambda one: one
    kind = bulk.kind(column)
    return bytes.fromhex if kind == "bytea" else str if kind == "text" else int

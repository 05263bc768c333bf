# SPDX-License-Identifier: Apache-2.0
"""A snapshot, then what changed: both sides are the same at each step, and a difference is noticed."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Column, LargeBinary, MetaData, Table, Text, event

from uphold import errors
from uphold.continuity.carry import Carrier
from uphold.database import bulk, changes, engine, schema, transfer
from uphold.database.engine import Database
from uphold.journal import store

ME = "me"
metadata = MetaData()
thing = Table(
    "thing",
    metadata,
    Column("number", schema.Number, primary_key=True, autoincrement=False),
    Column("text", Text),
    Column("raw", LargeBinary),
)


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = engine.create(url)
    try:
        with database.connect() as connection:
            metadata.create_all(connection)
            schema.metadata.tables["journal_head"].create(connection)
        yield database
    finally:
        database.dispose()


@pytest.fixture(params=["to the server", "to the file"])
def sides(
    request: pytest.FixtureRequest, sqlite_url: str, postgresql_url: str
) -> Iterator[tuple[Database, Database]]:
    """A database of each engine: where rows are, and where they go."""
    with opened(sqlite_url) as file, opened(postgresql_url) as server:
        yield (file, server) if request.param == "to the server" else (server, file)


def write(database: Database, *statements: str) -> None:
    with database.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def fill(database: Database) -> None:
    values = ", ".join(f"({at}, 'text {at}')" for at in range(700))
    write(database, f"INSERT INTO thing (number, text) VALUES {values}")


@contextmanager
def carrier(here: Database, there: Database) -> Iterator[Carrier]:
    with here.read() as connection:
        tables = transfer.tables(connection)
    with changes.locked(here, store.hold) as connection:
        changes.begin(connection, tables, ME)
    with there.connect() as connection:
        yield Carrier(tables, connection, ME, lambda _step, _done, _all: None)


@contextmanager
def copied(here: Database, there: Database) -> Iterator[Carrier]:
    fill(here)
    with carrier(here, there) as made:
        with here.read() as connection:
            made.copy(connection)
        yield made


def test_what_changes_is_carried_over_until_nothing_is_left(
    sides: tuple[Database, Database],
) -> None:
    here, there = sides
    fill(here)
    with carrier(here, there) as made:
        with here.read() as connection:
            # Noted, and in the snapshot: it is not carried over twice.
            write(here, "DELETE FROM thing WHERE number = 0")
            made.copy(connection)
            write(
                here,
                "DELETE FROM thing WHERE number = 1",
                "UPDATE thing SET text = 'new' WHERE number < 9",
            )
        with there.read() as connection:
            made.compare(connection)
        write(here, "INSERT INTO thing (number, text) VALUES (1, 'again'), (800, NULL)")
        with here.read() as connection:
            assert made.waiting(connection) > 0
            assert made.follow(connection) > 0
            assert (made.waiting(connection), made.follow(connection)) == (0, 0)
            made.compare(connection)
        with there.read() as connection:
            made.compare(connection)
            assert made.rows == 700
            found = connection.exec_driver_sql("SELECT text FROM thing ORDER BY number LIMIT 3")
            assert [row[0] for row in found] == ["again", "new", "new"]


def test_whose_lock_is_held_is_not_silent_while_the_other_side_is_read(
    sides: tuple[Database, Database],
) -> None:
    here, there = sides
    asked: list[str] = []
    with (
        copied(here, there) as made,
        changes.locked(here, store.hold) as held,
        there.read() as connection,
    ):
        event.listen(held, "before_cursor_execute", lambda *given: asked.append(given[2]))
        made.compare(connection, held)
    # As many as there are pages.
    assert len(asked) >= 700 // bulk.PAGE


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM thing WHERE number = 5", "UPDATE thing SET text = NULL WHERE number = 5"],
)
def test_a_difference_is_noticed(sides: tuple[Database, Database], statement: str) -> None:
    here, there = sides
    with copied(here, there) as made:
        write(there, statement)
        with there.read() as connection, pytest.raises(errors.Broken, match="differ in thing"):
            made.compare(connection)


def test_tables_of_another_version_are_refused(sides: tuple[Database, Database]) -> None:
    here, there = sides
    write(there, "ALTER TABLE thing RENAME COLUMN text TO other")
    with pytest.raises(errors.Broken, match="differ in thing"), carrier(here, there):
        pass

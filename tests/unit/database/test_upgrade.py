# SPDX-License-Identifier: Apache-2.0
"""Migrations: all or nothing, once, and the same tables that the rooms declare."""

import threading
from collections.abc import Iterator

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, inspect, select, text, update
from sqlalchemy.exc import IntegrityError

from tests.unit.database.conftest import declared
from uphold import errors
from uphold.access import use
from uphold.access.staff import access_staff
from uphold.consent.ledger import consent_event
from uphold.database import engine, upgrade
from uphold.database.engine import Database
from uphold.submission.record import submission_record

FIRST = (
    "INSERT INTO submission_record VALUES (7, 'contact', 1, 'ru', 'new', 1, 'nonce', 'tag', 2)",
    "INSERT INTO access_staff VALUES (7, 'anna', 'clerk', 'hash', 'active', 1, 2, 3)",
)
ACT = (1, "communication", "given", "a" * 64, "b" * 64, 1, "ru", 2, 3)


@pytest.fixture
def database(engine_url: str) -> Iterator[Database]:
    opened = engine.create(engine_url)
    yield opened
    opened.dispose()


def tables(database: Database) -> set[str]:
    with database.read() as connection:
        return set(inspect(connection).get_table_names())


def columns(connection: Connection, name: str) -> dict[str, tuple[str, bool, bool]]:
    """Column name to type, whether it may be null, whether it is part of the key."""
    inspector = inspect(connection)
    keys = inspector.get_pk_constraint(name)["constrained_columns"]
    return {
        column["name"]: (str(column["type"]), column["nullable"], column["name"] in keys)
        for column in inspector.get_columns(name)
    }


def test_an_empty_database_has_no_version(database: Database) -> None:
    assert upgrade.version(database) is None
    with pytest.raises(errors.Invalid, match="empty"):
        upgrade.require(database)


def test_every_table_is_made_as_it_is_declared(database: Database) -> None:
    upgrade.run(database)
    assert tables(database) == {*declared().tables, "alembic_version"}
    with database.read() as connection:
        for table in declared().tables.values():
            wanted = {
                column.name: (
                    column.type.compile(connection.dialect),
                    bool(column.nullable),
                    column.primary_key,
                )
                for column in table.columns
            }
            assert columns(connection, table.name) == wanted, table.name


def test_every_index_is_made(database: Database) -> None:
    upgrade.run(database)
    with database.read() as connection:
        inspector = inspect(connection)
        for table in declared().tables.values():
            found = {index["name"] for index in inspector.get_indexes(table.name)}
            assert {index.name for index in table.indexes} <= found, table.name
            unique = {
                tuple(c["column_names"]) for c in inspector.get_unique_constraints(table.name)
            }
            for column in table.columns:
                assert not column.unique or (column.name,) in unique, column


def revise(database: Database, revision: str) -> None:
    """Bring a database to an earlier version of the schema than `run` would."""
    config = Config()
    config.set_main_option("script_location", str(upgrade._MIGRATIONS))
    with database.connect() as connection:
        upgrade._begin(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()


def test_a_site_of_the_first_schema_keeps_what_it_holds(database: Database) -> None:
    revise(database, "0001")
    with database.connect() as connection:
        for statement in FIRST:
            connection.execute(text(statement))
    with pytest.raises(errors.Invalid, match="uphold upgrade"):
        upgrade.require(database)
    upgrade.run(database)
    upgrade.require(database)
    with database.connect() as connection:
        for table in (submission_record, access_staff):
            assert connection.execute(select(table.c.number, table.c.exercise)).all() == [(7, None)]
        with pytest.raises(IntegrityError, match="append-only"):
            connection.execute(update(submission_record).values(exercise=1))


def test_what_was_read_before_counts_for_its_purpose(database: Database) -> None:
    revise(database, "0001")
    readings = (
        "INSERT INTO access_reading VALUES (1, 7, 3, 'communication', NULL, 50, 3)",
        "INSERT INTO access_reading VALUES (2, 7, 3, 'communication', NULL, 60, 4)",
        "INSERT INTO access_reading VALUES (3, 7, 3, 'evidence', 'role-refused', 70, 5)",
        "INSERT INTO access_reading VALUES (4, 7, 0, 'evidence', NULL, 80, 6)",
    )
    with database.connect() as connection:
        for statement in (*FIRST, *readings):
            connection.execute(text(statement))
    upgrade.run(database)
    with database.read() as connection:
        assert use.last(connection) == {("contact", use.EVERY, "communication"): 60}


def test_a_second_time_there_is_nothing_to_do(database: Database) -> None:
    upgrade.run(database)
    before = tables(database)
    upgrade.run(database)
    assert tables(database) == before
    assert upgrade.version(database) == upgrade.HEAD
    upgrade.require(database)


def test_the_version_demanded_is_that_of_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(upgrade._MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [upgrade.HEAD]


def test_an_upgrade_that_fails_leaves_nothing_behind(database: Database) -> None:
    with database.connect() as connection:
        connection.execute(text("CREATE TABLE vault_part (number integer)"))
    with pytest.raises(errors.UpholdError):
        upgrade.run(database)
    assert tables(database) == {"vault_part"}
    assert upgrade.version(database) is None
    with database.connect() as connection:
        connection.execute(text("DROP TABLE vault_part"))
    upgrade.run(database)
    upgrade.require(database)


def test_processes_that_upgrade_at_once_do_it_once(engine_url: str) -> None:
    databases = [engine.create(engine_url) for _ in range(4)]
    failed: list[BaseException] = []

    def run(database: Database) -> None:
        try:
            upgrade.run(database)
        except errors.UpholdError as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    upgrade.require(databases[0])
    for database in databases:
        database.dispose()


def test_a_database_of_another_version_is_refused(database: Database) -> None:
    upgrade.run(database)
    with database.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(errors.Invalid, match=f"9999.*{upgrade.HEAD}"):
        upgrade.require(database)


def test_what_was_consented_to_cannot_be_rewritten_by_hand(database: Database) -> None:
    upgrade.run(database)
    with database.connect() as connection:
        connection.execute(insert(consent_event).values(ACT))
    for statement in (update(consent_event).values(act="withdrawn"), consent_event.delete()):
        with database.connect() as connection, pytest.raises(IntegrityError, match="append-only"):
            connection.execute(statement)
    with database.read() as connection:
        assert tuple(connection.execute(consent_event.select()).one()) == ACT

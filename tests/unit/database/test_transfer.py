# SPDX-License-Identifier: Apache-2.0
"""Rows out of one database and into another, and the mark on one that is half filled."""

import pytest
from sqlalchemy import insert

from uphold import errors
from uphold.database import engine, transfer, upgrade
from uphold.database.engine import Database


def execute(database: Database, statement: str) -> None:
    with database.connect() as connection:
        connection.exec_driver_sql(statement)


def test_rows_come_in_the_order_of_their_key_and_go_in_again(engine_url: str) -> None:
    database = engine.create(engine_url)
    upgrade.run(database)
    with database.connect() as connection:
        [table] = [one for one in transfer.tables(connection) if one.name == "vault_part"]
        names = [str(column.name) for column in table.columns]
        found = [(n, "purpose", 1, bytes([n])) for n in range(200, 0, -1)]
        transfer.insert_rows(connection, table, names, found)
        transfer.insert_rows(connection, table, names, [])
    with database.read() as connection:
        pages = list(transfer.rows(connection, table))
    assert len(pages) > 1
    assert [row for page in pages for row in page] == found[::-1]
    database.dispose()


def test_numbers_that_the_database_gives_begin_behind(engine_url: str) -> None:
    database = engine.create(engine_url)
    upgrade.run(database)
    with database.connect() as connection:
        [table] = [one for one in transfer.tables(connection) if one.name == "access_invite"]
        names = ("number", "staff", "digest", "by", "created_at", "expires_at", "spent_at")
        transfer.insert_rows(connection, table, names, [(41, 1, b"a", 1, 1, 1, None)])
        transfer.align(connection)
        more = {"staff": 1, "digest": b"b", "by": 1, "created_at": 1, "expires_at": 1}
        made = connection.execute(insert(table).values(**more).returning(table.c.number))
        assert made.scalar_one() == 42
    database.dispose()


def test_a_half_filled_database_is_marked_and_emptied_to_begin_again(engine_url: str) -> None:
    database = engine.create(engine_url)
    transfer.begin(database)
    upgrade.run(database)
    with pytest.raises(errors.Invalid, match="half restored"):
        transfer.require_whole(database)
    transfer.begin(database)
    with database.read() as connection:
        assert transfer.tables(connection) == []
    upgrade.run(database)
    transfer.finish(database)
    assert not transfer.is_restoring(database)
    transfer.require_whole(database)
    with pytest.raises(errors.Conflict, match="not empty"):
        transfer.begin(database)
    database.dispose()


def test_who_comes_too_late_empties_nothing(engine_url: str) -> None:
    """Another one claimed the database since, and may have filled it to the end."""
    database = engine.create(engine_url)
    for number in (3, 4):
        transfer.claim(database, number)
    transfer.empty(database, 4)
    execute(database, "CREATE TABLE mine (number integer)")
    with pytest.raises(errors.Conflict, match="Somebody else"):
        transfer.empty(database, 3)
    with database.read() as connection:
        assert transfer.filling(connection) == 4
        assert [table.name for table in transfer.tables(connection)] == ["mine"]
    transfer.finish(database)
    for act in (transfer.claim, transfer.empty):
        with pytest.raises(errors.Conflict, match="not empty"):
            act(database, 4)
    with database.read() as connection:
        assert transfer.filling(connection) is None
        assert [table.name for table in transfer.tables(connection)] == ["mine"]
    database.dispose()


def test_a_filling_from_before_there_were_numbers_has_none(engine_url: str) -> None:
    database = engine.create(engine_url)
    execute(database, f"CREATE TABLE {transfer.RESTORING} (number INTEGER)")
    with database.read() as connection:
        assert transfer.filling(connection) == 0
    transfer.begin(database)
    with database.read() as connection:
        assert transfer.filling(connection) == 0
    database.dispose()


def test_what_is_not_ours_is_never_emptied(engine_url: str) -> None:
    database = engine.create(engine_url)
    execute(database, "CREATE TABLE mine (number integer)")
    with pytest.raises(errors.Conflict):
        transfer.begin(database)
    with database.read() as connection:
        assert [table.name for table in transfer.tables(connection)] == ["mine"]
    database.dispose()

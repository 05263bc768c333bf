# SPDX-License-Identifier: Apache-2.0
"""Nobody writes to a database that was moved away from, and nobody opens it."""

import pytest

from tests.unit.database.conftest import Call, Room, put
from uphold import errors
from uphold.database import changes, engine, moved, upgrade
from uphold.journal import store


def test_a_process_that_was_not_told_can_write_no_more(room: Room) -> None:
    room.writer.run(put(1))
    with changes.locked(room.database, store.hold) as connection:
        late = Call(room.writer, put(2))
        assert not moved.is_moved(connection)
        moved.mark(connection, 1_700_000_000_000, 7)
        store.forsake(connection)
    assert isinstance(late.outcome, errors.Moved)
    with pytest.raises(errors.Moved):
        room.writer.run(put(3))
    assert isinstance(Call(room.writer, lambda tx: tx.now).outcome, errors.Moved)
    with room.database.read() as connection:
        newest = store.last(connection)
        assert moved.is_moved(connection)
        assert moved.number(connection) == 7
    assert newest is not None
    assert newest.size == 2


def test_a_lost_head_row_is_no_mark(room: Room) -> None:
    room.writer.run(put(1))
    with room.database.connect() as connection:
        connection.exec_driver_sql("DELETE FROM journal_head")
        assert not moved.is_moved(connection)
    with pytest.raises(errors.Broken):
        room.writer.run(put(2))


def test_it_is_neither_opened_nor_upgraded(sqlite_url: str) -> None:
    database = engine.create(sqlite_url)
    upgrade.run(database, "0001")
    with changes.locked(database, store.hold) as connection:
        moved.mark(connection, 1)
        store.forsake(connection)
    for act in (upgrade.require, upgrade.run):
        with pytest.raises(errors.Moved) as told:
            act(database)
    assert "uphold move" in told.value.advice
    database.dispose()

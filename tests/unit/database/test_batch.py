# SPDX-License-Identifier: Apache-2.0
"""One batch: the lock, the buffer, the order of columns, the way back."""

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, bindparam, delete, func, select, text, update

from tests.unit.database.conftest import Room, mark, thing
from uphold import errors
from uphold.database.batch import Batch
from uphold.database.transaction import Appender, Transaction


def count(connection: Connection) -> int:
    found: int = connection.execute(select(func.count()).select_from(thing)).scalar_one()
    return found


def test_a_batch_names_itself_and_its_time(room: Room) -> None:
    with room.database.connect() as connection:
        first = Batch(connection, room.log)
        first.rollback()
        second = Batch(connection, room.log)
        second.rollback()
    assert len(first.batch) == 16
    assert first.batch != second.batch
    assert 0 < first.now <= second.now


def test_statements_see_buffered_rows_in_order(room: Room) -> None:
    with room.database.connect() as connection:
        batch = Batch(connection, room.log)
        batch.insert(thing, (1, "one", None))
        batch.insert(thing, (2, "two", b"\0\xff"))
        batch.execute(delete(thing).where(thing.c.number == 1))
        batch.insert(thing, (1, "one again", b""))
        batch.commit()
        rows = connection.execute(select(thing).order_by(thing.c.number)).all()
    assert [tuple(row) for row in rows] == [(1, "one again", b""), (2, "two", b"\0\xff")]


FOUND = (
    select(thing.c.text, thing.c.raw)
    .where(thing.c.number == bindparam("which"), thing.c.text != "three")
    .with_for_update()
)
CHANGE = update(thing).where(thing.c.number == bindparam("which")).values(text=bindparam("to"))


def test_a_statement_of_ones_own_goes_straight_to_the_driver(room: Room) -> None:
    with room.database.connect() as connection:
        batch = Batch(connection, room.log)
        batch.insert(thing, (1, "one", b"\0\xff"))
        for which, row in ((1, ("one", b"\0\xff")), (2, None)):
            found = batch.run(FOUND, {"which": which})
            assert found.fetchone() == row
            assert found.fetchone() is None
        assert batch.run(CHANGE, {"to": "three", "which": 1}).rowcount == 1
        assert batch.run(CHANGE, {"to": "three", "which": 2}).rowcount == 0
        assert batch.run(FOUND, {"which": 1}).fetchone() is None
        batch.commit()


def test_rolled_back_is_as_if_it_never_was(room: Room) -> None:
    with room.database.connect() as connection:
        batch = Batch(connection, room.log)
        batch.insert(thing, (1, "one", None))
        batch.insert(mark, (1,))
        batch.flush()
        batch.rollback()
        batch.rollback()
        assert count(connection) == 0


def test_rows_go_by_the_names_of_columns(room: Room) -> None:
    """A migrated table has its new columns last, wherever its declaration has them."""
    with room.database.connect() as connection:
        connection.execute(text("DROP TABLE thing"))
        binary = "bytea" if connection.dialect.name == "postgresql" else "blob"
        connection.execute(
            text(f"CREATE TABLE thing (raw {binary}, text text, number bigint primary key)")
        )
        batch = Batch(connection, room.log)
        batch.insert(thing, (7, "seven", b"raw"))
        batch.commit()
        assert tuple(connection.execute(select(thing)).one()) == (7, "seven", b"raw")


def test_it_is_asked_from_commit_on(room: Room) -> None:
    with room.database.connect() as connection:
        batch = Batch(connection, room.log)
        batch.flush()
        assert not batch.asked
        batch.commit()
        assert batch.asked


@dataclass
class Damaged:
    """A journal that cannot be appended to."""

    def open(self, tx: Transaction) -> Appender:
        tx.execute(select(func.count()).select_from(thing))
        raise errors.Broken("The journal is damaged.", "Look at it.")

    def holds(self, connection: Connection, batch: bytes) -> bool:
        return False


def test_a_journal_that_does_not_open_holds_no_lock(room: Room) -> None:
    with room.database.connect() as connection:
        with pytest.raises(errors.Broken):
            Batch(connection, Damaged())
        # The lock is free, on this connection as on any other.
        Batch(connection, room.log).rollback()
    room.writer.run(lambda tx: tx.insert(thing, (1, "one", None)))


def test_the_server_names_its_process(room: Room) -> None:
    with room.database.connect() as connection:
        batch = Batch(connection, room.log)
        batch.rollback()
        if connection.dialect.name == "sqlite":
            assert batch.backend == 0
        else:
            own = connection.execute(text("SELECT pg_backend_pid()")).scalar()
            assert batch.backend == own

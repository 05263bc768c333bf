# SPDX-License-Identifier: Apache-2.0
"""Statements sent together: answered in their order, refused together, prepared once."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, bindparam, select, text, update

from tests.unit.database.conftest import Room, thing
from uphold import errors
from uphold.database import wire
from uphold.database.wire import Said

BEGIN, COMMIT = Said(b"BEGIN"), Said(b"COMMIT")
PUT = b"INSERT INTO thing (number, text, raw) VALUES ($1, $2, $3)"
FIND = select(thing).where(thing.c.number == bindparam("which"))
CHANGE = update(thing).where(thing.c.number == bindparam("which")).values(text=bindparam("to"))


def put(number: int, raw: bytes | None = b"\0\xff") -> Said:
    return Said(PUT, (number.to_bytes(8, "big"), b"one", raw), (20, 25, 17))


@pytest.fixture
def connection(room_server: Room) -> Iterator[Connection]:
    with room_server.database.connect() as found:
        yield found


def prepared(connection: Connection) -> int:
    ours = "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE '% uphold %'"
    return int(connection.execute(text(ours)).scalar_one())


def test_answers_come_in_order(connection: Connection) -> None:
    asked = wire.of(connection)
    answers = asked.ask([BEGIN, put(1), put(2, None), asked.said(FIND, {"which": 2}), COMMIT])
    assert [one.command for one in answers[:3]] == [b"BEGIN", b"INSERT 0 1", b"INSERT 0 1"]
    assert answers[1].rowcount == 1
    assert answers[3].fetchone() == (2, "one", None)
    assert answers[3].fetchone() is None
    assert answers[4].command == b"COMMIT"
    assert asked.ask([asked.said(FIND, {"which": 1})])[0].fetchone() == (1, "one", b"\0\xff")


def test_a_statement_is_prepared_once_for_a_connection(connection: Connection) -> None:
    for number in range(1, 4):
        wire.of(connection).ask([put(number)])
    assert prepared(connection) == 1


def test_behind_one_that_fails_nothing_is_done(connection: Connection) -> None:
    asked = wire.of(connection)
    asked.ask([put(1)])
    with pytest.raises(psycopg.errors.UniqueViolation):
        asked.ask([BEGIN, put(2), put(1), put(3), COMMIT])
    asked.rollback()
    assert connection.execute(select(thing.c.number)).scalars().all() == [1]
    # What was not prepared then is prepared now.
    assert asked.ask([BEGIN, put(2), COMMIT])[2].command == b"COMMIT"


def test_what_the_server_forgets_with_a_rollback_is_prepared_anew(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    driver.prepare_threshold = 0
    asked = wire.of(connection)
    asked.ask([BEGIN, put(1)])
    # Now the driver has something prepared too, which it has the server forget.
    connection.execute(select(thing.c.number))
    asked.rollback()
    asked.rollback()
    asked.ask([BEGIN, put(1), COMMIT])
    assert connection.execute(select(thing.c.number)).scalars().all() == [1]


def test_what_cannot_be_prepared_is_told_each_time(connection: Connection) -> None:
    for _ in range(2):
        with pytest.raises(psycopg.errors.UndefinedTable):
            wire.of(connection).ask([Said(b"SELECT * FROM nothing")])
    assert prepared(connection) == 0


@pytest.mark.parametrize("which", [1, 2])
def test_one_row_can_be_demanded(connection: Connection, which: int) -> None:
    asked = wire.of(connection)
    asked.ask([put(1)])
    change = wire.one(asked.said(CHANGE, {"which": which, "to": "two"}))
    if which == 1:
        asked.ask([change])
    else:
        with pytest.raises(errors.Broken, match="moved"):
            asked.ask([change])
    found = connection.execute(select(thing.c.text)).scalars().all()
    assert found == ["two" if which == 1 else "one"]


def test_more_than_fits_the_line_is_sent(connection: Connection) -> None:
    blob = bytes(1 << 20)
    wire.of(connection).ask([BEGIN, *[put(number, blob) for number in range(1, 9)], COMMIT])
    stored = text("SELECT sum(length(raw)) FROM thing")
    assert connection.execute(stored).scalar_one() == 8 << 20


def test_a_line_that_is_cut_is_trouble(room_server: Room, connection: Connection) -> None:
    asked = wire.of(connection)
    driver: Any = connection.connection.driver_connection
    asked.ask([put(1)])
    with psycopg.connect(room_server.url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", (driver.info.backend_pid,))
    with pytest.raises(psycopg.OperationalError):
        asked.ask([put(2)])
    assert driver.closed

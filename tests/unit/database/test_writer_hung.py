# SPDX-License-Identifier: Apache-2.0
"""A server that hangs, or was replaced while it hung: whoever waits for it is told in time, and goes to another one."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from tests.unit.database.conftest import Call, Room, put
from uphold import errors
from uphold.database import engine


@pytest.fixture
def room_hasty(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Room]:
    """A room on PostgreSQL in which nobody waits long for an answer."""
    monkeypatch.setattr(engine, "STALLED_SECONDS", 1)
    monkeypatch.setattr(engine, "READ_SECONDS", 0.5)
    made = Room(postgresql_url, tmp_path)
    made.writer.run(put(1))
    yield made
    made.close()


def driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


@contextmanager
def stopped(connection: Connection) -> Iterator[None]:
    """The server's process that works for a connection does not answer: the kernel does, so that it seems alive."""
    pid = driver(connection).info.backend_pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_batch_does_not_wait_for_ever(room_hasty: Room) -> None:
    room = room_hasty
    connection = room.writer._connection
    assert connection is not None
    with stopped(connection):
        # Nothing was asked of it yet, so that another connection can be taken.
        assert isinstance(Call(room.writer, put(2)).outcome, bytes)
    assert room.numbers() == [1, 2]


def test_whoever_reads_does_not_wait_for_ever(room_hasty: Room) -> None:
    def read() -> None:
        with room_hasty.database.read() as connection, stopped(connection):
            connection.execute(select(1))

    with pytest.raises(errors.Unavailable, match="NoAnswer"):
        read()
    assert room_hasty.numbers() == [1]


def test_nobody_reads_from_a_server_that_was_replaced(room_server: Room) -> None:
    """Its connections outlive the promotion where the server was only cut off, or its machine stood still."""
    with room_server.database.read() as connection:
        system = driver(connection).system
    primary = room_server.database._primary
    assert primary is not None
    primary._timelines[system] += 1
    with pytest.raises(errors.Unavailable, match="OldPrimary"), room_server.database.read():
        pass
    primary._timelines[system] -= 1
    assert room_server.numbers() == []

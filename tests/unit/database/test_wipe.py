# SPDX-License-Identifier: Apache-2.0
"""Wiping waits for whoever reads, and keeps out nobody who writes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from tests.unit.database.conftest import Room, put
from uphold import errors
from uphold.database import engine


def log_bytes(room: Room) -> int:
    assert room.database.path is not None
    return Path(f"{room.database.path}-wal").stat().st_size


@contextmanager
def asked(room: Room) -> Iterator[list[str]]:
    """What is said meanwhile through connections that may write."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    event.listen(room.database._writers, "before_cursor_execute", note)
    yield found
    event.remove(room.database._writers, "before_cursor_execute", note)


def test_who_wipes_waits_for_readers_and_lets_others_write(
    room_file: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "WIPE_SECONDS", 2.0)
    told: list[errors.Unavailable] = []

    def wipe() -> None:
        try:
            room_file.database.wipe()
        except errors.Unavailable as error:
            told.append(error)

    with room_file.database.read() as connection:
        room_file.log.head(connection)
        room_file.writer.run(put(0))
        wiping = threading.Thread(target=wipe)
        wiping.start()
        number = 0
        while wiping.is_alive():
            number += 1
            room_file.writer.run(put(number))
    assert number >= 3
    assert ["overwritten" in one.message for one in told] == [True]
    room_file.database.wipe()
    assert room_file.numbers() == list(range(number + 1))
    assert log_bytes(room_file) == 0


def test_nobody_is_kept_out_while_somebody_reads_what_is_older(
    room_file: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To empty the log takes the write lock: it is not asked for before everything is copied without it."""
    monkeypatch.setattr(engine, "WIPE_SECONDS", 0.3)
    with room_file.database.read() as connection:
        room_file.log.head(connection)
        room_file.writer.run(put(0))
        with asked(room_file) as found, pytest.raises(errors.Unavailable, match="overwritten"):
            room_file.database.wipe()
    assert sum("PASSIVE" in one for one in found) > 1
    assert not any("TRUNCATE" in one for one in found)
    with asked(room_file) as found:
        room_file.database.wipe()
    assert [one for one in found if "checkpoint" in one][-1].endswith("(TRUNCATE)")
    assert log_bytes(room_file) == 0


def test_whoever_reads_shortly_does_not_keep_it_from_wiping(room_file: Room) -> None:
    """Somebody writes and somebody reads what is a little older, all the time."""
    done = threading.Event()
    pause = threading.Event()

    def read() -> None:
        while not done.is_set():
            with room_file.database.read() as connection:
                room_file.log.head(connection)
                pause.wait(0.03)

    def write() -> None:
        number = 0
        while not done.is_set():
            room_file.writer.run(put(number))
            number += 1

    busy = [threading.Thread(target=work) for work in (read, read, read, write)]
    for one in busy:
        one.start()
    try:
        room_file.database.wipe()
    finally:
        done.set()
        for one in busy:
            one.join()
    assert room_file.numbers()


def test_a_server_overwrites_by_itself(room_server: Room) -> None:
    with asked(room_server) as found:
        room_server.database.wipe()
    assert found == []

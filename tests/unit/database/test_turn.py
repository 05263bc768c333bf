# SPDX-License-Identifier: Apache-2.0
"""Whoever waits for the write lock gets it, however fast another process comes back."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.unit.database.conftest import ORIGIN, SIGNER, Room, put
from uphold.database import engine, turn
from uphold.database.engine import Database
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal.log import Log

HELD_SECONDS = 0.05


@pytest.fixture
def other(room: Room) -> Iterator[Writer]:
    """The writer of another process."""
    database = Database(room.url)
    with closing(Writer(database, Log(ORIGIN, SIGNER, None))) as writer:
        yield writer
    database.dispose()


def test_who_writes_without_a_pause_starves_nobody(room: Room, other: Writer) -> None:
    done = threading.Event()

    def hold(_: Transaction) -> None:
        time.sleep(HELD_SECONDS)

    def go_on() -> None:
        while not done.is_set():
            other.run(hold)

    busy = threading.Thread(target=go_on)
    busy.start()
    try:
        for number in range(5):
            room.writer.run(put(number))
    finally:
        done.set()
        busy.join()
    assert room.numbers() == list(range(5))


def test_a_turn_ends_with_whoever_has_it(tmp_path: Path) -> None:
    log = tmp_path / "x.sqlite-wal"
    log.touch()
    with turn.taken(tmp_path / "x.sqlite", 0):
        handle = os.open(log, os.O_RDONLY)
        assert not turn.wait(handle, 0.05)
    assert turn.wait(handle, 0)
    os.close(handle)


def test_without_turns_everybody_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with turn.taken(tmp_path / "nowhere.sqlite", 60), turn.taken(tmp_path / "nowhere.sqlite", 60):
        pass

    def refuse(_handle: int, _act: int) -> None:
        raise OSError

    (tmp_path / "x.sqlite-wal").touch()
    monkeypatch.setattr(fcntl, "flock", refuse)
    with turn.taken(tmp_path / "x.sqlite", 60), turn.taken(tmp_path / "x.sqlite", 60):
        pass


def test_whoever_holds_the_folder_holds_up_nobody(room_file: Room) -> None:
    """As a backup into it does, or a restore beside it."""
    assert room_file.database.path is not None
    handle = os.open(room_file.database.path.parent, os.O_RDONLY)
    assert turn.wait(handle, 0)
    began = time.monotonic()
    with room_file.database.turn():
        assert time.monotonic() - began < engine.BUSY_SECONDS
    os.close(handle)

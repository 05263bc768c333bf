# SPDX-License-Identifier: Apache-2.0
"""Trouble of the storage: everybody is told, nothing is half written, and work goes on by itself."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pysqlite3.dbapi2 as sqlite
import pytest
from sqlalchemy import Connection, select

from tests import pair
from tests.postgresql import Server
from tests.unit.database.conftest import Room, put
from tests.unit.database.proxy import Proxy
from uphold import errors
from uphold.database import engine, writer as writers
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer


def path_of(room: Room) -> Path:
    assert room.database.path is not None
    return room.database.path


def terminate(room: Room, pid: int) -> None:
    with psycopg.connect(room.url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", (pid,))


def backend(room: Room) -> int:
    """The server's process that works for the writer."""
    connection = room.writer._connection
    assert connection is not None
    driver: Any = connection.connection.driver_connection
    return int(driver.info.backend_pid)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks are waited for a second only."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 1)


# --- locked ---------------------------------------------------------------------------------------


@pytest.fixture
def lock(impatient: None, room: Room) -> Iterator[tuple[Room, Any]]:
    """A room whose write lock somebody else can take with `execute`."""
    other: Any
    if room.database.dialect == "sqlite":
        other = sqlite.connect(path_of(room), isolation_level=None, check_same_thread=False)
    else:
        other = psycopg.connect(room.url, autocommit=True)
    yield room, other
    other.close()


def take(room: Room, other: Any) -> None:
    other.execute("BEGIN IMMEDIATE" if room.database.dialect == "sqlite" else "BEGIN")
    other.execute("UPDATE journal_head SET size = size")


def test_a_locked_database_is_unavailable_and_then_goes_on(lock: tuple[Room, Any]) -> None:
    room, other = lock
    room.writer.run(put(1))
    take(room, other)
    with pytest.raises(errors.Unavailable, match=r"SQLITE_BUSY|LockNotAvailable"):
        room.writer.run(put(2))
    other.execute("ROLLBACK")
    room.writer.run(put(3))
    assert room.numbers() == [1, 3]


def test_a_short_lock_is_waited_for(lock: tuple[Room, Any]) -> None:
    room, other = lock
    take(room, other)
    threading.Timer(0.2, other.execute, ("ROLLBACK",)).start()
    room.writer.run(put(1))
    assert room.numbers() == [1]


def test_each_member_of_a_batch_is_told(lock: tuple[Room, Any]) -> None:
    room, other = lock
    take(room, other)
    outcomes: list[Any] = []

    def call(number: int) -> None:
        try:
            outcomes.append(room.writer.run(put(number)))
        except errors.Unavailable as error:
            outcomes.append(error)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    other.execute("ROLLBACK")
    assert [type(outcome) for outcome in outcomes] == [errors.Unavailable] * 5
    assert len({id(outcome) for outcome in outcomes}) == 5
    assert room.numbers() == []


# --- the file -------------------------------------------------------------------------------------


def test_a_vanished_file_is_unavailable_until_it_is_back(room_file: Room) -> None:
    path = path_of(room_file)
    room_file.writer.run(put(1))
    path.rename(path.with_suffix(".away"))
    for number in (2, 3):
        with pytest.raises(errors.Unavailable, match="cannot be reached"):
            room_file.writer.run(put(number))
    assert not path.exists()
    path.with_suffix(".away").rename(path)
    room_file.writer.run(put(4))
    assert room_file.numbers() == [1, 4]


def test_an_older_file_is_refused_until_the_newer_one_is_back(
    room_file: Room, tmp_path: Path
) -> None:
    path = path_of(room_file)

    def checkpoint() -> None:
        with room_file.database.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    room_file.writer.run(put(1))
    checkpoint()
    shutil.copy(path, tmp_path / "older")
    room_file.writer.run(put(2))
    checkpoint()
    path.rename(tmp_path / "newer")
    (tmp_path / "older").rename(path)
    for number in (3, 4):
        with pytest.raises(errors.Broken, match="head file knows 3"):
            room_file.writer.run(put(number))
    path.unlink()
    (tmp_path / "newer").rename(path)
    room_file.writer.run(put(5))
    assert room_file.numbers() == [1, 2, 5]


def test_a_full_disk_is_unavailable_and_nothing_is_half_written(room_file: Room) -> None:
    room = room_file
    room.writer.run(put(1))
    room.writer.close()
    full = True

    def limit(connection: Connection) -> None:
        if full:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    room.writer = Writer(room.database, room.log, on_connect=limit)
    for _ in range(2):
        with pytest.raises(errors.Unavailable, match="SQLITE_FULL"):
            room.writer.run(put(2, b"x" * 100_000))
    assert room.numbers() == [1]
    full = False
    room.writer.run(put(2, b"x" * 100_000))
    assert room.numbers() == [1, 2]


# --- the server -----------------------------------------------------------------------------------


def test_a_connection_lost_while_idle_costs_nobody_anything(room_server: Room) -> None:
    room_server.writer.run(put(1))
    terminate(room_server, backend(room_server))
    room_server.writer.run(put(2))
    assert room_server.numbers() == [1, 2]


def test_a_server_that_forgot_what_was_prepared_costs_nobody_anything(room_server: Room) -> None:
    """As one behind a pooler, which goes on with another process of the server."""
    room_server.writer.run(put(1))
    connection = room_server.writer._connection
    assert connection is not None
    connection.exec_driver_sql("DEALLOCATE ALL")
    room_server.writer.run(put(2))
    assert room_server.numbers() == [1, 2]


def test_a_connection_lost_during_work_fails_all_and_stores_nothing(room_server: Room) -> None:
    room = room_server

    def die(tx: Transaction) -> None:
        put(2)(tx)
        terminate(room, backend(room))

    outcomes = room.together(put(1), die, put(3))
    assert [type(outcome) for outcome in outcomes] == [errors.Unavailable] * 3
    room.writer.run(put(4))
    assert room.numbers() == [4]


@pytest.fixture
def proxied(postgresql_url: str, tmp_path: Path) -> Iterator[tuple[Room, Proxy]]:
    """A room whose every connection goes through a proxy."""
    proxy = Proxy(postgresql_url)
    room = Room(proxy.url, tmp_path)
    yield room, proxy
    room.close()
    proxy.close()


def test_a_commit_that_never_arrived_stored_nothing(proxied: tuple[Room, Proxy]) -> None:
    room, proxy = proxied
    proxy.cut = "before"
    with pytest.raises(errors.Unavailable, match="OperationalError"):
        room.writer.run(put(1))
    assert proxy.was_cut.is_set()
    room.writer.run(put(2))
    assert room.numbers() == [2]


def test_a_commit_whose_answer_was_lost_is_found_by_its_batch(
    proxied: tuple[Room, Proxy],
) -> None:
    room, proxy = proxied
    proxy.cut = "answer"
    batch = room.writer.run(put(1))
    assert proxy.was_cut.is_set()
    assert room.numbers() == [1]
    assert room.writer.run(put(2)) != batch
    assert room.numbers() == [1, 2]


@pytest.fixture
def standby(postgresql_server: Server) -> Iterator[Server]:
    """A server that waits at each COMMIT for a standby that does not exist."""
    yield postgresql_server
    release(postgresql_server)


def demand(server: Server) -> None:
    server.command("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    server.command("SELECT pg_reload_conf()")
    # The server hears of it by and by: a commit that waits is the sign.
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    with psycopg.connect(server.url("postgres"), autocommit=True) as other:
        sent = threading.Thread()
        while other.execute(waits).fetchone() != (1,):
            if not sent.is_alive():
                write = ("SELECT pg_logical_emit_message(true, 'test', '')",)
                sent = threading.Thread(target=server.command, args=write, daemon=True)
                sent.start()


def release(server: Server) -> None:
    server.command("ALTER SYSTEM RESET synchronous_standby_names")
    server.command("SELECT pg_reload_conf()")


def test_a_commit_still_under_way_is_waited_for(
    proxied: tuple[Room, Proxy], standby: Server
) -> None:
    room, proxy = proxied
    demand(standby)
    proxy.cut = "deaf"
    timer = threading.Timer(1.0, release, (standby,))
    timer.start()
    # Until the server is done the batch cannot be seen; it must not pass for a batch that is not there.
    room.writer.run(put(1))
    assert proxy.was_cut.is_set()
    timer.join()
    assert room.numbers() == [1]


def test_a_commit_that_ends_while_it_is_asked_about_is_found(
    proxied: tuple[Room, Proxy], standby: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server counts its processes as they are, after the moment for which it shows rows."""
    room, proxy = proxied
    demand(standby)
    proxy.cut = "deaf"
    is_at_work = engine.is_at_work

    def ends_meanwhile(connection: Connection, backend: int) -> bool:
        connection.execute(select(1))
        release(standby)
        with psycopg.connect(room.url, autocommit=True) as other:
            there = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
            pair.eventually(lambda: other.execute(there, (backend,)).fetchone() == (0,))
        return is_at_work(connection, backend)

    monkeypatch.setattr(engine, "is_at_work", ends_meanwhile)
    room.writer.run(put(1))
    assert room.numbers() == [1]


def test_an_outcome_that_nobody_knows_is_not_called_nothing_stored(
    proxied: tuple[Room, Proxy], standby: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "LOOKUP_SECONDS", 0.5)
    room, proxy = proxied
    demand(standby)
    proxy.cut = "deaf"
    with pytest.raises(errors.Unavailable, match="did not say") as caught:
        room.writer.run(put(1))
    assert "Nothing was stored" not in str(caught.value)
    release(standby)
    room.writer.run(put(2))
    assert room.numbers() == [1, 2]


def test_a_server_that_restarts_is_used_again(room_server: Room, postgresql_server: Server) -> None:
    room_server.writer.run(put(1))
    postgresql_server.stop()
    try:
        with pytest.raises(errors.Unavailable):
            room_server.writer.run(put(2))
        with pytest.raises(errors.Unavailable), room_server.database.read():
            pass
    finally:
        postgresql_server.start()
    room_server.writer.run(put(3))
    assert room_server.numbers() == [1, 3]
    postgresql_server.stop("immediate")
    postgresql_server.start()
    room_server.writer.run(put(4))
    assert room_server.numbers() == [1, 3, 4]

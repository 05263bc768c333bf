# SPDX-License-Identifier: Apache-2.0
"""Opening a database: hardened, never made by accident, and its trouble told by its kind."""

import shutil
import stat
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pysqlite3.dbapi2 as sqlite
import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from tests import postgresql
from tests.unit.database.conftest import Room, put, thing
from uphold import errors
from uphold.database import engine, postgresql as driver
from uphold.database.engine import Database

THREADS = 40
"""So many requests a process handles at once, each in a thread of its own (anyio's default)."""


def pragma(database: Database, name: str, *, writer: bool) -> object:
    opened = database._writers if writer else database._readers
    with opened.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


@pytest.mark.parametrize("writer", [True, False])
def test_sqlite_is_hardened(sqlite_url: str, writer: bool) -> None:
    database = engine.create(sqlite_url)
    assert pragma(database, "journal_mode", writer=writer) == "wal"
    assert pragma(database, "synchronous", writer=writer) == 2
    assert pragma(database, "secure_delete", writer=writer) == 1
    assert pragma(database, "trusted_schema", writer=writer) == 0
    assert pragma(database, "cell_size_check", writer=writer) == 1
    assert pragma(database, "temp_store", writer=writer) == 2
    assert pragma(database, "query_only", writer=writer) == int(not writer)
    database.dispose()


def test_a_reader_keeps_less_in_memory_than_the_writer(room_file: Room) -> None:
    """There are many of them, and each keeps what it read until another one needs its place."""
    writer, reader = (
        int(str(pragma(room_file.database, "cache_size", writer=one))) for one in (True, False)
    )
    # As KiB, below nought.
    assert writer < reader == -engine.READER_CACHE_KIB


def test_sqlite_is_past_the_versions_that_corrupt() -> None:
    assert sqlite.sqlite_version_info >= engine.OLDEST_SQLITE


def test_an_old_sqlite_is_refused(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(errors.Invalid, match="corrupt"):
        engine.create(sqlite_url)


def test_only_the_owner_may_open_the_file(tmp_path: Path) -> None:
    path = tmp_path / "data" / "uphold.sqlite"
    database = engine.create(f"sqlite:///{path}")
    with database.connect() as connection:
        connection.execute(text("CREATE TABLE thing (number integer primary key)"))
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    database.dispose()


def test_nothing_else_makes_a_file(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'none.sqlite'}")
    with pytest.raises(errors.Unavailable), database.read():
        pass
    with pytest.raises(errors.Unavailable):
        database.connect()
    with pytest.raises(errors.Unavailable):
        database.inode()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["a b", "100%", "50%20", "what?", "a#b", "a&b=c", "Ünïcode", "'q'"]
)
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name / "uphold.sqlite"
    database = engine.create(f"sqlite:///{quote(str(path))}")
    with database.connect() as connection:
        connection.execute(text("CREATE TABLE thing (number integer primary key)"))
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM thing")).scalar() == 0
    database.dispose()
    assert database.path == path
    assert path.stat().st_size > 0


@pytest.mark.parametrize(
    "url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://host/name", "sqlite", "://"]
)
def test_another_kind_of_url_is_refused(url: str) -> None:
    with pytest.raises(errors.Invalid, match=r"SQLite|cannot be read"):
        Database(url)


def test_a_reader_cannot_write(room: Room) -> None:
    with (
        pytest.raises(errors.Unavailable, match=r"(?i)readonly"),
        room.database.read() as connection,
    ):
        connection.execute(insert(thing).values(number=1))
    assert room.numbers() == []


def test_a_reader_sees_one_moment(room: Room) -> None:
    room.writer.run(put(1))
    with room.database.read() as connection:
        assert list(connection.execute(select(thing.c.number)).scalars()) == [1]
        room.writer.run(put(2))
        assert list(connection.execute(select(thing.c.number)).scalars()) == [1]
    assert room.numbers() == [1, 2]


def test_errors_do_not_quote_rows(room: Room) -> None:
    row = {"number": 1, "text": "Zvezdochyot", "raw": b"Zvezdochyot"}
    with room.database.connect() as connection:
        connection.execute(insert(thing).values(**row))
        with pytest.raises(IntegrityError) as caught:
            connection.execute(insert(thing).values(**row))
    assert "Zvezdochyot" not in str(caught.value)


def test_a_replaced_file_is_noticed_by_pooled_readers(room_file: Room, tmp_path: Path) -> None:
    path = room_file.database.path
    assert path is not None
    room_file.writer.run(put(1))
    room_file.writer.close()
    with room_file.database.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(path, tmp_path / "copy")
    with engine.Database(f"sqlite:///{tmp_path / 'copy'}").connect() as connection:
        connection.execute(insert(thing).values(number=2))
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    with room_file.database.read() as connection:
        assert list(connection.execute(select(thing.c.number)).scalars()) == [1]
    (tmp_path / "copy").rename(path)
    with room_file.database.read() as connection:
        assert list(connection.execute(select(thing.c.number)).scalars()) == [1, 2]


def test_a_vanished_file_is_not_read_on(room_file: Room) -> None:
    path = room_file.database.path
    assert path is not None
    room_file.writer.run(put(1))
    path.rename(path.with_suffix(".away"))
    with pytest.raises(errors.Unavailable, match="cannot be reached"), room_file.database.read():
        pass
    path.with_suffix(".away").rename(path)
    assert room_file.numbers() == [1]


def test_a_file_that_is_no_database_is_unavailable(sqlite_url: str) -> None:
    database = engine.create(sqlite_url)
    assert database.path is not None
    database.path.write_bytes(b"This is no database. " * 100)
    with pytest.raises(errors.Unavailable, match="NOTADB"), database.read():
        pass


def test_a_server_that_is_not_there_is_unavailable() -> None:
    database = Database(f"postgresql://uphold@127.0.0.1:{postgresql.free_port()}/none")
    with pytest.raises(errors.Unavailable, match="OperationalError"), database.read():
        pass
    with pytest.raises(errors.Unavailable):
        database.connect()
    assert database.inode() == 0
    database.dispose()


def test_trouble_keeps_the_drivers_words_to_itself() -> None:
    quoted = engine.unavailable(sqlite.OperationalError("near 'Zvezdochyot': syntax error"))
    assert "Zvezdochyot" not in str(quoted)
    assert quoted.advice


def setting(database: Database, name: str, *, writer: bool) -> object:
    opened = database._writers if writer else database._readers
    with opened.connect() as connection:
        return connection.execute(text(f"SHOW {name}")).scalar()


def test_a_writer_of_postgresql_waits_no_longer_than_one_of_sqlite(room_server: Room) -> None:
    database = room_server.database
    assert setting(database, "lock_timeout", writer=True) == f"{engine.BUSY_SECONDS}s"
    stalled = setting(database, "idle_in_transaction_session_timeout", writer=True)
    assert stalled == f"{engine.STALLED_SECONDS // 60}min"
    assert setting(database, "transaction_read_only", writer=True) == "off"
    assert setting(database, "transaction_read_only", writer=False) == "on"
    assert setting(database, "transaction_isolation", writer=False) == "repeatable read"


@pytest.mark.parametrize(
    ("given", "kept"), [("off", "on"), ("local", "local"), ("remote_apply", "remote_apply")]
)
def test_a_server_never_acknowledges_what_is_not_on_disk(
    postgresql_url: str, given: str, kept: str
) -> None:
    database = Database(f"{postgresql_url}?options=-c%20synchronous_commit%3D{given}")
    assert setting(database, "synchronous_commit", writer=True) == kept
    database.dispose()


def test_options_of_the_url_are_kept(postgresql_url: str) -> None:
    database = Database(f"{postgresql_url}?options=-c%20search_path%3Dapart")
    for writer in (True, False):
        assert setting(database, "search_path", writer=writer) == "apart"
    assert setting(database, "transaction_read_only", writer=False) == "on"
    database.dispose()


def test_without_the_driver_there_is_advice(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "INSTALLED", False)
    with pytest.raises(errors.Invalid, match=r"uphold\[postgresql\]"):
        Database(postgresql_url)


def test_kinds_of_errors_are_told_apart() -> None:
    assert engine.is_trouble(sqlite.OperationalError())
    assert engine.is_trouble(sqlite.DatabaseError())
    assert not engine.is_trouble(sqlite.IntegrityError())
    assert not engine.is_trouble(sqlite.ProgrammingError())
    assert not engine.is_trouble(sqlite.InterfaceError())
    assert not engine.is_trouble(ValueError())
    assert engine.is_conflict(sqlite.IntegrityError())
    assert not engine.is_conflict(sqlite.OperationalError())
    assert engine.is_of_driver(sqlite.ProgrammingError())
    assert not engine.is_of_driver(errors.Unavailable("Not the driver's."))


def test_who_finds_no_connection_free_is_told(room_file: Room) -> None:
    database = room_file.database
    pool: Any = database._readers.pool
    pool._timeout = 0.01
    with ExitStack() as stack:
        for _ in range(pool.size() + pool._max_overflow):
            stack.enter_context(database.read())
        with pytest.raises(errors.Unavailable, match="TimeoutError"), database.read():
            pass
    with database.read():
        pass


def test_a_server_has_a_connection_for_each_thread_that_reads(room_server: Room) -> None:
    pool: Any = room_server.database._readers.pool
    pool._timeout = 0.01
    with ExitStack() as stack:
        for _ in range(THREADS):
            stack.enter_context(room_server.database.read())
        # Whoever writes has its own.
        room_server.writer.run(put(1))
    assert pool.checkedin() == engine.SERVER_KEPT


def test_who_reads_alone_uses_one_connection_again_and_again(room_file: Room) -> None:
    with ExitStack() as together:
        for _ in range(4):
            together.enter_context(room_file.database.read())
    used = set()
    for _ in range(8):
        with room_file.database.read() as connection:
            used.add(id(connection.connection.driver_connection))
    assert len(used) == 1


def test_text_is_utf8_whatever_the_environment_says(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    database = Database(postgresql_url)
    with database.connect() as writer, database.read() as reader:
        for connection in (writer, reader):
            said = connection.exec_driver_sql("SHOW client_encoding").scalar()
            assert said == "UTF8"
    database.dispose()

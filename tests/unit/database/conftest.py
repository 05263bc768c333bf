# SPDX-License-Identifier: Apache-2.0
"""A writer on a real database with the real journal, and a table to write to."""

import importlib
import pkgutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text, func, select

import uphold
from uphold.database import engine, schema
from uphold.database.engine import Database
from uphold.database.sequence import database_sequence
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry, log, note
from uphold.journal.head import HeadFile

ORIGIN = "uphold.example/journal"
SIGNER = note.Signer(ORIGIN, bytes(range(32)))

metadata = MetaData()
thing = Table(
    "thing",
    metadata,
    Column("number", schema.Number, primary_key=True, autoincrement=False),
    Column("text", Text),
    Column("raw", LargeBinary),
)
mark = Table(
    "mark",
    metadata,
    Column("number", schema.Number, primary_key=True, autoincrement=False),
)
keyed = Table(
    "keyed",
    MetaData(),
    Column("note", Text),
    Column("kind", Integer, primary_key=True, autoincrement=False),
    Column("epoch", schema.Number, primary_key=True, autoincrement=False),
    Column("value", LargeBinary, primary_key=True),
    Column("word", Text, primary_key=True),
)
"""One whose key is of four columns of each type that a key may have."""


def declared() -> MetaData:
    """Every room's tables: a module declares its own when it is imported."""
    for module in pkgutil.walk_packages(uphold.__path__, "uphold."):
        if not module.name.endswith("__main__") and ".migrations" not in module.name:
            importlib.import_module(module.name)
    return schema.metadata


def put(number: int, raw: bytes = b"raw") -> Callable[[Transaction], bytes]:
    """Work that stores a thing, its mark and a journal entry; returns the identity of its batch."""

    def store(tx: Transaction) -> bytes:
        tx.insert(thing, (number, f"thing {number}", raw))
        tx.insert(mark, (number,))
        tx.append(entry.encode("staff.signed-in", tx.now, entry.salt(), {"staff": number}))
        return tx.batch

    return store


class Hold:
    """Work that keeps the writer busy until `release`, so that what is queued meanwhile shares a batch."""

    def __init__(self, writer: Writer) -> None:
        self._begun = threading.Event()
        self._may_end = threading.Event()
        self._thread = threading.Thread(target=lambda: writer.run(self._wait))
        self._thread.start()
        assert self._begun.wait(30)

    def _wait(self, tx: Transaction) -> None:
        self._begun.set()
        assert self._may_end.wait(30)

    def release(self) -> None:
        self._may_end.set()
        self._thread.join(30)


class Call(threading.Thread):
    """`writer.run(work)` on a thread of its own; `outcome` is its result or what it raised."""

    def __init__(self, writer: Writer, work: Callable[[Transaction], Any]) -> None:
        super().__init__(daemon=True)
        self._writer = writer
        self._work = work
        self._outcome: Any = None
        self.start()

    def run(self) -> None:
        try:
            self._outcome = self._writer.run(self._work)
        except BaseException as error:  # noqa: BLE001 - whatever was raised is what the test looks at
            self._outcome = error

    @property
    def outcome(self) -> Any:
        self.join(60)
        assert not self.is_alive(), "nobody answered"
        return self._outcome


class Room:
    """A database with the journal's tables, `thing` and `mark`, and a writer on it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.database = engine.create(url)
        with self.database.connect() as connection:
            tables = [t for t in schema.metadata.sorted_tables if t.name.startswith("journal_")]
            tables.append(database_sequence)
            schema.metadata.create_all(connection, tables=tables)
            metadata.create_all(connection)
        self.file = HeadFile(folder / "head", interval=0)
        self.log = log.Log(ORIGIN, SIGNER, self.file, confirm=self.database.confirm)
        self.writer = Writer(self.database, self.log, on_connect=self.log.verify_head)
        self.writer.run(lambda tx: log.open_journal(tx, ORIGIN))

    def together(self, *works: Callable[[Transaction], Any]) -> list[Any]:
        """Run works in one batch, in this order; returns what came of each."""
        hold = Hold(self.writer)
        calls = []
        for count, work in enumerate(works, 1):
            calls.append(Call(self.writer, work))
            while self.writer._queue.qsize() < count:
                time.sleep(0.001)
        hold.release()
        return [call.outcome for call in calls]

    def numbers(self) -> list[int]:
        """The things stored; each with its mark and its journal entry, or the test fails."""
        with self.database.read() as connection:
            found = list(
                connection.execute(select(thing.c.number).order_by(thing.c.number)).scalars()
            )
            assert connection.execute(select(func.count()).select_from(mark)).scalar() == len(found)
            raws = [raw for _, raw in self.log.entries(connection)]
            self.log.verify_head(connection)
        named = [
            e.codes["staff"] for raw in raws if (e := entry.decode(raw)).kind != "journal.opened"
        ]
        assert sorted(named) == found
        return found

    def close(self) -> None:
        self.writer.close()
        self.database.dispose()


@pytest.fixture
def database(engine_url: str) -> Iterator[Database]:
    """A database on each engine with the tables `keyed` and `journal_head`, and nobody who writes to it."""
    made = engine.create(engine_url)
    with made.connect() as connection:
        keyed.create(connection)
        schema.metadata.tables["journal_head"].create(connection)
    yield made
    made.dispose()


@pytest.fixture
def room(engine_url: str, tmp_path: Path) -> Iterator[Room]:
    """A room on each engine."""
    made = Room(engine_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def room_file(sqlite_url: str, tmp_path: Path) -> Iterator[Room]:
    """A room on SQLite."""
    made = Room(sqlite_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def room_server(postgresql_url: str, tmp_path: Path) -> Iterator[Room]:
    """A room on PostgreSQL."""
    made = Room(postgresql_url, tmp_path)
    yield made
    made.close()

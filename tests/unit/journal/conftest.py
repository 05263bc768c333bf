# SPDX-License-Identifier: Apache-2.0
"""A journal in a real database, with as many processes on it as a test wants."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Executable

from uphold.database import engine
from uphold.database.batch import Batch
from uphold.database.schema import metadata
from uphold.journal import entry, log, note, store
from uphold.journal.head import HeadFile

ORIGIN = "uphold.example/journal"
SIGNER = note.Signer(ORIGIN, bytes(range(32)))
NOW = 1_767_323_045_000
DIGEST = "a" * 64
COMMITMENT = "A" * 43


def signed_in(staff: int = 1) -> entry.Encoded:
    """An entry to fill a journal with; no two are alike."""
    return entry.encode("staff.signed-in", NOW, entry.salt(), {"staff": staff})


class Journal:
    """A database with the journal's tables. `log` is the process that the test speaks through."""

    def __init__(self, url: str, folder: Path) -> None:
        self.database = engine.create(url)
        tables = [store.journal_batch, store.journal_tile, store.journal_head]
        with self.database.connect() as connection:
            metadata.create_all(connection, tables=tables)
        self.file = HeadFile(folder / "head", interval=0)
        self.log = self.process()

    def process(self, file: HeadFile | None = None) -> log.Log:
        """Another process on the same database: a Log that remembers nothing."""
        return log.Log(ORIGIN, SIGNER, file or self.file)

    def begin(self, by: log.Log | None = None) -> Batch:
        connection = self.database.connect()
        try:
            return Batch(connection, by or self.log)
        except BaseException:
            # As the writer does: a connection whose transaction could not begin is thrown away.
            connection.invalidate()
            connection.close()
            raise

    def end(self, batch: Batch) -> None:
        batch.commit()
        batch.committed()
        batch.connection.close()

    def undo(self, batch: Batch) -> None:
        batch.rollback()
        batch.connection.close()

    def commit(self, entries: Sequence[bytes], by: log.Log | None = None) -> list[int]:
        """Append one batch and return the indices of its entries."""
        batch = self.begin(by)
        indices = [batch.append(raw) for raw in entries]
        self.end(batch)
        return indices

    def grow(self, size: int, step: int = 50, by: log.Log | None = None) -> None:
        """Open the journal if it is empty, then append batches of `step` until it has `size` entries."""
        with self.database.read() as connection:
            newest = store.last(connection)
        if newest is None:
            batch = self.begin(by)
            log.open_journal(batch, ORIGIN)
            self.end(batch)
        at = 1 if newest is None else newest.size
        while at < size:
            count = min(step, size - at)
            self.commit([signed_in() for _ in range(count)], by)
            at += count

    def write(self, statement: Executable, values: dict[str, Any] | None = None) -> None:
        """Change the tables behind the journal's back."""
        with self.database.connect() as connection:
            connection.execute(statement, values)


@pytest.fixture
def journal(engine_url: str, tmp_path: Path) -> Iterator[Journal]:
    """An empty journal, on each engine."""
    made = Journal(engine_url, tmp_path)
    yield made
    made.database.dispose()


@pytest.fixture
def journal_file(sqlite_url: str, tmp_path: Path) -> Iterator[Journal]:
    """An empty journal on SQLite."""
    made = Journal(sqlite_url, tmp_path)
    yield made
    made.database.dispose()

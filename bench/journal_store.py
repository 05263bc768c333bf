# SPDX-License-Identifier: Apache-2.0
"""A bare journal in a SQLite file of its own: the product's writer and log, no other room."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from uphold.database import engine, schema
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry, head, log, note

ORIGIN = "bench.example/journal"
SEED = bytes(range(32))
CODES: dict[str, str | int] = {
    "purpose": "answer",
    "wording": "ab" * 32,
    "form": "cd" * 32,
    "edition": 1,
    "language": "en",
}
COMMITMENT = "A" * 43


def record(now: int) -> entry.Encoded:
    """Return one entry of the kind that a site writes most: a consent."""
    return entry.encode("consent.given", now, entry.salt(), CODES, (COMMITMENT,))


class Store:
    """An opened journal; `append` returns after the durable commit."""

    def __init__(self, database: engine.Database, journal: log.Log, writer: Writer) -> None:
        self.database = database
        self.journal = journal
        self.writer = writer

    def append(self, count: int) -> None:
        """Encode and append so many entries in one transaction."""

        def work(tx: Transaction) -> None:
            for _ in range(count):
                tx.append(record(tx.now))

        self.writer.run(work)


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """Open the journal in the folder; make it when there is none."""
    file = folder / "journal.sqlite"
    is_new = not file.exists()
    database = engine.create(f"sqlite:///{file.absolute()}")
    journal = log.Log(ORIGIN, note.Signer(ORIGIN, SEED), head.HeadFile(folder / "head"))
    if is_new:
        with database.connect() as connection:
            schema.metadata.create_all(connection)
    writer = Writer(database, journal)
    try:
        if is_new:
            writer.run(lambda tx: log.open_journal(tx, ORIGIN))
        yield Store(database, journal, writer)
    finally:
        writer.close()
        database.dispose()

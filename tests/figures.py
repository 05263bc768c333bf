# SPDX-License-Identifier: Apache-2.0
"""A store of figures with a journal, without the rest of a site; and days of made-up visits in it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from uphold.database import engine, schema
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry, log, note
from uphold.journal.catalogue import CATALOGUE
from uphold.journal.head import HeadFile
from uphold.statistics import ledger, tally
from uphold.visits import compact
from uphold.visits.layout import Event, Store
from uphold.visits.spool import Spool

ORIGIN = "figures.example/journal"
SIGNER = note.Signer(ORIGIN, bytes(range(32)))
T = TypeVar("T")
# Named here, so that they are declared when the tables are made.
_OWN = (ledger.statistics_act, tally.statistics_tally)


def view(visitor: int, page: str, hour: int = 9, *, device: str = "phone") -> Event:
    """One view of a page."""
    return Event(hour, visitor, "view", page, device, "Firefox", "RU")


def opened(folder: Path, days: Mapping[date, Iterable[Event]]) -> Store:
    """A store with days that have not been closed."""
    store = Store(folder)
    with Spool(store) as spool:
        spool.append([(day, event) for day, events in days.items() for event in events])
    return store


def closed(folder: Path, days: Mapping[date, Iterable[Event]]) -> Store:
    """A store with closed days."""
    store = opened(folder, days)
    for day in days:
        compact.close(store, day)
    return store


class Figures:
    """A database with the journal's tables and those of the room, a writer on it, and the store's folder."""

    def __init__(self, url: str, folder: Path) -> None:
        self.database = engine.create(url)
        tables = [
            t
            for t in schema.metadata.sorted_tables
            if t.name.startswith(("journal_", "statistics_"))
        ]
        with self.database.connect() as connection:
            schema.metadata.create_all(connection, tables=tables)
        self.log = log.Log(ORIGIN, SIGNER, HeadFile(folder / "head", interval=0))
        self.writer = Writer(self.database, self.log, on_connect=self.log.verify_head)
        self.writer.run(lambda tx: log.open_journal(tx, ORIGIN))
        self.store = Store(folder / "statistics")

    def run(self, work: Callable[[Transaction], T]) -> T:
        return self.writer.run(work)

    def read(self, look: Callable[[Connection], T]) -> T:
        with self.database.read() as connection:
            return look(connection)

    def entries(self) -> list[entry.Entry]:
        return [entry.decode(raw) for _, raw in self.read(lambda c: list(self.log.entries(c)))]

    def tell(self, *told: tuple[str, Mapping[str, entry.Code]], at: int) -> None:
        """Write entries that another room would, in one transaction; commitments are noise."""
        noise = "A" * 43

        def write(tx: Transaction) -> None:
            for kind, codes in told:
                count = len(CATALOGUE[kind].commitments)
                tx.append(entry.encode(kind, at, entry.salt(), codes, (noise,) * count))

        self.run(write)

    def close(self) -> None:
        self.writer.close()
        self.database.dispose()

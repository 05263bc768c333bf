# SPDX-License-Identifier: Apache-2.0
"""A real database on either engine, the real writer, and a journal that keeps its entries in a list."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import pytest
from sqlalchemy import Connection, Table

from tests import rings
from uphold.database import engine, schema
from uphold.database.engine import Database
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.vault import records
from uphold.vault.keys import KeyRing
from uphold.vault.part import Plain, Sealed

T = TypeVar("T")


@dataclass
class Journal:
    """A Ledger that keeps committed entries in memory; the room under test knows no more of a journal."""

    entries: list[bytes] = field(default_factory=list)

    def open(self, tx: Transaction) -> "Open":
        return Open(self)

    def holds(self, connection: Connection, batch: bytes) -> bool:
        return False


@dataclass
class Open:
    journal: Journal
    entries: list[bytes] = field(default_factory=list)

    def append(self, entry: bytes) -> int:
        self.entries.append(entry)
        return len(self.journal.entries) + len(self.entries) - 1

    def close(self, tx: Transaction) -> None:
        pass

    def committed(self) -> None:
        self.journal.entries += self.entries


@dataclass
class Store:
    """A database with the vault's tables, its writer, and a key ring."""

    database: Database
    writer: Writer
    journal: Journal
    ring: KeyRing

    def run(self, work: Callable[[Transaction], T]) -> T:
        return self.writer.run(work)

    def read(self, look: Callable[[Connection], T]) -> T:
        with self.database.read() as connection:
            return look(connection)

    def submit(self, record: int, parts: list[Plain] | None = None) -> Sealed:
        sealed = records.prepare(self.ring, record, parts or rings.submission(), b"body")
        self.run(lambda tx: records.put(tx, sealed))
        return sealed

    def count(self, name: str) -> int:
        table = schema.metadata.tables[name]
        return self.read(lambda connection: len(connection.execute(table.select()).all()))


@pytest.fixture
def store(engine_url: str) -> Iterator[Store]:
    database = engine.create(engine_url)
    with database.connect() as connection:
        schema.metadata.create_all(connection, tables=_vault_tables())
    journal = Journal()
    writer = Writer(database, journal)
    yield Store(database, writer, journal, rings.ring())
    writer.close()
    database.dispose()


def _vault_tables() -> list[Table]:
    return [t for t in schema.metadata.sorted_tables if t.name.startswith("vault_")]

# SPDX-License-Identifier: Apache-2.0
import pytest
from sqlalchemy import delete, update

from tests import rings
from tests.unit.vault.conftest import Store
from uphold.journal import entry
from uphold.vault import commitment, inspection, records, subject
from uphold.vault.inspection import Held
from uphold.vault.keys import KeyRing
from uphold.vault.tables import vault_index, vault_index_tail, vault_key, vault_part


def look(store: Store, ring: KeyRing | None) -> list[Held]:
    return store.read(lambda connection: list(inspection.records(connection, ring)))


def faults(store: Store, ring: KeyRing | None = None) -> list[tuple[str, int | None]]:
    ring = ring or store.ring
    return [(f.table, f.number) for held in look(store, ring) for f in held.faults]


@pytest.fixture(autouse=True)
def _lived(store: Store) -> None:
    """Two records in the tail of the index, one in the index, one of them with a part destroyed."""
    store.submit(1)
    store.run(lambda tx: subject.merge(tx, 100))
    store.submit(2)
    store.submit(3)
    store.run(lambda tx: records.destroy(tx, store.ring, 3, ["technical"], "expired"))


def test_every_record_is_held_once(store: Store) -> None:
    held = look(store, store.ring)
    assert [one.record for one in held] == [1, 2, 3]
    assert [len(one.live) for one in held] == [3, 3, 2]
    assert list(held[2].destroyed) == [(3 << 8) + 2]
    assert faults(store) == []
    assert all(live.is_opened for one in held for live in one.live.values())


def test_without_a_ring_no_key_is_opened(store: Store) -> None:
    held = look(store, None)
    assert [one.faults for one in held] == [[], [], []]
    live = held[0].live[1 << 8]
    assert not live.is_opened
    assert live.record(entry.salt()) is None


def test_what_a_part_commits_to_is_derived_again(store: Store) -> None:
    salt = entry.salt()
    sealed = store.submit(9)
    live = look(store, store.ring)[-1].live
    assert live[9 << 8].record(salt) == commitment.of_new_record(sealed, salt)
    assert live[(9 << 8) + 1].record(salt) is None
    digests = commitment.stored(sealed, salt)[1:]
    assert [part.sealed for part in live.values()] == digests


def test_one_part_is_looked_at(store: Store) -> None:
    whole = look(store, store.ring)[0].live[1 << 8]
    one = store.read(lambda connection: inspection.part(connection, 1 << 8))
    assert one is not None
    assert (one.number, one.purpose, one.sealed) == (whole.number, whole.purpose, whole.sealed)
    assert store.read(lambda connection: inspection.part(connection, (3 << 8) + 2)) is None


def test_the_ring_of_another_site_opens_nothing(store: Store) -> None:
    found = faults(store, rings.ring(b"another"))
    assert ("vault_key", 1 << 8) in found
    assert {table for table, _ in found} == {"vault_key"}


def test_a_part_without_a_key_and_a_key_without_a_part_are_found(store: Store) -> None:
    one, two = 2 << 8, (2 << 8) + 2
    store.run(lambda tx: tx.execute(delete(vault_key).where(vault_key.c.number == one)))
    store.run(lambda tx: tx.execute(delete(vault_part).where(vault_part.c.number == two)))
    assert sorted(faults(store), key=str) == [("vault_key", two), ("vault_part", one)]


def test_an_index_that_does_not_fit_is_found(store: Store) -> None:
    feedback = (1 << 8) + 1
    here = vault_index.c.part == feedback
    store.run(lambda tx: tx.execute(delete(vault_index).where(here)))
    assert faults(store) == [("vault_key", feedback)]
    tail = (2 << 8) + 1
    there = vault_index_tail.c.part == tail
    store.run(lambda tx: tx.execute(update(vault_index_tail).where(there).values(epoch=7)))
    found = faults(store)
    assert [table for table, _ in found].count("vault_index_tail") == 2
    assert ("vault_key", tail) in found


def test_an_index_of_what_does_not_live_is_found(store: Store) -> None:
    row = {"kind": 1, "epoch": 1, "value": b"v" * 16, "part": (3 << 8) + 2}
    store.run(lambda tx: tx.execute(vault_index.insert(), row))
    assert faults(store) == [("vault_index", (3 << 8) + 2)]


def test_a_contact_indexed_twice_is_found(store: Store) -> None:
    query = vault_index_tail.select().where(vault_index_tail.c.part == (2 << 8) + 1)
    row = store.read(lambda connection: connection.execute(query).mappings().first())
    assert row is not None
    again = {**row, "number": row["number"] + 2}
    store.run(lambda tx: tx.execute(vault_index_tail.insert(), again))
    assert faults(store) == [("vault_index_tail", row["number"] + 2)]

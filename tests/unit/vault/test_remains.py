# SPDX-License-Identifier: Apache-2.0
"""What lives of a record and what is left of the rest."""

from tests.unit.vault.conftest import Store
from uphold.database.transaction import Transaction
from uphold.vault import records, remains, subject
from uphold.vault.part import Destroyed

FIRST = 5 << 8


def test_live_and_destroyed_parts_add_up(store: Store) -> None:
    store.submit(4)
    store.submit(5)
    everything = [(FIRST, "consent-evidence"), (FIRST + 1, "feedback"), (FIRST + 2, "technical")]
    assert store.read(lambda c: remains.live(c, 5)) == everything
    assert store.read(lambda c: remains.destroyed(c, 5)) == []
    assert store.read(lambda c: remains.live(c, 6)) == []

    def destroy(tx: Transaction) -> int:
        records.destroy(tx, store.ring, 5, ["technical"], "expired")
        return tx.now

    now = store.run(destroy)
    assert store.read(lambda c: remains.live(c, 5)) == everything[:2]
    assert store.read(lambda c: remains.destroyed(c, 5)) == [Destroyed(FIRST + 2, "technical", now)]
    assert len(store.read(lambda c: remains.live(c, 4))) == 3


def test_the_anchor_lives_until_its_own_part_is_destroyed(store: Store) -> None:
    store.submit(5)

    def destroy(purpose: str) -> bool:
        store.run(lambda tx: records.destroy(tx, store.ring, 5, [purpose], "expired"))
        return store.read(lambda c: remains.holds_anchor(c, 5))

    assert destroy("technical")
    assert not destroy("consent-evidence")
    assert not store.read(lambda c: remains.holds_anchor(c, 6))


def test_every_row_of_a_record_is_counted(store: Store) -> None:
    store.submit(4)
    store.submit(5)
    found = store.read(lambda c: remains.rows_of(c, 5))
    assert found["vault_part"] == found["vault_key"] == 3
    indexed = found["vault_index"] + found["vault_index_tail"]
    assert indexed > 0
    store.run(lambda tx: subject.merge(tx, 100))
    merged = store.read(lambda c: remains.rows_of(c, 5))
    assert (merged["vault_index"], merged["vault_index_tail"]) == (indexed, 0)
    store.run(lambda tx: records.destroy(tx, store.ring, 5, None, "expired"))
    assert set(store.read(lambda c: remains.rows_of(c, 5)).values()) == {0}
    assert store.read(lambda c: remains.rows_of(c, 4)) != {}

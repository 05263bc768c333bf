# SPDX-License-Identifier: Apache-2.0
"""A part's key unwraps only for that part, on that site, under that epoch."""

import pytest
from sqlalchemy import delete, insert, select

from tests import rings
from tests.unit.vault.conftest import Store
from uphold import errors
from uphold.vault import partkey
from uphold.vault.tables import vault_key

KEY = bytes(range(32))
NONCE = bytes(12)


def test_a_key_comes_back() -> None:
    ring = rings.ring()
    assert partkey.unwrap(ring, 9, 1, partkey.wrap(ring, ring.newest, 9, NONCE, KEY)) == KEY


def test_a_key_is_bound_to_part_site_and_epoch() -> None:
    ring = rings.ring(epochs=2)
    wrapped = partkey.wrap(ring, ring.newest, 9, NONCE, KEY)
    assert partkey.unwrap(ring, 9, 2, wrapped) == KEY
    for other, part, epoch in ((ring, 10, 2), (ring, 9, 1), (rings.ring(b"else", 2), 9, 2)):
        with pytest.raises(errors.Broken):
            partkey.unwrap(other, part, epoch, wrapped)
    with pytest.raises(errors.Broken, match="no epoch 3"):
        partkey.unwrap(ring, 9, 3, wrapped)


def test_live_keys_are_listed_by_part(store: Store) -> None:
    store.submit(5)
    store.submit(6)
    keys = store.read(lambda c: partkey.of_record(c, store.ring, 5))
    assert list(keys) == [5 << 8, 5 << 8 | 1, 5 << 8 | 2]
    assert len(set(keys.values())) == 3
    store.run(lambda tx: tx.execute(delete(vault_key).where(vault_key.c.number == 5 << 8)))
    assert store.read(lambda c: partkey.of_part(c, store.ring, 5 << 8)) is None
    left = store.read(lambda c: partkey.of_record(c, store.ring, 5))
    assert left == {number: key for number, key in keys.items() if number != 5 << 8}


def test_exchanged_key_rows_do_not_unwrap(store: Store) -> None:
    store.submit(5)
    rows = store.read(lambda c: c.execute(select(vault_key).order_by(vault_key.c.number)).all())
    store.run(lambda tx: tx.execute(delete(vault_key)))
    moved = [
        {"number": rows[0].number, "epoch": 1, "wrapped": rows[1].wrapped, "contacts": None},
    ]
    store.run(lambda tx: tx.execute(insert(vault_key), moved))
    with pytest.raises(errors.Broken):
        store.read(lambda c: partkey.of_part(c, store.ring, rows[0].number))

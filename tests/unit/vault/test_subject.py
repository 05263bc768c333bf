# SPDX-License-Identifier: Apache-2.0
"""The blind index: found by any spelling, in tail and index, over epochs; and gone when it must be."""

import hmac

import pytest
from sqlalchemy import insert, select

from tests import cast, rings
from tests.unit.vault.conftest import Store
from uphold import errors
from uphold.vault import contact, part, records, seal, subject
from uphold.vault.contact import EMAIL, PHONE, Contact
from uphold.vault.tables import vault_index, vault_index_tail, vault_key

MESSAGE = 5 << 8 | 1  # the part of record 5 that names addresses


def find(store: Store, kind: int, text: str) -> list[int]:
    return store.read(lambda c: subject.find(c, store.ring, kind, text))


def merge(store: Store, limit: int = 100) -> int:
    return store.run(lambda tx: subject.merge(tx, limit))


def test_the_derivation_is_what_the_docstring_says() -> None:
    ring = rings.ring()
    root = rings.stream(b"ring")
    _site, _seed, _ids, _token, contact_root = root(16), root(32), root(32), root(32), root(32)
    _key, index_root = root(32), root(32)
    message = seal.lp(b"uphold/contact/v1", b"\x01\x01", b"anna@example.org")
    inner = hmac.digest(contact_root, message, "sha256")
    use = seal.lp(b"uphold/index/v1", ring.site, b"\x01\x01")
    value = hmac.digest(seal.subkey(index_root, use), inner, "sha256")[:16]
    (indexed,) = subject.index(ring, [Contact(EMAIL, "Anna@example.org")])
    assert (indexed.inner, indexed.value) == (inner, value)


def test_values_are_apart_by_kind_version_epoch_and_site() -> None:
    ring, other = rings.ring(epochs=2), rings.ring(b"else", 2)
    inner = bytes(32)
    values = {
        subject.derive(r, epoch, kind, version, inner)
        for r in (ring, other)
        for epoch in r.epochs
        for kind in contact.KINDS
        for version in (1, 2)
    }
    assert len(values) == 16


def test_what_is_no_address_is_left_out_and_twice_is_once() -> None:
    texts = ["anna@example.org", "nonsense", " ANNA@example.org "]
    indexed = subject.index(rings.ring(), [Contact(EMAIL, text) for text in texts])
    assert len(indexed) == 1


def test_a_fifth_address_is_refused() -> None:
    many = [Contact(EMAIL, f"anna{n}@example.org") for n in range(5)]
    assert len(subject.index(rings.ring(), many[:4])) == 4
    with pytest.raises(errors.Invalid, match="more than 4"):
        subject.index(rings.ring(), many)


def test_what_waits_is_counted(store: Store) -> None:
    assert store.read(subject.waiting) == (0, 0)
    store.submit(5)
    count, newest = store.read(subject.waiting)
    assert count > 0
    assert newest >> 2 >> 8 == 5
    store.submit(6)
    assert store.read(subject.waiting)[0] == 2 * count
    assert merge(store) == 2 * count
    assert store.read(subject.waiting) == (0, 0)


def test_a_person_is_found_by_any_spelling_before_and_after_the_merge(store: Store) -> None:
    store.submit(4, rings.submission(cast.stranger))
    store.submit(5)
    for _ in range(2):
        assert find(store, EMAIL, cast.subject.email.upper()) == [MESSAGE]
        assert find(store, PHONE, "8 921 5557319") == [MESSAGE]
        assert find(store, EMAIL, cast.stranger.email) == [4 << 8 | 1]
        assert find(store, EMAIL, "nobody@example.org") == []
        assert find(store, EMAIL, "nonsense") == []
        assert find(store, PHONE, cast.subject.email) == []
        merge(store)


def test_the_merge_moves_the_oldest_first_and_no_row_twice(store: Store) -> None:
    for record in (7, 5, 6):
        store.submit(record)
    assert (merge(store, 2), store.count("vault_index"), store.count("vault_index_tail")) == (
        2,
        2,
        4,
    )
    parts = store.read(lambda c: set(c.execute(select(vault_index.c.part)).scalars()))
    assert parts == {MESSAGE}
    assert (merge(store), store.count("vault_index"), store.count("vault_index_tail")) == (4, 6, 0)
    assert merge(store) == 0
    assert find(store, EMAIL, cast.subject.email) == [n << 8 | 1 for n in (5, 6, 7)]


def test_index_and_tail_are_asked_together(store: Store) -> None:
    store.submit(5)
    merge(store)
    store.submit(6)
    assert find(store, EMAIL, cast.subject.email) == [MESSAGE, 6 << 8 | 1]


def test_forgetting_empties_tail_and_index_of_that_part_alone(store: Store) -> None:
    store.submit(5)
    merge(store)
    store.submit(6)
    store.submit(7)
    store.run(lambda tx: subject.forget(tx, [MESSAGE, 6 << 8 | 1]))
    assert find(store, EMAIL, cast.subject.email) == [7 << 8 | 1]
    assert (store.count("vault_index"), store.count("vault_index_tail")) == (0, 2)


def test_a_rotation_derives_the_new_index_without_opening_any_part(store: Store) -> None:
    """All that a rotation needs is the key row; the sealed part is not even read."""
    store.submit(5)
    merge(store)
    row = store.read(
        lambda c: c.execute(select(vault_key).where(vault_key.c.number == MESSAGE)).one()
    )
    store.ring = new = rings.ring(epochs=2)
    moved = [
        {
            "kind": kind,
            "epoch": 2,
            "value": subject.derive(new, new.newest, kind, v, inner),
            "part": MESSAGE,
        }
        for kind, v, inner in subject.unwrap(new, row.number, row.epoch, row.contacts)
    ]
    assert len(moved) == 2
    store.run(lambda tx: tx.execute(vault_index.delete()))
    store.run(lambda tx: tx.execute(insert(vault_index), moved))
    assert find(store, EMAIL, cast.subject.email) == [MESSAGE]
    assert find(store, PHONE, cast.subject.phone) == [MESSAGE]


def test_every_live_epoch_is_asked(store: Store) -> None:
    store.submit(5)
    store.ring = rings.ring(epochs=2)
    store.submit(6)
    assert find(store, EMAIL, cast.subject.email) == [MESSAGE, 6 << 8 | 1]
    epochs = store.read(lambda c: set(c.execute(select(vault_index_tail.c.epoch)).scalars()))
    assert epochs == {1, 2}


def test_an_index_dies_with_its_epoch(store: Store) -> None:
    """With the first epoch burned, the right address finds nothing of what it indexed."""
    store.submit(5)
    both, burned = rings.ring(epochs=2), rings.ring(epochs=2, burned=1)
    assert store.read(lambda c: subject.find(c, both, EMAIL, cast.subject.email)) == [MESSAGE]
    assert store.read(lambda c: subject.find(c, burned, EMAIL, cast.subject.email)) == []


def test_wrapped_contacts_are_bound_to_part_site_and_epoch() -> None:
    ring = rings.ring(epochs=2)
    indexed = subject.index(ring, [Contact(EMAIL, "anna@example.org")])
    inners = [(EMAIL, 1, indexed[0].inner)]
    wrapped = subject.wrap(ring, ring.newest, MESSAGE, bytes(12), inners)
    assert subject.unwrap(ring, MESSAGE, 2, wrapped) == inners
    for other, number, epoch in (
        (ring, MESSAGE + 1, 2),
        (ring, MESSAGE, 1),
        (rings.ring(b"else", 2), MESSAGE, 2),
    ):
        with pytest.raises(errors.Broken):
            subject.unwrap(other, number, epoch, wrapped)


def test_a_part_without_addresses_wraps_nothing() -> None:
    ring = rings.ring()
    assert subject.wrap(ring, ring.newest, 1, bytes(12), ()) is None
    assert subject.unwrap(rings.ring(), 1, 1, None) == []
    made = records.prepare(rings.ring(), 5, [part.plain("feedback", 1, {"name": "x"})])
    assert made.parts[0].contacts is None

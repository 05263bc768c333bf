# SPDX-License-Identifier: Apache-2.0
"""Find a person's parts by an address without storing the address: a blind index, one key per epoch.

    inner     = HMAC-SHA256(contact root, lp("uphold/contact/v1", kind || version, normalised address))
    index key = HKDF-Expand(index root of the epoch, lp("uphold/index/v1", site, kind || version))
    value     = HMAC-SHA256(index key, inner), first 16 bytes

`value` stands in the index. `inner` stands in the part's key row, wrapped under the epoch's key, so that a
rotation unwraps it and derives `value` under the new epoch's index root without opening any part. Why this
holds (the decision record 0005 says more):

- `inner` suffices for any epoch, because the address enters `value` through `inner` alone;
- `inner` dies with the key row: the contact root derives it only from a guessed address, and to check
  that guess one needs a wrapped `inner` or an index value, which are deleted with the row;
- an index value dies with its epoch: without the burned index root nobody can compute what to compare.

Equal addresses have equal values within an epoch: who holds the database alone learns that two records
name one address, not which.
"""

import os
from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select

from uphold import errors
from uphold.database.transaction import Transaction
from uphold.vault import contact, seal, tables
from uphold.vault.contact import Contact
from uphold.vault.keys import Epoch, KeyRing
from uphold.vault.part import Indexed, SealedPart
from uphold.vault.tables import vault_index, vault_index_tail, vault_key

VALUE_BYTES = 16
_INNER_BYTES = 32
_WRAPPED_BYTES = 2 + _INNER_BYTES

_i, _t = vault_index.c, vault_index_tail.c
_oldest = select(_t.number).order_by(_t.number).limit(bindparam("limit")).subquery()
_OLDEST = select(
    func.count(_oldest.c.number).label("rows"), func.max(_oldest.c.number).label("last")
)
_WAITING = select(func.count(_t.number).label("rows"), func.max(_t.number).label("last"))
_DROP = delete(vault_index_tail).where(_t.number <= bindparam("last"))
# In the order of the index's key, so that pages are written once.
_MOVE = insert(vault_index).from_select(
    [_i.kind, _i.epoch, _i.value, _i.part],
    select(_t.kind, _t.epoch, _t.value, _t.part)
    .where(_t.number <= bindparam("last"))
    .order_by(_t.kind, _t.epoch, _t.value, _t.part),
)


def index(
    ring: KeyRing, contacts: Sequence[Contact], epoch: Epoch | None = None
) -> tuple[Indexed, ...]:
    """Derive index values under an epoch, the newest unless one is given.

    What is no address is left out, twice the same is one. Raises `errors.Invalid` for more than four
    addresses in one part.
    """
    found: dict[bytes, Indexed] = {}
    chosen = ring.newest if epoch is None else epoch
    for member in contacts:
        inner = _inner(ring, member)
        if inner is not None and inner not in found:
            value = derive(ring, chosen, member.kind, contact.VERSION, inner)
            found[inner] = Indexed(member.kind, contact.VERSION, inner, value)
    if len(found) > tables.SLOTS:
        raise errors.Invalid(
            f"One part names more than {tables.SLOTS} addresses.",
            "Declare fewer fields of type e-mail or telephone for one purpose.",
        )
    return tuple(found.values())


def derive(ring: KeyRing, epoch: Epoch, kind: int, version: int, inner: bytes) -> bytes:
    """Compute the index value of an `inner` under any epoch: 16 bytes."""
    key = epoch.index_keys.get((kind, version))
    if key is None:
        use = seal.lp(b"uphold/index/v1", ring.site, bytes((kind, version)))
        key = epoch.index_keys[kind, version] = seal.keyed(seal.subkey(epoch.index_root, use))
    return seal.mac_under(key, inner)[:VALUE_BYTES]


def wrap(
    ring: KeyRing, epoch: Epoch, part: int, nonce: bytes, inners: Sequence[tuple[int, int, bytes]]
) -> bytes | None:
    """Wrap a part's (kind, version, inner) under an epoch's key: kind u8, version u8, inner 32 bytes, each."""
    if not inners:
        return None
    plaintext = b"".join([bytes((kind, version)) + inner for kind, version, inner in inners])
    return seal.seal(epoch.cipher, nonce, plaintext, ring.places.contacts(part, epoch.number))


def unwrap(
    ring: KeyRing, part: int, epoch: int, blob: bytes | None
) -> list[tuple[int, int, bytes]]:
    """Return (kind, version, inner) of a part's contacts; raises `errors.Broken` if they were tampered with."""
    if blob is None:
        return []
    place = ring.places.contacts(part, epoch)
    flat = seal.unseal(ring.epoch(epoch).cipher, blob, place)
    members = [flat[at : at + _WRAPPED_BYTES] for at in range(0, len(flat), _WRAPPED_BYTES)]
    return [(member[0], member[1], member[2:]) for member in members]


def put(tx: Transaction, part: SealedPart) -> None:
    """Add a part's index values to the tail."""
    for slot, member in enumerate(part.indexed):
        number = tables.tail_number(part.number, slot)
        row = (number, part.epoch, member.kind, member.value, part.number)
        tx.insert(vault_index_tail, row)


def waiting(reader: Connection | Transaction) -> tuple[int, int]:
    """Tell how many rows wait in the tail, and the number of the last that came; 0 and 0 for none."""
    row = reader.execute(_WAITING).one()
    return int(row.rows), int(row.last or 0)


def merge(tx: Transaction, limit: int) -> int:
    """Move up to `limit` rows, the oldest first, from the tail to the index; returns how many.

    The rows stay inside the database. Nobody adds others meanwhile: a batch holds the write lock.
    """
    oldest = tx.execute(_OLDEST, {"limit": limit}).one()
    if oldest.rows:
        tx.execute(_MOVE, {"last": oldest.last})
        tx.execute(_DROP, {"last": oldest.last})
    return int(oldest.rows)


def find(reader: Connection | Transaction, ring: KeyRing, kind: int, text: str) -> list[int]:
    """Return the numbers of the parts that name this address, lowest first, whatever epoch indexed them."""
    inner = _inner(ring, Contact(kind, text))
    if inner is None:
        return []
    while True:
        epochs = ring.epochs
        found = _find(reader, ring, epochs, kind, inner)
        # A rotation that began meanwhile may have moved rows to an epoch that was not asked.
        if ring.epochs[-1].number == epochs[-1].number:
            return sorted(found)


def _find(
    reader: Connection | Transaction,
    ring: KeyRing,
    epochs: tuple[Epoch, ...],
    kind: int,
    inner: bytes,
) -> set[int]:
    found: set[int] = set()
    # The tail first: a row that a merge moves meanwhile is then seen in the index, or in both.
    for table in (vault_index_tail, vault_index):
        matches = [
            and_(
                table.c.epoch == epoch.number,
                table.c.value == derive(ring, epoch, kind, contact.VERSION, inner),
            )
            for epoch in epochs
        ]
        query = select(table.c.part).where(table.c.kind == kind, or_(*matches))
        found.update(reader.execute(query).scalars())
    return found


def reindex(
    tx: Transaction, parts: Sequence[int], rows: Sequence[tuple[int, int, bytes, int]]
) -> None:
    """Put rows (kind, epoch, value, part) in place of every index value that these parts have."""
    slots = [tables.tail_number(part, slot) for part in parts for slot in range(tables.SLOTS)]
    tx.execute(delete(vault_index_tail).where(_t.number.in_(slots)))
    tx.execute(delete(vault_index).where(_i.part.in_(parts)))
    # In the order of the index's key, so that pages are written once.
    for row in sorted(rows):
        tx.insert(vault_index, row)


def move(tx: Transaction, ring: KeyRing, record: int, old: Contact, new: Contact | None) -> bool:
    """Have every part of a record that is found by one address found by another instead, or by none.

    False when no part was found by the old one. Raises `errors.Broken` when the index was tampered with.
    """
    inner = _inner(ring, old)
    if inner is None:
        return False
    columns = vault_key.c
    query = select(vault_key).where(
        columns.number.between(*tables.parts_of(record)), columns.contacts.is_not(None)
    )
    replaced = None if new is None else _inner(ring, new)
    is_found = False
    for row in tx.execute(query.order_by(columns.number)).all():
        named = unwrap(ring, row.number, row.epoch, row.contacts)
        if all(member[2] != inner for member in named):
            continue
        is_found = True
        left = [member for member in named if member[2] not in (inner, replaced)]
        if new is not None and replaced is not None:
            left.append((new.kind, contact.VERSION, replaced))
        epoch = ring.epoch(row.epoch)
        wrapped = wrap(ring, epoch, row.number, os.urandom(seal.NONCE_BYTES), left)
        tx.execute(delete(vault_key).where(columns.number == row.number))
        tx.insert(vault_key, (row.number, row.epoch, row.wrapped, wrapped))
        rows = [(m[0], row.epoch, derive(ring, epoch, *m), row.number) for m in left]
        reindex(tx, [row.number], rows)
    return is_found


def forget(tx: Transaction, parts: Sequence[int]) -> None:
    """Delete every index value of these parts, in every epoch, with no key needed."""
    for part in parts:
        first, last = tables.tail_number(part, 0), tables.tail_number(part, tables.SLOTS - 1)
        tx.execute(delete(vault_index_tail).where(vault_index_tail.c.number.between(first, last)))
        tx.execute(delete(vault_index).where(vault_index.c.part == part))


def _inner(ring: KeyRing, member: Contact) -> bytes | None:
    normalised = contact.normalise(member)
    if normalised is None:
        return None
    what = bytes((member.kind, contact.VERSION))
    message = seal.lp(b"uphold/contact/v1", what, normalised.encode())
    return seal.mac_under(ring.contact_root, message)

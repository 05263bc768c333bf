# SPDX-License-Identifier: Apache-2.0
"""The key of one part: wrapped under an epoch's key in its own row, unwrapped only while it is used.

Python cannot wipe `bytes`, so an unwrapped key lives until its memory is used again; none is ever cached.
"""

from sqlalchemy import Connection, bindparam, select

from uphold.database import transaction
from uphold.database.transaction import Transaction
from uphold.vault import seal, tables
from uphold.vault.keys import Epoch, KeyRing
from uphold.vault.tables import vault_key

_k = vault_key.c
_KEYS = (
    select(_k.number, _k.epoch, _k.wrapped)
    .where(_k.number.between(bindparam("first"), bindparam("last")))
    .order_by(_k.number)
)
_LOWEST = _KEYS.limit(1)


def wrap(ring: KeyRing, epoch: Epoch, part: int, nonce: bytes, key: bytes) -> bytes:
    """Wrap a part's key under an epoch's key."""
    return seal.seal(epoch.cipher, nonce, key, ring.places.key(part, epoch.number))


def unwrap(ring: KeyRing, part: int, epoch: int, wrapped: bytes) -> bytes:
    """Unwrap a part's key; raises `errors.Broken` if it is another part's, or its epoch is gone."""
    place = ring.places.key(part, epoch)
    return seal.unseal(ring.epoch(epoch).cipher, wrapped, place)


def of_part(reader: Connection | Transaction, ring: KeyRing, part: int) -> bytes | None:
    """Return a part's key, or None once it is destroyed."""
    return _between(reader, ring, part, part).get(part)


def of_record(reader: Connection | Transaction, ring: KeyRing, record: int) -> dict[int, bytes]:
    """Return the keys of every part of a record that still has one, by part number, lowest first."""
    return _between(reader, ring, *tables.parts_of(record))


def lowest(reader: Connection | Transaction, ring: KeyRing, record: int) -> bytes | None:
    """Return the key of the lowest part of a record that still has one, None without any."""
    first, last = tables.parts_of(record)
    for number, epoch, wrapped in transaction.rows(reader, _LOWEST, {"first": first, "last": last}):
        return unwrap(ring, number, epoch, wrapped)
    return None


def _between(
    reader: Connection | Transaction, ring: KeyRing, first: int, last: int
) -> dict[int, bytes]:
    rows = transaction.rows(reader, _KEYS, {"first": first, "last": last})
    return {number: unwrap(ring, number, epoch, wrapped) for number, epoch, wrapped in rows}

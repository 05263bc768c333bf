# SPDX-License-Identifier: Apache-2.0
"""Put parts in, fetch and open them with a permit, destroy them. Only the declared doors import this module.

Guarantees: a part opens only in its own record, for its own purpose, under its own key; only the fields
that the permit names leave; a destroyed part's key, content and index values go in one transaction with
the journal entry that says so, and its number is in the file `destroyed` before that commits. Limits:
deleted rows are wiped by the engine's `secure_delete` and, in backups, by burning the epoch; who may read is
decided before, by the gate.

`prepare` does all the heavy work without a database, before the submission queues for the writer.
"""

import hmac
import os
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from sqlalchemy import Connection, bindparam, delete, func, select, union_all

from uphold import errors
from uphold.database import transaction
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.vault import commitment, destroyed, identifier, partkey, remains, seal, subject, tables
from uphold.vault.keys import Epoch, KeyRing, Random
from uphold.vault.part import Fetched, Indexed, Plain, Sealed, SealedPart, plain
from uphold.vault.permit import Permit
from uphold.vault.tables import vault_destroyed, vault_key, vault_part

__all__ = [
    "Fetched",
    "Plain",
    "Sealed",
    "SealedPart",
    "add",
    "destroy",
    "destroy_each",
    "fetch",
    "open",
    "open_each",
    "plain",
    "prepare",
    "put",
    "same_body",
]

TAG_BYTES = 16
# Of one part: its key, and the nonces of its content, its wrapped key and its wrapped contacts.
_RANDOM_BYTES = seal.KEY_BYTES + 3 * seal.NONCE_BYTES
_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_VALUE = msgspec.json.Decoder()


def prepare(
    ring: KeyRing,
    record: int,
    parts: Sequence[Plain],
    body: bytes = b"",
    random: Random = os.urandom,
    epoch: Epoch | None = None,
) -> Sealed:
    """Seal the parts of a new record; no database is asked. The first part is the record's anchor.

    `body` is what was posted, of which `Sealed.tag` lets `same_body` recognise a repetition. `random(n)`
    gives n bytes. `epoch` is the newest one, where that is known already.

    Raises `errors.Invalid` for no part, too many parts, or too many addresses in one.
    """
    if not 1 <= len(parts) <= tables.ORDINALS:
        raise errors.Invalid("A record has 1 to 256 parts.", "Look at the form's purposes.")
    pool = random(_RANDOM_BYTES * len(parts))
    chosen = ring.newest if epoch is None else epoch
    first = tables.part_number(record, 0)
    sealed = [
        _seal(ring, chosen, first + ordinal, member, pool, ordinal * _RANDOM_BYTES)
        for ordinal, member in enumerate(parts)
    ]
    anchor = seal.keyed(pool[: seal.KEY_BYTES])
    return Sealed(
        record,
        ring.identifiers.encode(identifier.RECORD, record),
        tuple(sealed),
        _tag(anchor, body),
        anchor,
        ring,
    )


def put(tx: Transaction, sealed: Sealed) -> None:
    """Store a prepared record. The caller journals it in the same transaction (`commitment.stored`).

    Raises `errors.Unavailable` when the epoch that it was sealed under was burned meanwhile: nobody could
    ever open it. A burn holds the write lock, so none comes between this look and the commit.
    """
    if not sealed.ring.holds(sealed.parts[0].epoch, tx.batch):
        raise errors.Unavailable(
            "The keys were changed meanwhile.", "Nothing was stored; send it again."
        )
    for part in sealed.parts:
        _insert(tx, part)


def add(tx: Transaction, ring: KeyRing, record: int, member: Plain) -> SealedPart:
    """Seal and store one more part of a stored record, such as an answer, under its next free ordinal.

    The caller journals it in the same transaction (`commitment.of_sealed`). Raises `errors.Missing` if
    there is no such record, `errors.Conflict` if it has 256 parts.
    """
    first, last = tables.parts_of(record)
    # A destroyed part's number is not used again: receipts and journal openings speak of it.
    numbers = union_all(
        select(vault_part.c.number).where(vault_part.c.number.between(first, last)),
        select(vault_destroyed.c.number).where(vault_destroyed.c.number.between(first, last)),
    ).subquery()
    highest = tx.execute(select(func.max(numbers.c.number))).scalar()
    if highest is None:
        raise errors.Missing("There is no such record.", "Look at the list of enquiries.")
    if highest == last:
        raise errors.Conflict("This record can take no more parts.", "Begin a new enquiry.")
    part = _seal(ring, ring.newest, highest + 1, member, os.urandom(_RANDOM_BYTES))
    _insert(tx, part)
    return part


_p = vault_part.c
# In the order of what `Fetched` is made of.
_FETCH = (
    select(_p.number, _p.purpose, _p.version, _p.sealed, vault_key.c.epoch, vault_key.c.wrapped)
    .join(vault_key, vault_key.c.number == _p.number)
    .where(
        _p.number.between(bindparam("first"), bindparam("last")),
        _p.purpose == bindparam("purpose"),
    )
    .order_by(_p.number)
)


def fetch(reader: Connection | Transaction, permit: Permit) -> tuple[Fetched, ...]:
    """Read the ciphertext of the parts that the permit speaks of; empty when they are destroyed."""
    first, last = tables.parts_of(permit.record)
    told = {"first": first, "last": last, "purpose": permit.purpose}
    return tuple(Fetched(*row) for row in transaction.rows(reader, _FETCH, told))


def open(  # noqa: A001 - the vault's own word: `records.open(ring, permit, ...)`
    ring: KeyRing, permit: Permit, fetched: Sequence[Fetched]
) -> dict[str, Any]:
    """Open fetched parts: field to value, of the permit's fields only. Commit the journal entry first.

    Where several parts hold one field, the latest part's value stands, as a correction does. Raises
    `errors.Broken` if a part is not of the permit's record and purpose, or was tampered with.
    """
    fields: dict[str, Any] = {}
    for _, part in sorted(open_each(ring, permit, fetched), key=lambda pair: pair[0]):
        fields |= part
    return fields


def open_each(
    ring: KeyRing, permit: Permit, fetched: Sequence[Fetched]
) -> list[tuple[int, dict[str, Any]]]:
    """Open fetched parts as `open` does, but apart: part number and fields, such as answers one by one."""
    if not isinstance(permit, Permit):
        raise errors.Broken("The vault was asked to open without a permit.", "Report this fault.")
    return [(member.number, _open(ring, permit, member)) for member in fetched]


def same_body(
    reader: Connection | Transaction, ring: KeyRing, record: int, body: bytes, tag: bytes
) -> bool | None:
    """Tell whether `body` is what `prepare` made `tag` of; None when the anchor's key is destroyed."""
    key = partkey.of_part(reader, ring, tables.part_number(record, 0))
    return None if key is None else hmac.compare_digest(_tag(seal.keyed(key), body), tag)


def destroy(
    tx: Transaction, ring: KeyRing, record: int, purposes: Collection[str] | None, reason: str
) -> list[int]:
    """Destroy the parts of a record that serve `purposes` (None: all) and journal each; returns their numbers.

    Key, content and index values go together. `reason` is a code of the journal. A part that is gone
    already is passed over. No key is needed: what cannot be opened any more can still be destroyed.
    """
    return destroy_each(tx, ring, {record: purposes}, reason)[record]


def destroy_each(
    tx: Transaction, ring: KeyRing, wanted: Mapping[int, Collection[str] | None], reason: str
) -> dict[int, list[int]]:
    """Destroy parts of many records as `destroy` does; returns their numbers by record.

    All of them are noted in the file `destroyed` at once, before this transaction can commit.
    """
    dying = {
        record: _destroy(tx, ring, record, purposes, reason) for record, purposes in wanted.items()
    }
    if ring.destroyed is not None:
        destroyed.append(ring.destroyed, [part for parts in dying.values() for part in parts])
    return dying


def _destroy(
    tx: Transaction, ring: KeyRing, record: int, purposes: Collection[str] | None, reason: str
) -> list[int]:
    parts = remains.live(tx, record)
    doomed = [(n, purpose) for n, purpose in parts if purposes is None or purpose in purposes]
    dying = [number for number, _ in doomed]
    surviving = _surviving_key(tx, ring, [number for number, _ in parts if number not in dying])
    for number, purpose in doomed:
        salt = entry.salt()
        name = commitment.under(surviving, ring, record, salt)
        codes = {"purpose": purpose, "reason": reason}
        index = tx.append(entry.encode("part.destroyed", tx.now, salt, codes, [name]))
        tx.execute(delete(vault_key).where(vault_key.c.number == number))
        tx.execute(delete(vault_part).where(vault_part.c.number == number))
        tx.insert(vault_destroyed, (number, purpose, tx.now, index))
    subject.forget(tx, dying)
    return dying


def _seal(
    ring: KeyRing, epoch: Epoch, number: int, member: Plain, pool: bytes, at: int = 0
) -> SealedPart:
    """Seal one part under an epoch.

    Its randomness is in `pool` from `at`: key 32, nonces of content, key and contacts 12 each.
    """
    key = pool[at : at + 32]
    place = ring.places.part(tables.record_of(number), member.purpose, member.version)
    indexed: tuple[Indexed, ...] = ()
    contacts = None
    if member.contacts:
        indexed = subject.index(ring, member.contacts, epoch)
        inners = [(one.kind, one.version, one.inner) for one in indexed]
        contacts = subject.wrap(ring, epoch, number, pool[at + 56 : at + 68], inners)
    return SealedPart(
        number,
        member.purpose,
        member.version,
        seal.seal(AESGCM(key), pool[at + 32 : at + 44], member.payload, place),
        epoch.number,
        partkey.wrap(ring, epoch, number, pool[at + 44 : at + 56], key),
        contacts,
        indexed,
    )


def _surviving_key(tx: Transaction, ring: KeyRing, parts: Sequence[int]) -> bytes | None:
    """Choose the key that salts a destruction's entry: a survivor's, so that the person's receipt can show it."""
    try:
        return partkey.of_part(tx, ring, parts[0]) if parts else None
    except errors.Broken:
        return None  # a damaged neighbour must not keep a part alive; the entry is then nobody's


def _insert(tx: Transaction, part: SealedPart) -> None:
    tx.insert(vault_part, (part.number, part.purpose, part.version, part.sealed))
    tx.insert(vault_key, (part.number, part.epoch, part.wrapped, part.contacts))
    subject.put(tx, part)


def _open(ring: KeyRing, permit: Permit, member: Fetched) -> dict[str, Any]:
    """Open one part. The place comes from the permit, so the cipher itself refuses another record or purpose."""
    if member.record != permit.record or member.purpose != permit.purpose:
        raise errors.Broken(
            "A part was handed over that the permit does not cover.", "Report this fault."
        )
    key = partkey.unwrap(ring, member.number, member.epoch, member.wrapped)
    place = ring.places.part(permit.record, permit.purpose, member.version)
    payload = seal.unseal(AESGCM(key), member.sealed, place)
    # Only the permitted fields are decoded; the others stay bytes and are dropped with the payload.
    fields = _FIELDS.decode(payload)
    return {name: _VALUE.decode(fields[name]) for name in fields if name in permit.fields}


def _tag(anchor: HMAC, body: bytes) -> bytes:
    """Tag a body so that only the holder of the anchor's key can compare it with a guess."""
    return seal.mac_under(anchor, b"uphold/body/v1\0" + body)[:TAG_BYTES]

# SPDX-License-Identifier: Apache-2.0
"""Digests for the journal that can be tied to a record while its parts live, and are noise afterwards.

`record` hides the record's public id, which could be guessed, behind a salt from one live part (at first
the anchor):

    salt       = HMAC-SHA256(part's key, "uphold/salt/v1" || 0x00 || entry's salt || name), first 16 bytes
    disclosure = base64url(JSON [base64url(salt), name, value])       (RFC 9901 4.2.1)
    digest     = base64url(SHA-256(ASCII of the disclosure))          (RFC 9901 4.2.3)

Salts are stored nowhere: while the part's key lives a disclosure is derived again, for a receipt, without
opening the part; afterwards nobody can.

`sealed` is the base64url SHA-256 of a part's sealed content as it is stored. It needs no salt: ciphertext
under a random key and nonce cannot be guessed, so its digest means something only to whoever holds that
ciphertext, and to nobody once it is deleted (decision record 0013).
"""

import hashlib
import os
from binascii import b2a_base64
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import msgspec
from cryptography.hazmat.primitives.hmac import HMAC
from sqlalchemy import Connection

from uphold import errors
from uphold.database.transaction import Transaction
from uphold.vault import identifier, partkey, seal
from uphold.vault.keys import KeyRing
from uphold.vault.part import Sealed, SealedPart

SALT_BYTES = 16
_USE = b"uphold/salt/v1\0"
RECORD = "record"
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_JSON = msgspec.json.Encoder()


def disclosure(salt: bytes, name: str, value: Any) -> str:
    """Return the opening of one commitment: base64url without padding of JSON [salt, name, value]."""
    return _base64url(_JSON.encode((_base64url(salt), name, value)))


def digest(opening: str) -> str:
    """Return the digest that commits to a disclosure."""
    return _base64url(hashlib.sha256(opening.encode("ascii")).digest())


def salt(keyed: HMAC, entry_salt: bytes, name: str) -> bytes:
    """Derive the salt (16 bytes) of the commitment called `name` in the entry with `entry_salt` (16 bytes).

    `keyed` is HMAC begun under a part's key.
    """
    if len(entry_salt) != SALT_BYTES:
        raise errors.Invalid("An entry's salt has 16 bytes.", "Take it from journal.entry.salt().")
    return seal.mac_under(keyed, _USE + entry_salt + name.encode())[:SALT_BYTES]


def of_sealed(part: SealedPart) -> str:
    """Commit to a part's sealed content, before it is stored."""
    return sealed_digest(part.sealed)


def of_new_record(sealed: Sealed, entry_salt: bytes) -> str:
    """Commit to a record's public id under its first sealed part, before it is stored."""
    chosen = salt(sealed.anchor, entry_salt, RECORD)
    return digest(disclosure(chosen, RECORD, sealed.identifier))


def stored(sealed: Sealed, entry_salt: bytes) -> list[str]:
    """Return the commitments of a record's first entry: the record, then each part's sealed content."""
    return [
        of_new_record(sealed, entry_salt),
        *[sealed_digest(part.sealed) for part in sealed.parts],
    ]


def of_record(
    reader: Connection | Transaction, ring: KeyRing, record: int, entry_salt: bytes
) -> str:
    """Commit to a stored record's public id, for a later entry, under its lowest part that still has a key.

    With no key left the salt is random and thrown away: the entry can be tied to nobody, which is what
    destruction means.
    """
    return under(partkey.lowest(reader, ring, record), ring, record, entry_salt)


def under(part_key: bytes | None, ring: KeyRing, record: int, entry_salt: bytes) -> str:
    """Commit to a record's public id under a part's key, or under a salt that is thrown away."""
    chosen = (
        os.urandom(SALT_BYTES)
        if part_key is None
        else salt(seal.keyed(part_key), entry_salt, RECORD)
    )
    value = ring.identifiers.encode(identifier.RECORD, record)
    return digest(disclosure(chosen, RECORD, value))


def disclosures(
    ring: KeyRing,
    reader: Connection | Transaction,
    part: int,
    entry_salt: bytes,
    claims: Mapping[str, Any],
) -> list[str] | None:
    """Derive again the openings of `claims` (name to value) salted from `part`; None once its key is destroyed."""
    key = partkey.of_part(reader, ring, part)
    return None if key is None else _open(key, entry_salt, claims)


def openings(
    ring: KeyRing,
    reader: Connection | Transaction,
    record: int,
    entry_salt: bytes,
    digests: Sequence[str],
) -> list[str]:
    """Derive every opening that is left of an entry about `record`, in the order of its `digests`.

    What is opened is the record's public id. When the part it was salted from is destroyed, nothing is.
    """
    claims = {RECORD: ring.identifiers.encode(identifier.RECORD, record)}
    found: dict[str, str] = {}
    for key in partkey.of_record(reader, ring, record).values():
        found |= {digest(opening): opening for opening in _open(key, entry_salt, claims)}
    return [found[member] for member in digests if member in found]


def naming(
    reader: Connection | Transaction, ring: KeyRing, record: int
) -> Callable[[bytes, Collection[str]], bool]:
    """Return what tells of many entries, by their salt and digests, which of them commit to `record`.

    The keys of the record's parts are unwrapped once, and live as long as what is returned.
    """
    keyed = [seal.keyed(key) for key in partkey.of_record(reader, ring, record).values()]
    value = ring.identifiers.encode(identifier.RECORD, record)

    def names(entry_salt: bytes, digests: Collection[str]) -> bool:
        return any(
            digest(disclosure(salt(one, entry_salt, RECORD), RECORD, value)) in digests
            for one in keyed
        )

    return names


def sealed_digest(blob: bytes) -> str:
    """Return the base64url SHA-256 of a part's sealed content."""
    return _base64url(hashlib.sha256(blob).digest())


def _open(part_key: bytes, entry_salt: bytes, claims: Mapping[str, Any]) -> list[str]:
    keyed = seal.keyed(part_key)
    return [
        disclosure(salt(keyed, entry_salt, name), name, value) for name, value in claims.items()
    ]


def _base64url(raw: bytes) -> str:
    return b2a_base64(raw, newline=False).translate(_URL_SAFE, b"=").decode("ascii")

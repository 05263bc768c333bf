# SPDX-License-Identifier: Apache-2.0
"""Authenticated encryption that knows where a thing belongs: a blob moved elsewhere never opens.

AES-256-GCM (NIST SP 800-38D) with 96-bit random nonces. A blob is `0x01 || nonce (12) || ciphertext || tag (16)`.
The place a blob belongs to is its associated data: every item with its length before it, because joined
with a separator `ab|c, d` and `ab, c|d` would be the same place.
"""

import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from uphold import errors

SUITE = b"A256GCM"
FORMAT = b"\x01"
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16

_SHA256 = SHA256()
_LENGTH = struct.Struct(">I").pack
_PART_HEAD = struct.Struct(">IQI").pack
_PART_TAIL = struct.Struct(">IQ").pack
_PART_EPOCH = struct.Struct(">IQII").pack


def lp(*parts: bytes) -> bytes:
    """Join `parts`, each after its length as a big-endian uint32; no two sequences give the same bytes."""
    return b"".join([_LENGTH(len(part)) + part for part in parts])


def seal(cipher: AESGCM, nonce: bytes, plaintext: bytes, place: bytes) -> bytes:
    """Encrypt `plaintext` for `place`. A nonce (12 bytes) must never be used twice under one key."""
    return FORMAT + nonce + cipher.encrypt(nonce, plaintext, place)


def unseal(cipher: AESGCM, blob: bytes, place: bytes) -> bytes:
    """Decrypt a blob that `seal` made for the same `place`; anything else raises `errors.Broken`."""
    if blob[:1] == FORMAT and len(blob) >= 1 + NONCE_BYTES + TAG_BYTES:
        try:
            return cipher.decrypt(blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :], place)
        except InvalidTag:
            pass
    raise errors.Broken(
        "A sealed value does not open in its place: it was changed, moved, or sealed under another key.",
        "Run `uphold journal verify`, and look at who could write to the database.",
    )


def subkey(key: bytes, use: bytes) -> bytes:
    """Derive the 32-byte key for one `use` from a uniformly random key.

    One block of HKDF-Expand with SHA-256 (RFC 5869 2.3): T(1) = HMAC(key, info || 0x01).
    """
    return mac(key, use + b"\x01")


def mac(key: bytes, message: bytes) -> bytes:
    """Return HMAC-SHA256 (RFC 2104) of `message` under `key`, 32 bytes."""
    begun = HMAC(key, _SHA256)
    begun.update(message)
    return begun.finalize()


def keyed(key: bytes) -> HMAC:
    """Begin HMAC-SHA256 under a key of many messages: `mac_under` costs a third of `mac`."""
    return HMAC(key, _SHA256)


def mac_under(begun: HMAC, message: bytes) -> bytes:
    """Return the 32-byte HMAC of `message`; what was begun stays as it is, for the next message."""
    copy = begun.copy()
    copy.update(message)
    return copy.finalize()


class Places:
    """Names the places of one site's blobs: the `lp` of what each method says, with the fixed part made once."""

    __slots__ = ("_contacts", "_key", "_part")

    def __init__(self, site: bytes) -> None:
        """Take the site id, 16 bytes."""
        self._part = lp(b"uphold/part/v1", SUITE, site)
        self._key = lp(b"uphold/key/v1", site)
        self._contacts = lp(b"uphold/contacts/v1", site)

    def part(self, record: int, purpose: str, version: int) -> bytes:
        """lp("uphold/part/v1", suite, site, record u64, purpose, version u64): where content belongs."""
        name = purpose.encode()
        return self._part + _PART_HEAD(8, record, len(name)) + name + _PART_TAIL(8, version)

    def key(self, part: int, epoch: int) -> bytes:
        """lp("uphold/key/v1", site, part u64, epoch u32): where a part's wrapped key belongs."""
        return self._key + _PART_EPOCH(8, part, 4, epoch)

    def contacts(self, part: int, epoch: int) -> bytes:
        """lp("uphold/contacts/v1", site, part u64, epoch u32): where a part's wrapped contacts belong."""
        return self._contacts + _PART_EPOCH(8, part, 4, epoch)

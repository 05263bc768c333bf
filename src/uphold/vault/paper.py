# SPDX-License-Identifier: Apache-2.0
"""What a disclosure rests on, who asked and by which document: sealed for that disclosure alone.

    blob  = AES-256-GCM of JSON {"requester", "document"}, padded with spaces in steps of 256 bytes
    key   = HMAC-SHA256(token key, lp("uphold/paper/v1", disclosure u64))
    place = lp("uphold/paper/v1", suite, site, disclosure u64)

A document's reference may name people, so a copy of the database alone must open none; a row that is moved to another
disclosure opens nothing there.
"""

import os
import struct

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from uphold import errors
from uphold.vault import seal as sealing
from uphold.vault.keys import KeyRing

# So that its length tells little of what it says.
STEP = 256
_USE = b"uphold/paper/v1"
_NUMBER = struct.Struct(">Q").pack


class Paper(msgspec.Struct, frozen=True, gc=False):
    """Who asked, and the reference of the document by which they did."""

    requester: str
    document: str

    def __repr__(self) -> str:
        return "<Paper>"


def seal(ring: KeyRing, disclosure: int, paper: Paper) -> bytes:
    """Seal the paper of a disclosure, always with a fresh nonce."""
    flat = msgspec.json.encode(paper)
    padded = flat + b" " * (-len(flat) % STEP)
    nonce = os.urandom(sealing.NONCE_BYTES)
    return sealing.seal(_cipher(ring, disclosure), nonce, padded, _place(ring, disclosure))


def open(ring: KeyRing, disclosure: int, blob: bytes) -> Paper | None:  # noqa: A001 - read as paper.open
    """Return the paper of this very disclosure, None for anything else."""
    try:
        flat = sealing.unseal(_cipher(ring, disclosure), blob, _place(ring, disclosure))
    except errors.Broken:
        return None
    return msgspec.json.decode(flat, type=Paper)


def _cipher(ring: KeyRing, disclosure: int) -> AESGCM:
    return AESGCM(sealing.mac(ring.token_key, sealing.lp(_USE, _NUMBER(disclosure))))


def _place(ring: KeyRing, disclosure: int) -> bytes:
    return sealing.lp(_USE, sealing.SUITE, ring.site, _NUMBER(disclosure))

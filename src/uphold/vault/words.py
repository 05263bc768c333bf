# SPDX-License-Identifier: Apache-2.0
"""The words by which somebody says why they open in an emergency what their role may not: sealed for that opening.

    blob  = AES-256-GCM of the words, padded with spaces in steps of 256 bytes
    key   = HMAC-SHA256(token key, lp("uphold/words/v1", glass u64))
    place = lp("uphold/words/v1", suite, site, glass u64)

Who is in need may name people, so a copy of the database alone must open none.
"""

import os
import struct

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from uphold import errors
from uphold.vault import seal as sealing
from uphold.vault.keys import KeyRing

# So that its length tells little of what it says.
STEP = 256
_USE = b"uphold/words/v1"
_NUMBER = struct.Struct(">Q").pack


def seal(ring: KeyRing, glass: int, words: str) -> bytes:
    """Seal the words of an opening, always with a fresh nonce."""
    plain = words.rstrip().encode("utf-8", "replace")
    padded = plain + b" " * (-len(plain) % STEP)
    nonce = os.urandom(sealing.NONCE_BYTES)
    return sealing.seal(_cipher(ring, glass), nonce, padded, _place(ring, glass))


def open(ring: KeyRing, glass: int, blob: bytes) -> str | None:  # noqa: A001 - read as words.open
    """Return the words of this very opening, None for anything else."""
    try:
        return sealing.unseal(_cipher(ring, glass), blob, _place(ring, glass)).decode().rstrip()
    except errors.Broken:
        return None


def _cipher(ring: KeyRing, glass: int) -> AESGCM:
    return AESGCM(sealing.mac(ring.token_key, sealing.lp(_USE, _NUMBER(glass))))


def _place(ring: KeyRing, glass: int) -> bytes:
    return sealing.lp(_USE, sealing.SUITE, ring.site, _NUMBER(glass))

# SPDX-License-Identifier: Apache-2.0
"""The words that staff write of what happened: sealed for the one row that they belong to.

    blob  = AES-256-GCM of the words, padded with spaces in steps of 256 bytes
    key   = HMAC-SHA256(token key, lp(use, number u64))
    place = lp(use, suite, site, number u64)

`use` tells what the number is of. Who writes of an emergency or of an incident may name people, so a copy of the
database alone must open none.
"""

import os
import struct
from enum import Enum

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from uphold import errors
from uphold.vault import seal as sealing
from uphold.vault.keys import KeyRing

# So that its length tells little of what it says.
STEP = 256
_NUMBER = struct.Struct(">Q").pack


class Of(Enum):
    """What the words are of."""

    GLASS = b"uphold/words/v1"
    """An opening in an emergency."""
    INCIDENT = b"uphold/incident-words/v1"
    """A line of an incident."""


def seal(ring: KeyRing, number: int, words: str, of: Of = Of.GLASS) -> bytes:
    """Seal words for a row, always with a fresh nonce."""
    plain = words.rstrip().encode("utf-8", "replace")
    padded = plain + b" " * (-len(plain) % STEP)
    nonce = os.urandom(sealing.NONCE_BYTES)
    return sealing.seal(_cipher(ring, number, of), nonce, padded, _place(ring, number, of))


def open(  # noqa: A001 - read as words.open
    ring: KeyRing, number: int, blob: bytes, of: Of = Of.GLASS
) -> str | None:
    """Return the words of this very row, None for anything else."""
    cipher, place = _cipher(ring, number, of), _place(ring, number, of)
    try:
        return sealing.unseal(cipher, blob, place).decode().rstrip()
    except errors.Broken:
        return None


def _cipher(ring: KeyRing, number: int, of: Of) -> AESGCM:
    return AESGCM(sealing.mac(ring.token_key, sealing.lp(of.value, _NUMBER(number))))


def _place(ring: KeyRing, number: int, of: Of) -> bytes:
    return sealing.lp(of.value, sealing.SUITE, ring.site, _NUMBER(number))

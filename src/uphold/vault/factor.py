# SPDX-License-Identifier: Apache-2.0
"""The secret of a member of staff's second factor, sealed for that account alone.

    blob  = AES-256-GCM of the secret
    key   = HMAC-SHA256(token key, lp("uphold/factor/v1", staff u64))
    place = lp("uphold/factor/v1", suite, site, staff u64)

A copy of the database alone opens none, and a row that is moved to another account opens nothing there.
"""

import os
import struct

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from uphold import errors
from uphold.vault import seal as sealing
from uphold.vault.keys import KeyRing

_USE = b"uphold/factor/v1"
_STAFF = struct.Struct(">Q").pack


def seal(ring: KeyRing, staff: int, secret: bytes) -> bytes:
    """Seal an account's secret, always with a fresh nonce."""
    nonce = os.urandom(sealing.NONCE_BYTES)
    return sealing.seal(_cipher(ring, staff), nonce, secret, _place(ring, staff))


def open(ring: KeyRing, staff: int, blob: bytes) -> bytes | None:  # noqa: A001 - read as factor.open
    """Return the secret of this very account, None for anything else."""
    try:
        return sealing.unseal(_cipher(ring, staff), blob, _place(ring, staff))
    except errors.Broken:
        return None


def _cipher(ring: KeyRing, staff: int) -> AESGCM:
    return AESGCM(sealing.mac(ring.token_key, sealing.lp(_USE, _STAFF(staff))))


def _place(ring: KeyRing, staff: int) -> bytes:
    return sealing.lp(_USE, sealing.SUITE, ring.site, _STAFF(staff))

# SPDX-License-Identifier: Apache-2.0
"""An address that must outlive its record for as long as one letter waits: sealed for that letter alone.

    blob = epoch u32 || AES-256-GCM under the epoch's key of  kind u8 || address || zeros, in steps of 64 bytes
    place: lp("uphold/address/v1", site, letter u64, epoch u32)

It is never wrapped anew: with its epoch burned it opens in no backup, as everything that was erased.
"""

import os
import struct

from uphold import errors
from uphold.vault import seal as sealing
from uphold.vault.contact import Contact
from uphold.vault.keys import KeyRing

# So that its length tells little of an address.
STEP = 64
_EPOCH = struct.Struct(">I")
_LETTER = struct.Struct(">Q").pack
_USE = b"uphold/address/v1"


def seal(ring: KeyRing, letter: int, contact: Contact) -> bytes:
    """Seal an address for the letter with this number, always with a fresh nonce."""
    epoch = ring.newest
    flat = bytes((contact.kind,)) + contact.text.encode("utf-8", "surrogatepass")
    padded = flat + bytes(-len(flat) % STEP)
    nonce = os.urandom(sealing.NONCE_BYTES)
    place = _place(ring, letter, epoch.number)
    return _EPOCH.pack(epoch.number) + sealing.seal(epoch.cipher, nonce, padded, place)


def open(ring: KeyRing, letter: int, blob: bytes) -> Contact | None:  # noqa: A001 - read as address.open
    """Return the address of this very letter; None for another's, or once its epoch is burned."""
    if len(blob) < _EPOCH.size:
        return None
    (number,) = _EPOCH.unpack_from(blob)
    try:
        cipher = ring.epoch(number).cipher
        flat = sealing.unseal(cipher, blob[_EPOCH.size :], _place(ring, letter, number))
    except errors.Broken:
        return None
    return Contact(flat[0], flat[1:].rstrip(b"\0").decode("utf-8", "surrogatepass"))


def _place(ring: KeyRing, letter: int, epoch: int) -> bytes:
    return sealing.lp(_USE, ring.site, _LETTER(letter), _EPOCH.pack(epoch))

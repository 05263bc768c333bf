# SPDX-License-Identifier: Apache-2.0
"""Public ids that tell nothing: one AES-256 block of (kind, row number, zeros), written in 26 letters and digits.

The rows keep their sequential numbers, so no random-key index is needed; the block's zeros make a guess
succeed once in 2^64, and the kind keeps an id of one sort of thing from being taken for another.

    block = AES-256(key, kind u8 || number u64 big-endian || 7 zero bytes)
    text  = base32 of the block (RFC 4648 section 6), lower case, no padding

A single block of distinct inputs is a pseudorandom permutation, which is all that is asked of it; ECB, the
mode the library names for it, is unsafe only for more than one block.
"""

import re
import threading
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

RECORD: Final = 1
RECEIPT: Final = 2
ENQUIRY: Final = 3
STAFF: Final = 4
MESSAGE: Final = 5
EXPORT: Final = 6
# Stands in an address that is in one export alone.
CANARY: Final = 7

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
# Two symbols at a time, because base64.b32encode costs more than the cipher does.
_P = tuple(high + low for high in _ALPHABET for low in _ALPHABET)
# int() reads base 32 in the digits 0-9a-v.
_DIGITS = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv")
_SHAPE = re.compile(
    r"[a-z2-7]{25}[aeimquy4]"
)  # the last symbol carries three bits: its low two are zero
_ZEROS = bytes(7)


class Identifiers:
    """Turns row numbers into public ids and back, under one key. Safe to call from several threads."""

    def __init__(self, key: bytes) -> None:
        """Take the site's id key, 32 bytes, which must never change: ids are printed on receipts."""
        cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 - one block, see above
        # Kept and shared: making one costs ten times its use. One block leaves no state behind, but
        # two threads may not be inside it together.
        self._encrypt = cipher.encryptor().update
        self._decrypt = cipher.decryptor().update
        self._lock = threading.Lock()

    def encode(self, kind: int, number: int) -> str:
        """Return the public id of row `number` (0 to 2^64 - 1) of `kind` (0 to 255)."""
        block = bytes((kind,)) + number.to_bytes(8, "big") + _ZEROS
        with self._lock:
            block = self._encrypt(block)
        return _base32(int.from_bytes(block, "big") << 2)

    def decode(self, kind: int, text: str) -> int | None:
        """Return the row number behind `text`, or None if it is no id of this site and `kind`."""
        if not _SHAPE.fullmatch(text):
            return None
        block = (int(text.translate(_DIGITS), 32) >> 2).to_bytes(16, "big")
        with self._lock:
            block = self._decrypt(block)
        if block[0] != kind or block[9:] != _ZEROS:
            return None
        return int.from_bytes(block[1:9], "big")


def _base32(value: int) -> str:
    """Write 130 bits. Spelled out: this runs for every id on every page, and a loop costs twice as much."""
    high, low = value >> 70, value & (1 << 70) - 1
    return (
        f"{_P[high >> 50]}{_P[high >> 40 & 1023]}{_P[high >> 30 & 1023]}"
        f"{_P[high >> 20 & 1023]}{_P[high >> 10 & 1023]}{_P[high & 1023]}"
        f"{_P[low >> 60]}{_P[low >> 50 & 1023]}{_P[low >> 40 & 1023]}{_P[low >> 30 & 1023]}"
        f"{_P[low >> 20 & 1023]}{_P[low >> 10 & 1023]}{_P[low & 1023]}"
    )

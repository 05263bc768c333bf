# SPDX-License-Identifier: Apache-2.0
"""Compare two long lists in any order, in constant memory: each member on one side must be on the other.

Members are added up per bucket as keyed hashes, one side plus, the other minus. A bucket that is not zero
holds a difference, and only its members are looked at again. The key is drawn anew each time, so nobody
can choose members that cancel out (a chance of 2^-64 remains).
"""

import hashlib
import os
from array import array

BUCKETS = 1 << 14
_MASK = (1 << 64) - 1


class Balance:
    """Sums of both sides, 128 KB whatever their length."""

    def __init__(self) -> None:
        self._key = os.urandom(16)
        self._sums = array("Q", bytes(8 * BUCKETS))

    def add(self, member: tuple[object, ...], sign: int) -> None:
        """Count a member of the one side (`sign` 1) or of the other (-1)."""
        bucket, value = self._place(member)
        self._sums[bucket] = (self._sums[bucket] + sign * value) & _MASK

    @property
    def is_even(self) -> bool:
        """Whether both sides hold the same members, each as often."""
        return not any(self._sums)

    def is_suspect(self, member: tuple[object, ...]) -> bool:
        """Whether a member may be on one side more often than on the other."""
        return self._sums[self._place(member)[0]] != 0

    def _place(self, member: tuple[object, ...]) -> tuple[int, int]:
        raw = hashlib.blake2b(repr(member).encode(), key=self._key, digest_size=16).digest()
        value = int.from_bytes(raw[:8], "big")
        return int.from_bytes(raw[8:], "big") % BUCKETS, value | 1

# SPDX-License-Identifier: Apache-2.0
"""Random bytes for many uses at a time."""

import os


class Pool:
    """Random bytes for many uses, drawn at once: each time that the kernel is asked costs as much as sealing."""

    __slots__ = ("_at", "_bytes")

    def __init__(self, size: int) -> None:
        """Draw `size` bytes."""
        self._bytes = os.urandom(size)
        self._at = 0

    def __call__(self, size: int) -> bytes:
        """Give the next `size` bytes, each once; when they have run out, fresh ones."""
        begin = self._at
        self._at = end = begin + size
        return self._bytes[begin:end] if end <= len(self._bytes) else os.urandom(size)

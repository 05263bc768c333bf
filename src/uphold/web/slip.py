# SPDX-License-Identifier: Apache-2.0
"""Slips: what a page without a session signs, so that a post can only come from that page (pure).

A slip says what it is for and of which record; it needs no storage. It is never too old: what it allows is
safe to do at any time, such as to withdraw.
"""

import hmac
from hashlib import blake2b

NAME = "_slip"
"""The name of the hidden field."""

_USE = b"uphold/slip/v1"
_BYTES = 16


def write(key: bytes, *about: str | int) -> str:
    """Sign what a slip is about; the text goes into a hidden field."""
    # Lengths first, so that no two lists read alike.
    parts = [str(one).encode() for one in about]
    raw = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return blake2b(raw, key=key, digest_size=_BYTES, person=_USE).hexdigest()


def holds(key: bytes, text: str, *about: str | int) -> bool:
    """Tell whether this site signed a slip about just this."""
    given = text.encode("utf-8", "replace")
    return hmac.compare_digest(given, write(key, *about).encode())

# SPDX-License-Identifier: Apache-2.0
"""The mark of an exercise: by it a post says that it comes from a run of probes, and from no person (pure).

    uphold-exercise: <run>.<expiry, unix s>.<base64url of HMAC-SHA256, first 16 bytes>

Only who holds the key ring can make one. It is good for minutes and for its run alone; that the run is open is
asked in the transaction that stores the post (`submit.Intake`).
"""

import hmac
import re
from base64 import urlsafe_b64encode

HEADER = b"uphold-exercise"
LIFE_SECONDS = 600
"""The longest that a mark may still be good for, whatever it says of itself."""

_TAG = 16
_USE = b"uphold/exercise/v1\0"
_FORM = re.compile(r"([1-9][0-9]{0,17})\.([1-9][0-9]{0,17})\.[A-Za-z0-9_-]{22}").fullmatch


def issue(key: bytes, run: int, now: int) -> str:
    """Make a mark of a run, good for `LIFE_SECONDS` from `now` (unix milliseconds)."""
    return _write(key, run, now // 1000 + LIFE_SECONDS)


def verify(key: bytes, text: str, now: int) -> int | None:
    """Return the run that a mark is of; None unless this site made it for a moment not long after `now`."""
    found = _FORM(text)
    if found is None:
        return None
    run, expiry = int(found[1]), int(found[2])
    if not hmac.compare_digest(_write(key, run, expiry), text):
        return None
    left = expiry - now // 1000
    return run if 0 < left <= LIFE_SECONDS else None


def _write(key: bytes, run: int, expiry: int) -> str:
    said = f"{run}.{expiry}"
    tag = hmac.digest(key, _USE + said.encode("ascii"), "sha256")[:_TAG]
    return f"{said}.{urlsafe_b64encode(tag).rstrip(b'=').decode('ascii')}"

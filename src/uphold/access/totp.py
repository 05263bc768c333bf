# SPDX-License-Identifier: Apache-2.0
"""One-time codes that an authenticator application shows: TOTP (RFC 6238) over HOTP (RFC 4226). Pure.

Six digits, a new one every 30 seconds, HMAC-SHA-1: what every such application takes for granted. SHA-1 is
sound here, because HMAC does not rest on collisions being hard to find (RFC 6234, section 8; NIST SP 800-107).
"""

import base64
import hashlib
import hmac
import secrets
import struct
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
"""As long as the hash, as RFC 4226, section 4, recommends."""
# A clock may be one step off to either side (RFC 6238, section 5.2).
_DRIFT = 1


def fresh() -> bytes:
    """Make a random secret."""
    return secrets.token_bytes(SECRET_BYTES)


def code(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """Return the code of one step of time (RFC 4226, section 5.3)."""
    mac = hmac.digest(secret, struct.pack(">Q", step), hashlib.sha1)
    offset = mac[-1] & 0x0F
    (number,) = struct.unpack_from(">I", mac, offset)
    return f"{(number & 0x7FFFFFFF) % 10**digits:0{digits}d}"


def step(now: int) -> int:
    """Return the step of time at `now` (unix ms)."""
    return now // 1000 // STEP_SECONDS


def match(secret: bytes, given: str, now: int, after: int) -> int | None:
    """Return the step whose code was given, None if it is none that may be used at `now` (unix ms).

    Each code works once: no step up to `after`, the one used last, is taken (RFC 6238, section 5.2).
    """
    typed = "".join(given.split()).encode("utf-8", "surrogatepass")
    found = None
    for at in range(step(now) - _DRIFT, step(now) + _DRIFT + 1):
        if hmac.compare_digest(code(secret, at).encode(), typed) and at > after:
            found = at
    return found


def written(secret: bytes) -> str:
    """Write a secret in base32, in groups of four letters, as it is typed into an application."""
    letters = base64.b32encode(secret).decode("ascii")
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def read(text: str) -> bytes | None:
    """Read a secret as `written` writes it; None for what is none."""
    letters = "".join(text.split())
    try:
        return base64.b32decode(letters) or None
    except ValueError:
        return None


def link(secret: bytes, login: str, site: str) -> str:
    """Return the `otpauth:` address that an application on the same device opens."""
    label = quote(f"{site}:{login}")
    key = base64.b32encode(secret).decode("ascii")
    return f"otpauth://totp/{label}?{urlencode({'secret': key, 'issuer': site})}"

# SPDX-License-Identifier: Apache-2.0
"""An address sealed under a secret that only its owner gets: what a person claims before they prove it.

    secret = base64url(HMAC-SHA256(key "uphold/my-link/v1", lp(number u64, expires_at u64)))    of a mailed link
    key    = HMAC-SHA256(token key, lp("uphold/claim/v1", secret))
    blob   = AES-256-GCM of  kind u8 || length u16 || address || zeros, in steps of 512 bytes

The store keeps the blob and a digest of the secret. A copy of the database alone opens no blob, as the key needs
the site's own secret; a link that was used or whose row is gone opens nothing, as there is no blob any more. The
mailer derives a link's secret anew when it sends, so that no secret rests anywhere. A session's secret is random
and only in the person's cookie: nobody else can tell whose session it is.
"""

import hashlib
import os
import struct
from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from uphold import errors
from uphold.vault import seal as sealing
from uphold.vault.contact import Contact
from uphold.vault.keys import KeyRing

# So that its length tells nothing of an address.
STEP = 512
_LINK = b"uphold/my-link/v1"
_CLAIM = b"uphold/claim/v1"
_HEAD = struct.Struct(">BH")
_NUMBER = struct.Struct(">QQ").pack


def secret_of(ring: KeyRing, number: int, expires_at: int) -> str:
    """Derive the secret of a mailed link, 43 characters that may stand in an address (`expires_at` is unix ms)."""
    key = sealing.subkey(ring.token_key, _LINK)
    mac = sealing.mac(key, sealing.lp(_NUMBER(number, expires_at)))
    return urlsafe_b64encode(mac).rstrip(b"=").decode("ascii")


def known_as(secret: str) -> bytes:
    """Return what the store knows a secret by: secrets have 256 bits, so a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def seal(ring: KeyRing, secret: str, contact: Contact) -> bytes:
    """Seal an address under a secret, always with a fresh nonce."""
    text = contact.text.encode("utf-8", "surrogatepass")
    flat = _HEAD.pack(contact.kind, len(text)) + text
    padded = flat + bytes(-len(flat) % STEP)
    return sealing.seal(
        _cipher(ring, secret), os.urandom(sealing.NONCE_BYTES), padded, _place(ring)
    )


def open(ring: KeyRing, secret: str, blob: bytes) -> Contact | None:  # noqa: A001 - read as claim.open
    """Return the address that was sealed under this very secret, None for any other."""
    try:
        flat = sealing.unseal(_cipher(ring, secret), blob, _place(ring))
    except errors.Broken:
        return None
    kind, length = _HEAD.unpack_from(flat)
    text = flat[_HEAD.size : _HEAD.size + length]
    return Contact(kind, text.decode("utf-8", "surrogatepass"))


def _cipher(ring: KeyRing, secret: str) -> AESGCM:
    message = sealing.lp(_CLAIM, secret.encode("utf-8", "surrogatepass"))
    return AESGCM(sealing.mac(ring.token_key, message))


def _place(ring: KeyRing) -> bytes:
    return sealing.lp(_CLAIM, sealing.SUITE, ring.site)

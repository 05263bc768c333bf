# SPDX-License-Identifier: Apache-2.0
"""The hidden token of a form: what was shown, when, and once (pure).

It is signed (BLAKE2b with a key, RFC 7693), so a box can only be said to have been shown if we showed it. It
needs no storage, and it is never too old: it is stale only when the form or a wording has changed since.
"""

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b

import msgspec

from uphold.submission.form import Offer

_TAG = 16
_NONCE = 16
_CLOCK = 6
_USE = b"uphold/token/v1"


class Token(msgspec.Struct, frozen=True, array_like=True):
    """What a form said of itself when it was shown.

    `seen` are the digests of the form and of each wording, cut to 16 bytes; `issued` is unix
    milliseconds; `nonce` 16 bytes that begin with the time, so that an index over nonces grows at its end.
    """

    form: str
    language: str
    edition: int
    seen: tuple[bytes, ...]
    issued: int
    nonce: bytes


@dataclass(frozen=True, slots=True)
class Change:
    """What moved since a form was shown: `what` is `form` or `wording`, `purpose` empty for a form."""

    what: str
    purpose: str = ""


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Token)


def issue(offer: Offer, now: int) -> Token:
    """Make the token of a form about to be shown at `now` (unix milliseconds)."""
    return Token(
        offer.form.key,
        offer.language,
        offer.edition.number,
        offer.seen,
        now,
        earliest(now) + os.urandom(_NONCE - _CLOCK),
    )


def earliest(now: int) -> bytes:
    """Say how every nonce begins that is made at `now` (unix milliseconds); those made later are greater."""
    return now.to_bytes(_CLOCK, "big")


def write(key: bytes, token: Token) -> str:
    """Sign a token and print it for a hidden field."""
    raw = _encoder.encode(token)
    return urlsafe_b64encode(_tag(key, raw) + raw).rstrip(b"=").decode("ascii")


def read(key: bytes, text: str) -> Token | None:
    """Read a token back; None for anything that this site did not sign."""
    try:
        signed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    tag, raw = signed[:_TAG], signed[_TAG:]
    if not hmac.compare_digest(tag, _tag(key, raw)):
        return None
    try:
        return _decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def changes(token: Token, offer: Offer) -> list[Change]:
    """Say what changed between the form as shown and as offered now; empty when the token still holds."""
    if token.seen == offer.seen:
        return []
    found = [Change("form")] if token.seen[:1] != offer.seen[:1] else []
    if len(token.seen) == len(offer.seen):
        pairs = zip(offer.wordings, offer.seen[1:], token.seen[1:], strict=True)
        moved = [purpose for purpose, now, before in pairs if now != before]
    else:
        # Purposes came or went, so that positions no longer tell which wording was which.
        moved = list(offer.wordings)
    return found + [Change("wording", purpose) for purpose in moved]


def _tag(key: bytes, raw: bytes) -> bytes:
    # Not `hmac.digest`: that lets go of the interpreter's lock, and under load waits long to get it back.
    return blake2b(raw, key=key, digest_size=_TAG, person=_USE).digest()

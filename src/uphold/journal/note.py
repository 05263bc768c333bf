# SPDX-License-Identifier: Apache-2.0
"""C2SP signed notes (v1.0.0): a text, a blank line, and signature lines. Pure.

A signature line is an em dash, the key's name, and base64 of the 4-byte key id and the signature. We sign
with Ed25519 (type 0x01) and verify that and cosignature/v1 (type 0x04); lines of unknown keys are ignored,
a line of a known key that does not verify condemns the whole note.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from uphold.errors import Invalid

ED25519 = 0x01
COSIGNATURE = 0x04
MAX_BYTES = 1_000_000
MAX_SIGNATURES = 100
"""The caps of golang.org/x/mod/sumdb/note; without them a note could cost any amount of work."""

_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_DASH = "\u2014 "
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]").search
_KEY_ID = re.compile("[0-9a-f]{8}").fullmatch


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key that may sign notes: its name, its type (ED25519 or COSIGNATURE), its 32 bytes."""

    name: str
    kind: int
    key: bytes

    @property
    def id(self) -> bytes:
        """The 4-byte key id."""
        return _key_id(self.name, self.kind, self.key)

    @property
    def vkey(self) -> str:
        """The key in one line: name, id and base64 key joined by +."""
        key = base64.b64encode(bytes([self.kind]) + self.key).decode("ascii")
        return f"{self.name}+{self.id.hex()}+{key}"

    def check(self, text: bytes, signature: bytes) -> int | None:
        """Return the unix second that a cosignature states, None for a plain signature.

        Raises Invalid when the signature is not this key's over the text.
        """
        second = None
        message = text
        if self.kind == COSIGNATURE:
            second = int.from_bytes(signature[:8], "big")
            message = b"cosignature/v1\ntime %d\n" % second + text
            signature = signature[8:]
        if len(signature) != _SIGNATURE_BYTES or (second is not None and second >= 2**63):
            raise Invalid("A signature of a known key is malformed.")
        try:
            _public(self.key).verify(signature, message)
        except InvalidSignature as error:
            raise Invalid("A signature of a known key does not verify.") from error
        return second


class Signer:
    """An Ed25519 key that signs notes under a name; `seed` is its 32 secret bytes."""

    __slots__ = ("_private", "_start", "name", "verifier")

    def __init__(self, name: str, seed: bytes) -> None:
        _check_name(name)
        if len(seed) != _KEY_BYTES:
            raise Invalid("The seed of a signing key must be 32 bytes.")
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.name = name
        self.verifier = Verifier(name, ED25519, self._private.public_key().public_bytes_raw())
        self._start = f"\n{_DASH}{name} ".encode()

    def __repr__(self) -> str:
        return f"Signer({self.name!r})"

    @property
    def vkey(self) -> str:
        """The public key in one line."""
        return self.verifier.vkey

    def sign(self, text: bytes) -> bytes:
        """Return the note: text, blank line, our signature line. `text` must end with a line feed."""
        signature = self.verifier.id + self._private.sign(text)
        return b"%b%b%b\n" % (text, self._start, base64.b64encode(signature))


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line, not verified: key name, 4-byte key id, the bytes after it."""

    name: str
    id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note. `text` ends with a line feed and is what the signatures cover. Nothing is verified."""

    text: bytes
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """A verified text and who signed it, with the unix second for cosignatures."""

    text: bytes
    by: tuple[tuple[Verifier, int | None], ...]


def parse_vkey(line: str) -> Verifier:
    """Return the key of a vkey line. Raises Invalid when it is malformed or its id does not fit."""
    name, _, rest = line.strip("\n").partition("+")
    given, _, encoded = rest.partition("+")
    _check_name(name)
    raw = unbase64(encoded)
    if _KEY_ID(given) is None or len(raw) != 1 + _KEY_BYTES or raw[0] not in (ED25519, COSIGNATURE):
        raise Invalid("The verifier key is malformed.", "Expected name+8 hex digits+base64.")
    verifier = Verifier(name, raw[0], raw[1:])
    if verifier.id.hex() != given:
        raise Invalid("The verifier key does not fit its own id.", "Copy the whole line again.")
    return verifier


def parse(raw: bytes) -> Note:
    """Return the parts of a note, nothing verified. Raises Invalid on any other bytes."""
    if len(raw) > MAX_BYTES:
        raise Invalid("The note is too long.")
    try:
        whole = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid("The note is not UTF-8.") from error
    if _CONTROL(whole) is not None:
        raise Invalid(
            "The note holds control characters.",
            "Line ends must be LF; mail may have changed them.",
        )
    # The text may itself hold blank lines, so the last one divides.
    text, blank, tail = whole.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise Invalid("The note has no signatures after a blank line.")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise Invalid("The note has too many signatures.")
    return Note((text + "\n").encode(), tuple(_parse_line(line) for line in lines))


def verify(raw: bytes, verifiers: Sequence[Verifier]) -> Signed:
    """Return the text of a note and the known keys that signed it.

    Raises Invalid when the note is malformed, a known key's signature does not verify, or none is known.
    """
    note = parse(raw)
    known = {(verifier.name, verifier.id): verifier for verifier in verifiers}
    by: dict[Verifier, int | None] = {}
    for signature in note.signatures:
        verifier = known.get((signature.name, signature.id))
        if verifier is not None:
            by[verifier] = verifier.check(note.text, signature.value)
    if not by:
        raise Invalid(
            "No known key signed the note.", "Check that the verifier key is this site's."
        )
    return Signed(note.text, tuple(by.items()))


def unbase64(text: str) -> bytes:
    """Return what standard padded base64 spells, in its one canonical spelling only. Raises Invalid."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("A base64 value is malformed.") from error
    if base64.b64encode(raw).decode("ascii") != text:
        raise Invalid("A base64 value is malformed.")
    return raw


def _parse_line(line: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise Invalid("A signature line is malformed.")
    _check_name(name)
    raw = unbase64(encoded)
    if len(raw) < 5:
        raise Invalid("A signature line is malformed.")
    return Signature(name, raw[:4], raw[4:])


def _check_name(name: str) -> None:
    if not name or "+" in name or any(letter.isspace() for letter in name) or _CONTROL(name):
        raise Invalid("A key name is not empty and holds neither + nor spaces.")


@lru_cache(maxsize=64)
def _key_id(name: str, kind: int, key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([kind]) + key).digest()[:4]


@lru_cache(maxsize=64)
def _public(key: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(key)

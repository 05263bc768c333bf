# SPDX-License-Identifier: Apache-2.0
"""One entry of the journal as bytes. What it may say is in `journal.catalogue` and nowhere else.

An entry is canonical JSON: keys sorted, no spaces, UTF-8. It names an act, the UTC second the operator
claims for it, codes, and digests that mean nothing to whoever lacks what is behind them:

    {"act":kind,"at":"YYYY-MM-DDTHH:MM:SSZ","c":[commitments],"d":{codes},"s":salt,"v":1}

`c` and `d` are left out when empty. The 128-bit salt is there because leaf hashes are public, and an entry
that could be guessed could be confirmed from its hash.
"""

import os
import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType

import msgspec

from uphold.errors import Invalid
from uphold.journal.catalogue import CATALOGUE, PATTERNS, SHAPES

VERSION = 1
SALT_BYTES = 16
MAX_BYTES = 65_535
"""C2SP entry bundles prefix each entry with a 16-bit length."""

MAX_COMMITMENTS = 256
"""Of one entry whose last commitment may repeat."""

Code = str | int

_MAX_NUMBER = 2**63 - 1
_NO_CODES: Mapping[str, Code] = MappingProxyType({})

# The last character of unpadded base64url carries spare bits that must be zero: one text per digest.
_COMMITMENT = re.compile("[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]").fullmatch
_SALT = re.compile("[A-Za-z0-9_-]{21}[AQgw]").fullmatch
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_FROM_URL_SAFE = bytes.maketrans(b"-_", b"+/")
# The canonical form: act, time, commitments, codes (in which no brace stands), salt.
_PIECES = re.compile(
    rb'\{"act":"([^"]+)","at":"([^"]{20})"(?:,"c":\["([^\]]+)"\])?(?:,"d":(\{[^}]+\}))?'
    rb',"s":"([A-Za-z0-9_-]{21}[AQgw])","v":1\}'
).fullmatch
_SECOND = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z", re.ASCII
).fullmatch


class Encoded(bytes):
    """Entry bytes made by `encode`, so known to follow the catalogue."""

    __slots__ = ()


class Entry(msgspec.Struct, frozen=True):
    """One decoded entry. `at_ms` is unix milliseconds, always on a whole second."""

    kind: str
    at_ms: int
    salt: bytes
    codes: Mapping[str, Code]
    commitments: tuple[str, ...]


class _Wire(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The JSON object; its fields stand in the order of their names, which is the canonical order."""

    act: str
    at: str
    c: tuple[str, ...] = ()
    d: dict[str, str | int] = {}
    s: str
    v: int


_ENCODE = msgspec.json.Encoder(order="deterministic").encode
_DECODE = msgspec.json.Decoder(_Wire).decode
_DECODE_CODES = msgspec.json.Decoder(dict[str, str | int]).decode

_Matcher = Callable[[str], object]
# For each kind its codes with their matchers (None stands for a number) and its least and greatest
# count of commitments.
_Plan = tuple[tuple[tuple[str, _Matcher | None], ...], tuple[int, int]]
_PLANS: Mapping[str, _Plan] = {
    kind.name: (
        tuple(
            (name, None if shape == "number" else PATTERNS[shape].fullmatch)
            for name, shape in kind.codes.items()
        ),
        (
            len(kind.commitments),
            MAX_COMMITMENTS if kind.repeats else len(kind.commitments),
        ),
    )
    for kind in CATALOGUE.values()
}


_KINDS: Mapping[bytes, str] = {name.encode(): name for name in CATALOGUE}


def salt() -> bytes:
    """Return 16 random bytes for one entry."""
    return os.urandom(SALT_BYTES)


def encode(
    kind: str,
    at_ms: int,
    salt: bytes,
    codes: Mapping[str, Code] = _NO_CODES,
    commitments: Sequence[str] = (),
) -> Encoded:
    """Return the canonical bytes of an entry; `at_ms` (unix milliseconds) is cut to its second.

    Raises Invalid when the kind, a code or a commitment does not follow the catalogue.
    """
    _check_commitments(kind, commitments)
    if len(salt) != SALT_BYTES:
        raise Invalid("The salt of a journal entry must be 16 bytes.")
    # Put together here: checking and encoding the same few codes anew costs more than all the rest.
    proved = '","'.join(commitments)
    salted = b2a_base64(salt, newline=False).translate(_URL_SAFE, b"=")
    return Encoded(
        b"".join(
            (
                _print_head(kind, at_ms // 1000),
                b',"c":["%b"]' % proved.encode("ascii") if proved else b"",
                _print_codes(kind, _encode_codes(kind, codes)),
                b',"s":"%b","v":%d}' % (salted, VERSION),
            )
        )
    )


def decode(raw: bytes) -> Entry:
    """Return the entry that `raw` holds.

    Raises Invalid when the bytes are not canonical or say anything outside the catalogue.
    """
    return _decode_known(raw) or _decode_any(raw)


def _decode_known(raw: bytes) -> Entry | None:
    """Decode an entry by pieces, most of which stood in others before it; None where one is not as it should be.

    Entries that were checked are most of a long journal's audit. What says wrong things is for `_decode_any` to name.
    """
    pieces = _PIECES(raw)
    if pieces is None or len(raw) > MAX_BYTES:
        return None
    act, at, joined, encoded, salt = pieces.groups()
    try:
        kind = _KINDS[act]
        commitments = tuple(joined.decode("ascii").split('","')) if joined else ()
        _check_commitments(kind, commitments)
        codes = _read_codes(kind, encoded)
        at_ms = _read_second(at.decode("ascii")) * 1000
    except (KeyError, UnicodeDecodeError, Invalid):
        return None
    return Entry(kind, at_ms, _unsalt(salt), dict(codes), commitments)


def _unsalt(salt: bytes) -> bytes:
    return a2b_base64(salt.translate(_FROM_URL_SAFE) + b"==")


@lru_cache(maxsize=4096)
def _read_codes(kind: str, encoded: bytes | None) -> Mapping[str, Code]:
    """Return the codes of a kind from their canonical bytes. Raises Invalid for any others."""
    try:
        codes = {} if encoded is None else _DECODE_CODES(encoded)
    except (msgspec.MsgspecError, UnicodeError):
        raise Invalid(
            "The codes of a journal entry are not the JSON object they should be."
        ) from None
    _check_codes(kind, codes)
    if codes and _ENCODE(codes) != encoded:
        raise Invalid("The codes of a journal entry are not in their canonical form.")
    return codes


def _decode_any(raw: bytes) -> Entry:
    if len(raw) > MAX_BYTES:
        raise Invalid(f"A journal entry has at most {MAX_BYTES} bytes.")
    try:
        wire = _DECODE(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Invalid("A journal entry is not the JSON object it should be.") from error
    if wire.v != VERSION:
        raise Invalid("A journal entry has an unknown version.")
    _check_codes(wire.act, wire.d)
    _check_commitments(wire.act, wire.c)
    at_ms = _read_second(wire.at) * 1000
    if _SALT(wire.s) is None:
        raise Invalid("A journal entry has a malformed salt.")
    # Everything is known to be plain ASCII here, so encoding again cannot fail, only differ.
    if _ENCODE(wire) != raw:
        raise Invalid("A journal entry is not in its canonical form.")
    return Entry(wire.act, at_ms, _unsalt(wire.s.encode("ascii")), wire.d, wire.c)


def _plan(kind: str) -> _Plan:
    plan = _PLANS.get(kind)
    if plan is None:
        raise Invalid("The journal knows no such kind of entry.", "Add it to the catalogue first.")
    return plan


def _check_codes(kind: str, codes: Mapping[str, Code]) -> None:
    """Raise Invalid unless the catalogue allows this. Messages name the catalogue's words, never values."""
    shapes, _ = _plan(kind)
    if len(codes) != len(shapes):
        raise Invalid(f"An entry {kind} has a code too many or too few.")
    for name, matches in shapes:
        value = codes.get(name)
        if matches is None:
            # An exact type, because True is an int too and would print as a JSON boolean.
            if type(value) is not int or not 0 <= value <= _MAX_NUMBER:
                raise Invalid(f"The code {name} of an entry {kind} must be a number from 0.")
        elif not isinstance(value, str) or matches(value) is None:
            shape = SHAPES[CATALOGUE[kind].codes[name]]
            raise Invalid(f"The code {name} of an entry {kind} must be {shape}.")


def _check_commitments(kind: str, commitments: Sequence[str]) -> None:
    _, (least, most) = _plan(kind)
    if not least <= len(commitments) <= most:
        raise Invalid(f"An entry {kind} has a commitment too many or too few.")
    for commitment in commitments:
        if _COMMITMENT(commitment) is None:
            raise Invalid(f"A commitment of an entry {kind} must be a SHA-256 in base64url.")


def _encode_codes(kind: str, codes: Mapping[str, Code]) -> bytes:
    try:
        return _ENCODE(dict(codes))
    except (TypeError, ValueError, OverflowError):
        _check_codes(kind, codes)
        raise


# The bytes and not the codes are the key, because in Python 1 == True == 1.0.
@lru_cache(maxsize=1024)
def _print_codes(kind: str, encoded: bytes) -> bytes:
    """Return the member `d` with its comma, nothing for no codes, once the codes are known to be right."""
    # Decoded untyped, so that what is no whole number stays what it is.
    codes = msgspec.json.decode(encoded)
    _check_codes(kind, codes)
    return b',"d":' + encoded if codes else b""


@lru_cache(maxsize=1024)
def _print_head(kind: str, second: int) -> bytes:
    return f'{{"act":"{kind}","at":"{_print_second(second)}"'.encode("ascii")


# Entries come in runs of the same second, and printing a time costs as much as hashing an entry.
@lru_cache(maxsize=256)
def _print_second(second: int) -> str:
    try:
        moment = datetime.fromtimestamp(second, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Invalid("The time of a journal entry is out of range.") from error
    if second < 0:
        raise Invalid("The time of a journal entry is out of range.")
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=256)
def _read_second(text: str) -> int:
    if _SECOND(text) is None:
        raise Invalid("The time of a journal entry must look like 2026-01-02T03:04:05Z.")
    try:
        second = int(datetime.fromisoformat(text).timestamp())
    except ValueError as error:
        raise Invalid("The time of a journal entry is no real date.") from error
    if second < 0:
        raise Invalid("The time of a journal entry is out of range.")
    return second

# SPDX-License-Identifier: Apache-2.0
"""C2SP tlog-proof: the receipt a person takes away and anybody can verify offline. Pure.

    c2sp.org/tlog-proof@v1
    extra <base64 of {"entry":base64,"open":[disclosures]}>
    index <decimal>
    <base64 hash>            (the leaf's sibling first)

    <signed checkpoint>

The verifier hashes the entry bytes it was given and takes size and root from the one signed checkpoint in
the file: a leaf hash or a size from anywhere else proves nothing. `extra` itself is not authenticated;
the entry in it is by the proof, and each disclosure by a digest within the entry.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from uphold.errors import Invalid
from uphold.journal import checkpoint, entry, note, tree

HEADER = "c2sp.org/tlog-proof@v1"
MAX_EXTRA = 40_000
"""Bytes before base64. Other parsers read lines of at most 64 KiB."""

MAX_PATH = 63
_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Proof:
    """An inclusion proof: leaf index, path of 32-byte hashes, the signed checkpoint, optional extra bytes."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a verified receipt shows. `disclosures` open commitments of the entry."""

    origin: str
    size: int
    index: int
    raw: bytes
    entry: entry.Entry
    disclosures: tuple[str, ...]
    witnesses: tuple[tuple[str, int], ...]


class _Extra(msgspec.Struct, forbid_unknown_fields=True):
    entry: str
    open: list[str]


_DISCLOSURE = re.compile("[A-Za-z0-9_-]+").fullmatch
_ENCODE = msgspec.json.Encoder(order="deterministic").encode
_DECODE = msgspec.json.Decoder(_Extra).decode


def extra(raw: bytes, disclosures: Sequence[str]) -> bytes:
    """Return the extra bytes of a receipt for these entry bytes and disclosures.

    Raises Invalid when they would be longer than other verifiers read, or a disclosure is not base64url.
    """
    if not all(_DISCLOSURE(disclosure) for disclosure in disclosures):
        raise Invalid("A disclosure is base64url text.")
    encoded = _ENCODE(_Extra(base64.b64encode(raw).decode("ascii"), list(disclosures)))
    if len(encoded) > MAX_EXTRA:
        raise Invalid("The receipt would be too long.", "Disclose less, or a digest in its place.")
    return encoded


def receipt(proof: Proof, raw: bytes, disclosures: Sequence[str]) -> bytes:
    """Return the receipt file for an entry, its proof, and the disclosures that open its commitments."""
    with_extra = Proof(proof.index, proof.path, proof.checkpoint, extra(raw, disclosures))
    return text(with_extra)


def text(proof: Proof) -> bytes:
    """Return the tlog-proof file."""
    lines = [HEADER]
    if proof.extra is not None:
        lines.append(f"extra {base64.b64encode(proof.extra).decode('ascii')}")
    lines.append(f"index {proof.index}")
    lines += [base64.b64encode(hash_).decode("ascii") for hash_ in proof.path]
    return "\n".join(lines).encode() + b"\n\n" + proof.checkpoint


def parse(raw: bytes) -> Proof:
    """Return the parts of a tlog-proof file, nothing verified. Raises Invalid on any other bytes."""
    head, blank, signed = raw.partition(b"\n\n")
    if len(raw) > _MAX_BYTES or not blank or not signed:
        raise Invalid("This is no receipt: it lacks a checkpoint after a blank line.")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise Invalid("This is no receipt: it is not plain text.") from error
    if lines.pop(0) != HEADER:
        raise Invalid(f"This is no receipt: it does not begin with {HEADER}.")
    attached = None
    if lines and lines[0].startswith("extra "):
        attached = note.unbase64(lines.pop(0).removeprefix("extra "))
    if not lines or not lines[0].startswith("index "):
        raise Invalid("The receipt names no index.")
    index = checkpoint.number(lines.pop(0).removeprefix("index "))
    if len(lines) > MAX_PATH:
        raise Invalid("The receipt's path is too long.")
    return Proof(index, tuple(checkpoint.hash_(line) for line in lines), signed, attached)


def check(
    proof: Proof, raw: bytes, log: note.Verifier, witnesses: Sequence[note.Verifier] = ()
) -> checkpoint.Signed:
    """Return the signed checkpoint that the proof shows to contain the entry bytes `raw`.

    Raises Invalid when a signature or the inclusion does not verify.
    """
    signed = checkpoint.verify(proof.checkpoint, log, witnesses)
    head = signed.checkpoint
    if not tree.verify_inclusion(tree.leaf(raw), proof.index, head.size, proof.path, head.root):
        raise Invalid("The entry is not in the journal at this index.", "The receipt was altered.")
    return signed


def verify(raw: bytes, log: note.Verifier, witnesses: Sequence[note.Verifier] = ()) -> Receipt:
    """Return what a receipt file proves.

    Raises Invalid when anything in it is malformed, does not verify, or opens no commitment of its entry.
    """
    proof = parse(raw)
    wire = _read_extra(proof.extra)
    leaf = note.unbase64(wire.entry)
    signed = check(proof, leaf, log, witnesses)
    found = entry.decode(leaf)
    for disclosure in wire.open:
        if digest(disclosure) not in found.commitments:
            raise Invalid("A disclosure in the receipt opens nothing in its entry.")
    head = signed.checkpoint
    return Receipt(
        head.origin, head.size, proof.index, leaf, found, tuple(wire.open), signed.witnesses
    )


def digest(disclosure: str) -> str:
    """Return the commitment that a disclosure opens: its SHA-256 in base64url (RFC 9901 section 4.2.3)."""
    hashed = sha256(disclosure.encode()).digest()
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode("ascii")


def _read_extra(raw: bytes | None) -> _Extra:
    if raw is None or len(raw) > MAX_EXTRA:
        raise Invalid("The receipt's extra line is missing or too long.")
    try:
        wire = _DECODE(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Invalid("The receipt's extra line does not hold an entry.") from error
    # One spelling only, so that a verifier without a JSON parser reads the same as this one.
    if not all(_DISCLOSURE(part) for part in wire.open) or _ENCODE(wire) != raw:
        raise Invalid("The receipt's extra line is not in its canonical form.")
    return wire

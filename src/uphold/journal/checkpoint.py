# SPDX-License-Identifier: Apache-2.0
"""C2SP tlog-checkpoint (v1.0.0): the three lines a log signs about itself. Pure.

Origin, size in decimal, base64 of the root. We write no extension lines and accept none: witnesses with
newer keys would not cover them.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from uphold.errors import Invalid
from uphold.journal import note, tree

MAX_SIZE = 2**63 - 1
_SIZE = re.compile("0|[1-9][0-9]{0,18}").fullmatch


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: the log's origin, its size in entries, the root over them."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint that its log signed, and the witnesses that cosigned it with their unix seconds."""

    checkpoint: Checkpoint
    witnesses: tuple[tuple[str, int], ...]


def text(checkpoint: Checkpoint) -> bytes:
    """Return the three lines to sign."""
    root = base64.b64encode(checkpoint.root).decode("ascii")
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n".encode()


def parse(raw: bytes) -> Checkpoint:
    """Return the checkpoint that the text of a note holds. Raises Invalid on any other text."""
    try:
        lines = raw.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise Invalid("The checkpoint is not UTF-8.") from error
    if len(lines) != 4 or lines[3]:
        raise Invalid("A checkpoint has three lines: origin, size and root.")
    origin, size, encoded, _ = lines
    if not origin or "+" in origin or any(letter.isspace() for letter in origin):
        raise Invalid("The checkpoint's origin is malformed.")
    return Checkpoint(origin, number(size), hash_(encoded))


def verify(raw: bytes, log: note.Verifier, witnesses: Sequence[note.Verifier] = ()) -> Signed:
    """Return the checkpoint in a note that the log itself signed.

    Raises Invalid when the note or checkpoint is malformed, the log's signature is missing, a known
    signature does not verify, or the origin is not the log's.
    """
    signed = note.verify(raw, (log, *witnesses))
    by = dict(signed.by)
    if log not in by:
        raise Invalid("The log itself did not sign the checkpoint.")
    checkpoint = parse(signed.text)
    if checkpoint.origin != log.name:
        raise Invalid(
            "The checkpoint is of another journal.", "Use the verifier key of its origin."
        )
    seen = ((verifier.name, second) for verifier, second in by.items() if verifier != log)
    return Signed(checkpoint, tuple((name, second) for name, second in seen if second is not None))


def number(digits: str) -> int:
    """Return a decimal number below 2^63 in its one spelling. Raises Invalid."""
    if _SIZE(digits) is None or int(digits) > MAX_SIZE:
        raise Invalid("A number is not plain decimal.")
    return int(digits)


def hash_(encoded: str) -> bytes:
    """Return the 32-byte hash that base64 spells. Raises Invalid."""
    raw = note.unbase64(encoded)
    if len(raw) != tree.HASH_BYTES:
        raise Invalid("A hash does not have 32 bytes.")
    return raw

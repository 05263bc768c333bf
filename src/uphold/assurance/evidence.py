# SPDX-License-Identifier: Apache-2.0
"""Evidence: what one probe did and saw, and the note that is signed of it (pure; `archive` stores it).

The text of the note is `uphold evidence v1` and one line of canonical JSON. No checkpoint begins so, and no
evidence begins with an origin: one key may sign both and neither can be taken for the other.
"""

import hashlib
from dataclasses import dataclass

import msgspec

from uphold import errors
from uphold.assurance.probe import Kind, Said, Status
from uphold.journal import note

FIRST_LINE = "uphold evidence v1"
VERSION = 1
MOST_SEEN = 100
"""As many sentences one evidence holds; further ones are counted."""


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one probe did and saw. Times are unix milliseconds.

    `did` is the probe's own sentence, `saw` what came of it. `journal` is how many entries the journal had,
    `configuration` the digest of the settings and the edition that were examined, `uphold` the version of
    this program.
    """

    v: int
    run: int
    probe: str
    promise: str
    kind: Kind
    status: Status
    at: int
    expires: int
    did: str
    saw: tuple[Said, ...]
    edition: int
    configuration: str
    journal: int
    uphold: str


@dataclass(frozen=True, slots=True)
class Stored:
    """Evidence as it was found. `evidence` is None where it cannot be believed, and `problem` says why."""

    number: int
    probe: str
    promise: str
    entry: int
    note: bytes
    evidence: Evidence | None
    problem: str = ""


_encode = msgspec.json.Encoder(order="sorted").encode
_decoder = msgspec.json.Decoder(Evidence)


def text(evidence: Evidence) -> bytes:
    """Return the text of the note: what is signed, and what the journal's digest is of."""
    return f"{FIRST_LINE}\n".encode() + _encode(evidence) + b"\n"


def digest(evidence: Evidence) -> str:
    """Return the digest that the journal holds: SHA-256 over the text of the note, in hex."""
    return hashlib.sha256(text(evidence)).hexdigest()


def parse(raw: bytes, verifier: note.Verifier) -> Evidence:
    """Read a signed note of evidence; raises `errors.Invalid` unless this key signed just that."""
    signed = note.verify(raw, [verifier])
    first, _, body = signed.text.partition(b"\n")
    if first != FIRST_LINE.encode():
        raise errors.Invalid("The note is no evidence.")
    try:
        evidence = _decoder.decode(body)
    except msgspec.MsgspecError as error:
        raise errors.Invalid("The evidence cannot be read.") from error
    if evidence.v != VERSION or text(evidence) != signed.text:
        raise errors.Invalid("The evidence is not in its canonical form.")
    return evidence

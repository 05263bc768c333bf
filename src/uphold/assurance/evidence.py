# SPDX-License-Identifier: Apache-2.0
"""Evidence: what one probe did and saw, as a note signed by the journal's key, stored and journaled.

    store(tx, signer, evidence)              sign, insert, journal probe.ran; one transaction
    newest(connection, verifier)             the newest evidence of every probe, each believed only if it
                                             is what was signed and what the journal says

The text of the note is `uphold evidence v1` and one line of canonical JSON. No checkpoint begins so, and no
evidence begins with an origin: one key may sign both and neither can be taken for the other.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, insert, select

from uphold import errors
from uphold.assurance.probe import Kind, Said, Status
from uphold.assurance.tables import assurance_evidence
from uphold.config import Settings
from uphold.database.transaction import Transaction
from uphold.journal import entry, note, store as journal
from uphold.vault.unlock import KeyRing

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
_row = assurance_evidence.c


def signer(settings: Settings, ring: KeyRing) -> note.Signer:
    """Return the journal's key, which signs evidence too."""
    return note.Signer(settings.origin, ring.signing_seed)


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


def store(tx: Transaction, key: note.Signer, evidence: Evidence) -> int:
    """Sign and store evidence and journal probe.ran; returns its number."""
    codes: dict[str, entry.Code] = {
        "run": evidence.run,
        "probe": evidence.probe,
        "status": evidence.status,
        "evidence": digest(evidence),
    }
    index = tx.append(entry.encode("probe.ran", tx.now, entry.salt(), codes))
    made = tx.execute(
        insert(assurance_evidence)
        .values(
            run=evidence.run,
            probe=evidence.probe,
            promise=evidence.promise,
            status=evidence.status,
            at=evidence.at,
            expires_at=evidence.expires,
            note=key.sign(text(evidence)),
            entry=index,
        )
        .returning(_row.number)
    )
    return int(made.scalar_one())


def newest(connection: Connection, verifier: note.Verifier) -> Mapping[str, Stored]:
    """Return the newest evidence of every probe, by the probe's id."""
    last = select(func.max(_row.number)).group_by(_row.probe)
    rows = connection.execute(select(assurance_evidence).where(_row.number.in_(last)))
    return {row.probe: _read(connection, row, verifier) for row in rows}


def of_run(connection: Connection, verifier: note.Verifier, run: int) -> tuple[Stored, ...]:
    """Return the evidence of one run, in the order it was made."""
    rows = connection.execute(
        select(assurance_evidence).where(_row.run == run).order_by(_row.number)
    ).all()
    return tuple(_read(connection, row, verifier) for row in rows)


def every(connection: Connection, verifier: note.Verifier) -> Iterator[Stored]:
    """Yield all evidence there is, oldest first, each read and checked."""
    for row in connection.execute(select(assurance_evidence).order_by(_row.number)).yield_per(256):
        yield _read(connection, row, verifier)


def find(connection: Connection, verifier: note.Verifier, number: int) -> Stored:
    """Return one evidence; raises `errors.Missing` where there is none."""
    row = connection.execute(select(assurance_evidence).where(_row.number == number)).one_or_none()
    if row is None:
        raise errors.Missing(f"There is no evidence {number}.", "See the list of the last proof.")
    return _read(connection, row, verifier)


def _read(connection: Connection, row: Row[Any], verifier: note.Verifier) -> Stored:
    raw = bytes(row.note)
    found = Stored(row.number, row.probe, row.promise, row.entry, raw, None)
    try:
        evidence = parse(raw, verifier)
    except errors.Invalid as error:
        return _unbelieved(found, error.message)
    said = (evidence.run, evidence.probe, evidence.promise, evidence.status)
    told = (row.run, row.probe, row.promise, row.status)
    if (*said, evidence.at, evidence.expires) != (*told, row.at, row.expires_at):
        return _unbelieved(found, "The row says something else than the evidence in it.")
    if not _is_journaled(connection, row.entry, evidence):
        return _unbelieved(found, "The journal does not know this evidence.")
    return Stored(row.number, row.probe, row.promise, row.entry, raw, evidence)


def _unbelieved(found: Stored, problem: str) -> Stored:
    return Stored(found.number, found.probe, found.promise, found.entry, found.note, None, problem)


def _is_journaled(connection: Connection, index: int, evidence: Evidence) -> bool:
    try:
        told = entry.decode(journal.entry(connection, index))
    except errors.UpholdError:
        return False
    said = (told.codes.get("run"), told.codes.get("probe"), told.codes.get("status"))
    return (
        told.kind == "probe.ran"
        and said == (evidence.run, evidence.probe, evidence.status)
        and told.codes["evidence"] == digest(evidence)
    )

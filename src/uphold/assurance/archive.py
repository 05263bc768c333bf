# SPDX-License-Identifier: Apache-2.0
"""Where evidence is kept: signed, stored and journaled in one transaction, and believed only if all three agree.

archive.store(tx, signer, evidence)          sign, insert, journal probe.ran
archive.newest(connection, verifier)         the newest evidence of every probe
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from uphold import errors
from uphold.assurance import evidence as notes
from uphold.assurance.evidence import Evidence, Stored
from uphold.assurance.tables import assurance_evidence
from uphold.config import Settings
from uphold.database.transaction import Transaction
from uphold.journal import entry, note, store as journal
from uphold.vault import signing
from uphold.vault.unlock import KeyRing

_row = assurance_evidence.c


def signer(settings: Settings, ring: KeyRing) -> note.Signer:
    """Return the journal's key, which signs evidence too."""
    return signing.signer(settings, ring)


def store(tx: Transaction, key: note.Signer, evidence: Evidence) -> int:
    """Sign and store evidence and journal probe.ran; returns its number."""
    codes: dict[str, entry.Code] = {
        "run": evidence.run,
        "probe": evidence.probe,
        "status": evidence.status,
        "evidence": notes.digest(evidence),
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
            note=key.sign(notes.text(evidence)),
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
    # Whoever edits a row by hand may leave text where there were bytes; it is no note, but no fault of ours.
    raw = row.note if isinstance(row.note, bytes) else str(row.note).encode()
    found = Stored(row.number, row.probe, row.promise, row.entry, raw, None)
    try:
        evidence = notes.parse(raw, verifier)
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
        and told.codes["evidence"] == notes.digest(evidence)
    )

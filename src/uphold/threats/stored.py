# SPDX-License-Identifier: Apache-2.0
"""What is on record of threats, and how it is put there: models, findings as they stand, what changed.

newest(reads), findings(reads), changes(reads)         what there is
remember(tx, model), enter(tx, change, cause)          store and journal one of them, in an open transaction
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, func, insert, select, update

from uphold.database import walk
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.journal.store import Reads
from uphold.threats.change import NONE, Change, Kind, Known
from uphold.threats.element import Model
from uphold.threats.judge import State
from uphold.threats.tables import threats_change, threats_finding, threats_model

MODELS: Final = threats_model.name
CHANGES: Final = threats_change.name
FINDINGS: Final = threats_finding.name
_finding, _change, _model = threats_finding.c, threats_change.c, threats_model.c


@dataclass(frozen=True, slots=True)
class Standing(Known):
    """A finding as it stands on record. Times are unix milliseconds; `since` is when it came to stand so."""

    first_at: int
    since: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A model as it was stored: its canonical bytes, when (unix ms), and the journal's entry on it."""

    number: int
    digest: str
    body: bytes
    at: int
    entry: int


@dataclass(frozen=True, slots=True)
class Told:
    """A change on record: when (unix ms), its own entry in the journal, and the entry that caused it."""

    number: int
    uid: str
    kind: Kind
    before: str
    after: State
    severity_before: int
    severity: int
    because: tuple[str, ...]
    at: int
    entry: int
    cause: int

    @property
    def rule(self) -> str:
        """The rule's id."""
        return self.uid.partition("@")[0]

    @property
    def element(self) -> str:
        """The element's id."""
        return self.uid.partition("@")[2]


def digest(uid: str) -> str:
    """Return what the journal knows a finding by: SHA-256 of its name, in hex."""
    return hashlib.sha256(uid.encode()).hexdigest()


def newest(reads: Reads) -> Stored | None:
    """Return the newest model, if there has been one."""
    last = select(threats_model).order_by(_model.number.desc()).limit(1)
    row = reads.execute(last).one_or_none()
    return None if row is None else Stored(row.number, row.digest, row.body, row.at, row.entry)


def findings(reads: Reads) -> Mapping[str, Standing]:
    """Return every finding there has ever been, by uid, as it stands."""
    rows = reads.execute(select(threats_finding).order_by(_finding.uid))
    return {row.uid: _standing(row) for row in rows}


def changes(reads: Reads, after: int = -1, most: int = 10_000) -> tuple[Told, ...]:
    """Return changes that were journaled after an entry, newest first, so many at most."""
    rows = reads.execute(
        select(threats_change)
        .where(_change.entry > after)
        .order_by(_change.number.desc())
        .limit(most)
    )
    return tuple(_told(row) for row in rows)


def last(reads: Reads) -> Mapping[str, State]:
    """Return, by uid, how each finding came to stand by its last change."""
    newest_ = select(func.max(_change.number)).group_by(_change.uid)
    rows = reads.execute(select(_change.uid, _change.after).where(_change.number.in_(newest_)))
    return {row.uid: State(row.after) for row in rows}


def history(reads: Reads, uid: str) -> tuple[Told, ...]:
    """Return what happened to one finding, newest first."""
    rows = reads.execute(
        select(threats_change).where(_change.uid == uid).order_by(_change.number.desc())
    )
    return tuple(_told(row) for row in rows)


def said_last(reads: Reads) -> int:
    """Return the newest entry that the register has made, -1 if it has made none."""
    found = -1
    for column in (_model.entry, _change.entry):
        newest = reads.execute(select(column).order_by(column.desc()).limit(1)).scalar()
        found = max(found, -1 if newest is None else int(newest))
    return found


def remember(tx: Transaction, model: Model) -> int:
    """Store a model and journal threats.modelled; returns the entry."""
    codes: dict[str, entry.Code] = {"model": model.digest, "elements": len(model.elements)}
    index = tx.append(entry.encode("threats.modelled", tx.now, entry.salt(), codes))
    values = {"digest": model.digest, "body": model.canonical(), "at": tx.now, "entry": index}
    tx.execute(insert(threats_model).values(**values))
    return index


def enter(tx: Transaction, one: Change, cause: int) -> int:
    """Store a change, and how the finding stands by it, and journal threat.changed; returns the entry.

    `cause` is the index of the entry that brought it about.
    """
    codes: dict[str, entry.Code] = {
        "finding": digest(one.uid),
        "rule": one.rule,
        "from": one.before,
        "to": one.after,
        "severity": one.severity,
        "cause": cause,
    }
    index = tx.append(entry.encode("threat.changed", tx.now, entry.salt(), codes))
    stands = {"state": one.after, "severity": one.severity, "since": tx.now}
    if one.before == NONE:
        named = {"uid": one.uid, "rule": one.rule, "element": one.element, "first_at": tx.now}
        tx.execute(insert(threats_finding).values(**named, **stands))
    else:
        tx.execute(update(threats_finding).where(_finding.uid == one.uid).values(**stands))
    tx.execute(
        insert(threats_change).values(
            uid=one.uid,
            kind=one.kind,
            before=one.before,
            after=one.after,
            severity_before=one.severity_before,
            severity=one.severity,
            because=msgspec.json.encode(one.because).decode(),
            at=tx.now,
            entry=index,
            cause=cause,
        )
    )
    return index


def model_rows(connection: Connection) -> walk.Rows:
    """Yield the models as they are stored, for the audit."""
    return walk.rows(connection, threats_model)


def change_rows(connection: Connection) -> walk.Rows:
    """Yield the changes as they are stored, for the audit."""
    return walk.rows(connection, threats_change)


def _standing(row: Row[Any]) -> Standing:
    named = (row.uid, row.rule, row.element)
    return Standing(*named, State(row.state), row.severity, row.first_at, row.since)


def _told(row: Row[Any]) -> Told:
    return Told(
        *(row.number, row.uid, Kind(row.kind), row.before, State(row.after)),
        *(row.severity_before, row.severity),
        msgspec.json.decode(row.because, type=tuple[str, ...]),
        *(row.at, row.entry, row.cause),
    )

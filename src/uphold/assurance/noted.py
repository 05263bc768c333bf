# SPDX-License-Identifier: Apache-2.0
"""Rows that say what an entry of the journal says too: runs of probes, evidence, alerts, holds, noise that was paid.

Each names its entry, and every entry of these kinds has its row. That a run ended, an alert was seen, a hold was
lifted is noted later, in a row that stands already: those are paired by what they say.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Table

from uphold.access import canary, export, glass, hold, lift, restraint
from uphold.assurance import statement, tables
from uphold.assurance.entries import Entries, differences, second
from uphold.assurance.finding import Finding
from uphold.continuity import backup, drill
from uphold.database import walk
from uphold.database.walk import Row, Unreadable
from uphold.detection import store as alerts
from uphold.incident import stored as incidents
from uphold.journal.entry import Entry
from uphold.mail import outbox
from uphold.rights import request, stored
from uphold.rights.machine import State
from uphold.statistics import budget, ledger as figures
from uphold.threats import acceptance, attestation, stored as threats
from uphold.visits import salt

Said = Callable[[Entry], Mapping[str, object]]
Rows = Callable[[Connection], walk.Rows]


@dataclass(frozen=True, slots=True)
class Noted:
    """One table: the kind of entry that each of its rows names, and what the entry says of the columns."""

    kind: str
    rows: Rows
    said: Said


def _rows(table: Table) -> Rows:
    return lambda connection: walk.rows(connection, table)


def _codes(time: str, *names: str, **others: str) -> Said:
    """Say that `time` is that of the entry, `names` are codes of it, and `others` by another name there."""
    return lambda entry: {
        time: entry.at_ms,
        **{name: entry.codes[name] for name in names},
        **{column: entry.codes[name] for column, name in others.items()},
    }


def _hold(entry: Entry) -> Mapping[str, object]:
    codes = entry.codes
    until = codes["until"]
    return {
        "number": codes["hold"],
        "staff": codes["held"] or None,
        "purpose": None if codes["purpose"] == hold.EVERY else codes["purpose"],
        "reason": codes["reason"],
        "until_at": int(until) * 1000 if until else hold.UNTIL_LIFTED,
        "placed_at": entry.at_ms,
        "placed_by": codes["by"],
    }


def _glass(entry: Entry) -> Mapping[str, object]:
    codes = entry.codes
    return {
        **{name: codes[name] for name in ("staff", "purpose", "reason")},
        "number": codes["glass"],
        "began_at": entry.at_ms,
        "until_at": int(codes["until"]) * 1000,
    }


def _restraint(entry: Entry) -> Mapping[str, object]:
    codes = entry.codes
    return {
        **{name: codes[name] for name in ("staff", "what", "alert")},
        "number": codes["restraint"],
        "placed_at": entry.at_ms,
        "until_at": int(codes["until"]) * 1000,
    }


def _alerted(entry: Entry) -> Mapping[str, object]:
    codes = entry.codes
    return {
        **{name: codes[name] for name in ("staff", "rule")},
        "number": codes["alert"],
        "raised_at": entry.at_ms,
        "exercise": codes["run"] or None,
        "dry_run": int(codes["mode"] == "dry"),
    }


def _incident(entry: Entry) -> Mapping[str, object]:
    codes = entry.codes
    return {
        "number": codes["incident"],
        "alert": codes["alert"],
        "detected_at": int(codes["detected"]) * 1000,
        "opened_at": entry.at_ms,
        "opened_by": codes["staff"],
    }


def _figures(entry: Entry) -> Mapping[str, object]:
    """What an entry on figures says of its row, whatever the act."""
    codes = entry.codes
    said: dict[str, object] = {name: codes[name] for name in _FIGURES if name in codes}
    for code, column in (
        ("page", "what"),
        ("hidden", "count"),
        ("events", "count"),
        ("released", "count"),
    ):
        if code in codes:
            said[column] = codes[code]
    if "atom" in codes:
        said["what"] = str(codes["atom"]).upper()
    if "day" in codes:
        day = str(codes["day"])
        said["what"] = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    return {"at": entry.at_ms, **said}


_FIGURES = ("recipe", "label", "staff", "output")


def _moved(entry: Entry) -> Mapping[str, object]:
    codes = entry.codes
    return {
        "request": codes["request"],
        "from_state": codes["from"],
        "to_state": codes["to"],
        "staff": codes["staff"],
        "ground": "" if codes["ground"] == request.NONE else codes["ground"],
    }


NOTED = (
    # Steps before requests: the last one says in which state a request is.
    Noted("request.moved", stored.moves, _moved),
    Noted(
        "request.received",
        stored.rows,
        lambda entry: {
            "number": entry.codes["request"],
            **{name: entry.codes[name] for name in ("kind", "channel", "profiles")},
        },
    ),
    Noted("exercise.began", _rows(tables.assurance_run), _codes("began_at", "by", number="run")),
    # When a probe ran is in its note, before the entry.
    Noted(
        "probe.ran",
        _rows(tables.assurance_evidence),
        lambda entry: {name: entry.codes[name] for name in ("run", "probe", "status")},
    ),
    Noted("duty.attested", _rows(tables.assurance_attestation), _codes("at", "clause", "staff")),
    Noted(
        "statement.made",
        _rows(statement.assurance_statement),
        _codes("at", "staff", number="statement", kind="of", digest="document"),
    ),
    Noted(
        "statement.signed",
        _rows(statement.assurance_signature),
        _codes("at", "staff", "statement"),
    ),
    Noted("threats.modelled", threats.model_rows, _codes("at", digest="model")),
    Noted(
        "threat.changed",
        threats.change_rows,
        _codes("at", "severity", "cause", before="from", after="to"),
    ),
    Noted("threat.accepted", acceptance.rows, _codes("at", "staff")),
    Noted("measure.attested", attestation.rows, _codes("at", "duty", "staff")),
    Noted("alert.raised", _rows(tables.assurance_alert), _codes("raised_at", "run", "probe")),
    Noted("hold.placed", hold.rows, _hold),
    Noted(
        "export.made",
        export.rows,
        _codes("made_at", "staff", "purpose", "reason", "records", number="export"),
    ),
    Noted("canary.seen", canary.rows, _codes("at", "export", "place")),
    Noted("glass.broken", glass.rows, _glass),
    Noted("restraint.placed", restraint.rows, _restraint),
    Noted("detection.alerted", alerts.rows, _alerted),
    Noted("hold.lift-asked", lift.rows, _codes("at", "hold", "staff")),
    # When its snapshot was taken is before the entry.
    Noted(
        "backup.made",
        backup.rows,
        lambda entry: {"digest": entry.codes["backup"], "entries": entry.codes["entries"]},
    ),
    Noted("incident.opened", incidents.rows, _incident),
    Noted("incident.noted", incidents.noted, _codes("at", "incident", "what", "staff")),
    Noted("incident.notified", incidents.given, _codes("at", "incident", "staff")),
    Noted("incident.closed", incidents.closed, _codes("at", "incident", "staff")),
    Noted("drill.done", drill.rows, _codes("at", "backup", "outcome")),
    Noted("salt.made", salt.rows, _codes("made_at", "day", "name")),
    Noted("notice.queued", outbox.notices, _codes("created_at", "notice")),
    Noted("statistics.fixed", figures.fixed, _codes("at", "digest", "staff", number="recipe")),
    *(Noted(f"statistics.{act.value}", figures.rows(act), _figures) for act in figures.Act),
    Noted("budget.opened", budget.budgets, _codes("opened_at", "account", "granted")),
    Noted("budget.closed", budget.closings, _codes("opened_at", "account")),
    Noted("budget.spent", budget.stored, _codes("at", "account", "question", "rho", "delta")),
)
# A question for a link about an address that no record names leaves its entry and no row.
_ROWS_GO = frozenset({"notice.queued"})
KINDS: Mapping[bytes, str] = {
    noted.kind.encode(): "no row has it" for noted in NOTED if noted.kind not in _ROWS_GO
}


@dataclass(frozen=True, slots=True)
class _Later:
    """What happened to a row later: the kind of its entry, where the row says when, and the columns of its codes."""

    kind: str
    of: str
    table: str
    at: str
    codes: Mapping[str, str]


_REPORT = (("report", "report"),)
_HASHED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "statistics.fixed": (("body", "digest"),),
    "statistics.released": _REPORT,
    "statistics.refused": _REPORT,
    "budget.spent": (("asked", "question"), ("answer", "answer")),
    "statement.made": (("body", "document"),),
    "threats.modelled": (("body", "model"),),
    "threat.changed": (("uid", "finding"),),
    "threat.accepted": (("uid", "finding"),),
    "detection.alerted": (("events", "events"),),
}
"""By kind of entry: the columns of which it has a digest, and by which code."""
_LATERS = (
    _Later("exercise.ended", "exercise.began", "assurance_run", "ended_at", {"run": "number"}),
    _Later(
        *("alert.seen", "alert.raised", "assurance_alert", "seen_at"),
        {"staff": "seen_by", "run": "run", "probe": "probe"},
    ),
    _Later(
        *("hold.lifted", "hold.placed", hold.TABLE, "lifted_at"),
        {"hold": "number", "staff": "lifted_by"},
    ),
    _Later(
        *("restraint.lifted", "restraint.placed", restraint.TABLE, "lifted_at"),
        {"restraint": "number", "staff": "lifted_by"},
    ),
    _Later(
        *("detection.seen", "detection.alerted", alerts.TABLE, "seen_at"),
        {"alert": "number", "staff": "seen_by", "verdict": "verdict"},
    ),
    _Later(
        *("salt.destroyed", "salt.made", salt.TABLE, "destroyed_at"), {"day": "day", "name": "name"}
    ),
    _Later("backup.removed", "backup.made", backup.TABLE, "removed_at", {"backup": "digest"}),
    _Later(
        *("glass.ended", "glass.broken", glass.TABLE, "ended_at"),
        {"glass": "number", "staff": "ended_by"},
    ),
    _Later(
        *("glass.seen", "glass.broken", glass.TABLE, "seen_at"),
        {"glass": "number", "staff": "seen_by"},
    ),
)
_OF = {
    kind: tuple(later for later in _LATERS if later.of == kind)
    for kind in {later.of for later in _LATERS}
}
_BY_KIND = {later.kind: later for later in _LATERS}
LATER = frozenset(later.kind.encode() for later in _LATERS)


class Notes:
    """The rows of these tables against the journal."""

    def __init__(self, connection: Connection, entries: Entries) -> None:
        self._connection = connection
        self._entries = entries
        # What happened to a row later, by what the journal says less what the rows say.
        self._later: Counter[tuple[object, ...]] = Counter()
        # Where each request stands by its steps.
        self._stands: dict[object, object] = {}

    def check(self) -> Iterator[Finding]:
        """Compare every row with the entry that it names."""
        for noted in NOTED:
            for row in noted.rows(self._connection):
                if isinstance(row, Unreadable):
                    yield Finding("the row cannot be read", row.table, row.number)
                else:
                    yield from self._row(noted, row)
        for account in budget.uneven(self._connection):
            yield Finding("it did not spend what its answers cost", budget.BUDGETS, account)

    def meet(self, entry: Entry | None) -> None:
        """Take an entry that says what happened to a row later; one that cannot be read is reported elsewhere."""
        if entry is None:
            return
        said = (entry.codes[name] for name in _BY_KIND[entry.kind].codes)
        self._later[(entry.kind, *said, entry.at_ms)] += 1

    def rest(self) -> Iterator[Finding]:
        """Report what only one side says, once every entry was met."""
        for (kind, *_), count in self._later.items():
            if count > 0:
                yield Finding(f"{kind}: no row says so")
            if count < 0:
                yield Finding(f"the journal has no {kind} that says so", _BY_KIND[str(kind)].table)

    def _row(self, noted: Noted, row: Row) -> Iterator[Finding]:
        found = self._entries.claim(row, noted.kind)
        if isinstance(found, Finding):
            yield found
            return
        yield from differences(row, noted.said(found))
        yield from _digests(row, found)
        if noted.kind == "request.moved":
            self._stands[row.values["request"]] = row.values["to_state"]
        stands = self._stands.get(row.number, State.RECEIVED)
        if noted.kind == "request.received" and row.values["state"] != stands:
            yield _other(row, "state")
        for later in _OF.get(noted.kind, ()):
            if row.values[later.at] is not None:
                said = (row.values[column] for column in later.codes.values())
                self._later[(later.kind, *said, second(row.values[later.at]))] -= 1


def _digests(row: Row, found: Entry) -> Iterator[Finding]:
    """Compare what the entry has only a digest of."""
    if found.kind in ("duty.attested", "threat.accepted", "measure.attested"):
        until = row.values["until"]
        if not isinstance(until, int) or until // 1000 != found.codes["until"]:
            yield _other(row, "until")
    if found.kind == "hold.placed":
        of = "every-record" if row.values["record"] is None else "one-record"
        if of != found.codes["of"]:
            yield _other(row, "record")
    if found.kind == "probe.ran":
        note = row.values["note"]
        # A signed note is its text, an empty line, its signatures; the digest is of the text.
        text = note.rpartition(b"\n\n")[0] + b"\n" if isinstance(note, bytes) else b""
        if hashlib.sha256(text).hexdigest() != found.codes["evidence"]:
            yield _other(row, "note")
    if "line" in found.codes and (
        hashlib.sha256(incidents.body(row.values)).hexdigest() != found.codes["line"]
    ):
        yield _other(row, "value")
    for column, code in _HASHED.get(found.kind, ()):
        said = row.values[column]
        raw = said.encode() if isinstance(said, str) else said
        if hashlib.sha256(raw if isinstance(raw, bytes) else b"").hexdigest() != found.codes[code]:
            yield _other(row, column)


def _other(row: Row, column: str) -> Finding:
    what = f"`{column}` is not what its entry says"
    return Finding(what, row.table, row.number, row.values["entry"])

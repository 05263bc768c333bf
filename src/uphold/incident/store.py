# SPDX-License-Identifier: Apache-2.0
"""Incidents as they are stored: lines, notices and lessons that are only ever added, each journaled with its row.

What people write is sealed for its line (`vault.words`) in a table of its own, because it is deleted before the rest:
a journal, a log or an address never holds a word of it. The journal has a line's digest: of its codes and its seal.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import Table, delete, func, insert, select, update

from uphold import errors
from uphold.database.transaction import Transaction
from uphold.incident import case as cases, stored
from uphold.incident.case import Case, Lesson, Sent, What, Whose
from uphold.incident.stored import find, of_alert
from uphold.incident.tables import incident_case, incident_line, incident_words
from uphold.journal import entry
from uphold.vault import words as sealing
from uphold.vault.unlock import KeyRing

WORDS_MS = 3 * 365 * 24 * 3600 * 1000
"""How long the words are kept after an incident is closed: as long as the proofs of a destruction."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What an incident begins with. `detected_at` is unix ms; `alert`, `suspect`, `record` are 0 for none.

    `occurred` is from when to when it happened, if that is known; `words` say what happened. `rule` is the id of the
    rule that raised the alert, `responses` codes of what the site then did by itself.
    """

    detected_at: int
    alert: int = 0
    suspect: int = 0
    record: int = 0
    whose: Whose = Whose.PEOPLES
    occurred: tuple[int, int] | None = None
    words: str = ""
    rule: str = ""
    responses: tuple[str, ...] = ()


def open_(tx: Transaction, ring: KeyRing, opening: Opening, staff: int) -> Case:
    """Open an incident. Journals incident.opened, and incident.noted for what more is known.

    An alert that has an incident gets no second one: that is returned. Raises `errors.Invalid` for a detection that
    lies ahead, or an occurrence that does.
    """
    if opening.alert and (known := of_alert(tx, opening.alert)):
        return find(tx, ring, known)
    # The journal has whole seconds, and what it says is what stands.
    detected_at = opening.detected_at // 1000 * 1000
    _require(cases.fault(What.DETECTED, str(detected_at), "x" * cases.REASON_LEAST, now=tx.now))
    number = _next(tx, incident_case)
    codes: dict[str, entry.Code] = {
        "incident": number,
        "alert": opening.alert,
        "staff": staff,
        "detected": detected_at // 1000,
    }
    index = tx.append(entry.encode("incident.opened", tx.now, entry.salt(), codes))
    tx.execute(
        insert(incident_case).values(
            number=number,
            alert=opening.alert,
            suspect=opening.suspect,
            about=opening.record,
            whose=int(opening.whose),
            detected_at=detected_at,
            opened_at=tx.now,
            opened_by=staff,
            entry=index,
        )
    )
    if opening.occurred is not None:
        value = "+".join(map(str, opening.occurred))
        note(tx, ring, number, What.OCCURRED, value, "", staff)
    if opening.rule:
        _note(tx, ring, number, _Row(What.RULE, opening.rule), staff)
    if opening.responses:
        _note(tx, ring, number, _Row(What.RESPONDED, "+".join(opening.responses)), staff)
    if opening.words.strip():
        note(tx, ring, number, What.INCIDENT, "", opening.words, staff)
    return find(tx, ring, number)


def note(
    tx: Transaction, ring: KeyRing, number: int, what: What, value: str, words: str, staff: int
) -> int:
    """Add a line to an open incident; returns its number. Journals incident.noted.

    Raises `errors.Invalid` for what does not fit (`case.fault`), `errors.Conflict` for one that is closed.
    """
    if what not in NOTED:
        raise errors.Invalid("This is no line of an incident.", "Use the page's forms.")
    _require(cases.fault(what, value, words, now=tx.now))
    _require_open(tx, number)
    return _note(tx, ring, number, _Row(what, value, words), staff)


def give(tx: Transaction, ring: KeyRing, number: int, given: Sent, staff: int) -> int:
    """Say that a notice was given; returns its line's number. Journals incident.notified.

    Raises `errors.Invalid` for a moment that lies ahead, `errors.Conflict` for an incident that is closed.
    """
    _require_open(tx, number)
    if not 0 < given.sent_at <= tx.now:
        raise errors.Invalid("A notice was given before now.", "Say when it was sent.")
    line = _line(tx, ring, number, _Row(What.GIVEN, given.value, given.reference))
    codes: dict[str, entry.Code] = {"incident": number, "notice": given.notice, "staff": staff}
    return _insert(tx, line, "incident.notified", {**codes, "line": line.digest}, staff)


def learn(tx: Transaction, ring: KeyRing, number: int, lesson: Lesson) -> int:
    """Add a lesson; returns its line's number. Journals incident.noted.

    Raises `errors.Conflict` for an incident that is closed. `lesson.fault` says whether it fits.
    """
    _require_open(tx, number)
    return _note(tx, ring, number, _Row(What.LESSON, lesson.value, lesson.words), lesson.staff)


def close(tx: Transaction, ring: KeyRing, number: int, staff: int) -> None:
    """Close an incident. Journals incident.closed. Whether it may be closed `case.bars` says."""
    _require_open(tx, number)
    codes: dict[str, entry.Code] = {"incident": number, "staff": staff}
    _insert(tx, _line(tx, ring, number, _Row(What.CLOSED)), "incident.closed", codes, staff)
    _end_words(tx, number, tx.now + WORDS_MS)


def reopen(tx: Transaction, ring: KeyRing, number: int, words: str, staff: int) -> None:
    """Open a closed incident again, for a reason. Journals incident.noted.

    Raises `errors.Invalid` without a reason, `errors.Conflict` for one that is open.
    """
    _require(cases.fault(What.REOPENED, "", words, now=tx.now))
    if not find(tx, None, number).is_closed:
        raise errors.Conflict("The incident is open.", "Go on with it.")
    _note(tx, ring, number, _Row(What.REOPENED, "", words), staff)
    _end_words(tx, number, None)


def forget(tx: Transaction, now: int) -> None:
    """Delete the words of incidents that were closed three years ago; their lines and numbers stay."""
    tx.execute(delete(incident_words).where(incident_words.c.ends_at <= now))


def end_exercised(tx: Transaction) -> None:
    """Delete the words of what accounts of an exercise have written; that they did stays."""
    theirs = select(incident_case.c.number).where(incident_case.c.whose == int(Whose.PROBES))
    tx.execute(delete(incident_words).where(incident_words.c.incident.in_(theirs)))


NOTED = frozenset(What) - {
    *(What.RULE, What.RESPONDED, What.GIVEN, What.LESSON, What.CLOSED, What.REOPENED)
}
"""What `note` adds; the others have functions of their own."""


@dataclass(frozen=True, slots=True)
class _Row:
    what: What
    value: str = ""
    words: str = ""


def _end_words(tx: Transaction, number: int, at: int | None) -> None:
    mine = incident_words.c.incident == number
    tx.execute(update(incident_words).where(mine).values(ends_at=at))


def _require(fault: str) -> None:
    if fault:
        advice = {"reason": "Write why.", "words": "Write it, in 4,000 characters at most."}
        otherwise = "Look at what was chosen; a moment lies in the past, and an end is not before its beginning."
        raise errors.Invalid(f"This line does not fit: {fault}.", advice.get(fault, otherwise))


def _require_open(tx: Transaction, number: int) -> None:
    if find(tx, None, number).is_closed:
        raise errors.Conflict("The incident is closed.", "Open it again, and say why.")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    incident: int
    row: _Row
    sealed: bytes

    @property
    def seal(self) -> str:
        return hashlib.sha256(self.sealed).hexdigest() if self.sealed else ""

    @property
    def digest(self) -> str:
        told = {"number": self.number, "incident": self.incident, "seal": self.seal}
        row = {"what": str(self.row.what), "value": self.row.value}
        return hashlib.sha256(stored.body({**told, **row})).hexdigest()


def _line(tx: Transaction, ring: KeyRing, incident: int, row: _Row) -> _Line:
    # The digest needs the number of the line, which nobody else takes under the write lock.
    number, words = _next(tx, incident_line), row.words.strip()
    sealed = sealing.seal(ring, number, words, sealing.Of.INCIDENT) if words else b""
    return _Line(number, incident, row, sealed)


def _note(tx: Transaction, ring: KeyRing, number: int, row: _Row, staff: int) -> int:
    line = _line(tx, ring, number, row)
    codes: dict[str, entry.Code] = {"incident": number, "what": str(row.what), "staff": staff}
    return _insert(tx, line, "incident.noted", {**codes, "line": line.digest}, staff)


def _insert(
    tx: Transaction, line: _Line, kind: str, codes: dict[str, entry.Code], staff: int
) -> int:
    """Journal a line and store it; returns its number."""
    index = tx.append(entry.encode(kind, tx.now, entry.salt(), codes))
    tx.execute(
        insert(incident_line).values(
            number=line.number,
            incident=line.incident,
            what=str(line.row.what),
            value=line.row.value,
            seal=line.seal,
            at=tx.now,
            staff=staff,
            entry=index,
        )
    )
    if line.sealed:
        words = {"line": line.number, "incident": line.incident, "sealed": line.sealed}
        tx.execute(insert(incident_words).values(words))
    return line.number


def _next(tx: Transaction, table: Table) -> int:
    # Under the write lock, and no row is ever deleted.
    return int(tx.execute(select(func.max(table.c.number))).scalar() or 0) + 1

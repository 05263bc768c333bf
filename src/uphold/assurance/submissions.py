# SPDX-License-Identifier: Apache-2.0
"""Submissions, visits, consents and sealed parts against the journal, record by record, opening nothing sealed.

Every table here is laid out by record number, so they are walked side by side; only the entries they name
are looked up. What no entry covers: a submission's `nonce` and `tag`, whose change can only let the same
post be stored twice, and a part's `version`, which is authenticated when the part is opened.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import Connection

from uphold.assurance.editions import Editions
from uphold.assurance.entries import Entries, codes, differences
from uphold.assurance.finding import CHANGED, Finding
from uphold.consent import asked, ledger
from uphold.database import walk
from uphold.database.walk import Row, Unreadable
from uphold.journal.entry import Entry
from uphold.mail import outbox
from uphold.rights import correction
from uphold.submission import record as submissions, submit
from uphold.vault import inspection, tables
from uphold.vault.inspection import Held, Live
from uphold.vault.unlock import KeyRing
from uphold.visits import batch, record as visits

NONCE_BYTES = TAG_BYTES = 16
_VERSIONS = frozenset({submit.PART_VERSION, outbox.ANSWER_VERSION, visits.PART_VERSION})
_SUBMISSION, _CONSENT, _VAULT = "submission", "consent", "vault"
_ANSWER, _CORRECTION, _VISITS = "answer", "correction", "visits"

_Member = Row | Unreadable | Held
_CORRECTED = ("purpose", "request", "staff")
# The record's number, the source, what the source has of the record.
_Place = tuple[int, str, _Member]


@dataclass(slots=True)
class _Record:
    """Everything that the store holds of one record."""

    number: int
    row: Row | None = None
    visits: Row | None = None
    consents: list[Row] = field(default_factory=list)
    answers: list[Row] = field(default_factory=list)
    corrections: list[Row] = field(default_factory=list)
    held: Held | None = None

    @property
    def anchor(self) -> Live | None:
        """The first part, from whose key the record's digests were salted, while it lives."""
        return None if self.held is None else self.held.live.get(tables.part_number(self.number, 0))


@dataclass(slots=True)
class Counts:
    """How much was compared."""

    submissions: int = 0
    consents: int = 0
    parts: int = 0
    opened: int = 0


class Submissions:
    """The records of one store."""

    def __init__(
        self, connection: Connection, ring: KeyRing | None, entries: Entries, editions: Editions
    ) -> None:
        self._connection = connection
        self._ring = ring
        self._entries = entries
        self._editions = editions
        self.counts = Counts()

    def check(self, seen: Callable[[int], None]) -> Iterator[Finding]:
        """Compare every record; `seen` is told the number of each. Raises DBAPIError like `walk.rows`."""
        at = self._connection
        streams = (
            _by_record(_SUBMISSION, submissions.rows(at), 0),
            _by_record(_CONSENT, ledger.rows(at), ledger.ACTS_BITS),
            _by_record(_ANSWER, outbox.rows(at, ("record", "number")), 0),
            _by_record(_CORRECTION, correction.rows(at, ("record", "number")), 0),
            _by_record(_VISITS, batch.rows(at), 0),
            ((held.record, _VAULT, held) for held in inspection.records(at, self._ring)),
        )
        for number, places in groupby(heapq.merge(*streams, key=_number), key=_number):
            record = _Record(number)
            for _, source, member in places:
                yield from _put(record, source, member)
            yield from self._record(record)
            seen(number)
        for row in asked.rows(at):
            if isinstance(row, Unreadable):
                yield Finding("the row cannot be read", row.table, row.number)
            else:
                yield from self._asked(row)

    def _record(self, record: _Record) -> Iterator[Finding]:
        held = record.held or Held(record.number)
        for fault in held.faults:
            yield Finding(fault.what, fault.table, fault.number)
        for row in record.consents:
            self.counts.consents += 1
            yield from self._consent(record, row)
        for row in record.corrections:
            yield from self._correction(record, held, row)
        for live in held.live.values():
            self.counts.parts += 1
            self.counts.opened += live.is_opened
            if live.version not in _VERSIONS:
                yield Finding("`version` is none that Uphold writes", inspection.PARTS, live.number)
        if record.visits is not None:
            yield from self._visits(record, held, record.visits)
        if record.row is None:
            yield from _stray(record, held)
            return
        self.counts.submissions += 1
        found = self._entries.claim(record.row, "record.stored")
        if isinstance(found, Finding):
            yield found
            return
        yield from self._submission(record, record.row, found)
        yield from self._exercise(record, record.row)
        yield from _named_parts(record, held, record.row, found, codes(found, "parts"))
        yield from _further_parts(record, held, len(codes(found, "parts")))

    def _submission(self, record: _Record, row: Row, found: Entry) -> Iterator[Finding]:
        said: dict[str, object] = {name: found.codes[name] for name in ("form", "edition", "state")}
        yield from differences(row, {**said, "received_at": found.at_ms})
        for column, length in (("nonce", NONCE_BYTES), ("tag", TAG_BYTES)):
            value = row.values[column]
            if not isinstance(value, bytes) or len(value) != length:
                yield Finding(f"`{column}` is not {length} bytes", row.table, row.number)
        given = {
            act.values["purpose"] for act in record.consents if act.values["act"] == ledger.GIVEN
        }
        for purpose in codes(found, "consents"):
            if purpose not in given:
                what = f"the consent for {purpose} that it was stored after is missing"
                yield Finding(what, row.table, row.number, row.values["entry"])
        # Who was asked anew, under a later edition, may have read that in another language.
        same = [act for act in record.consents if act.values["edition"] == row.values["edition"]]
        if any(act.values["language"] != row.values["language"] for act in same):
            yield Finding("`language` is not that of its consents", row.table, row.number)
        number = found.codes["edition"]
        yield from self._refers(row, number, codes(found, "wordings"))
        facts = self._editions.facts(number)
        if facts is not None and found.codes["form"] not in facts.forms:
            yield Finding(f"edition {number} has no such form", row.table, row.number)
        if facts is not None and row.values["language"] not in facts.languages:
            yield Finding(f"edition {number} has no such language", row.table, row.number)

    def _exercise(self, record: _Record, row: Row) -> Iterator[Finding]:
        """What a run of probes made says so in the entry right after its own, and in none otherwise."""
        run = row.values["exercise"]
        if run is None:
            return
        index = row.values["entry"] + 1
        found = self._entries.at(index)
        if found is None or found.kind != "exercise.marked" or not self._entries.claims.take(index):
            yield Finding("it is marked as an exercise's, and no entry says so", *row[:2], index)
            return
        if found.codes["run"] != run:
            yield Finding("`exercise` is not what its entry says", *row[:2], index)
        yield from _is_of(record, row, found, index)

    def _visits(self, record: _Record, held: Held, row: Row) -> Iterator[Finding]:
        """Compare a batch of visits with its entry, and its part with what was sealed."""
        found = self._entries.claim(row, "visits.stored")
        if isinstance(found, Finding):
            yield found
            return
        said: dict[str, object] = {name: found.codes[name] for name in ("visits", "edition")}
        yield from differences(row, {**said, "stored_at": found.at_ms})
        yield from _named_parts(record, held, row, found, [str(found.codes["purpose"])])

    def _consent(self, record: _Record, row: Row) -> Iterator[Finding]:
        act = row.values["act"]
        if act not in (ledger.GIVEN, ledger.WITHDRAWN):
            yield Finding("`act` is none that there is", row.table, row.number, row.values["entry"])
            return
        found = self._entries.claim(row, f"consent.{act}")
        if isinstance(found, Finding):
            yield found
            return
        columns = ("purpose", "wording", "form", "edition", "language")
        said: dict[str, object] = {name: found.codes[name] for name in columns}
        yield from differences(row, {**said, "at": found.at_ms})
        yield from _is_of(record, row, found)
        number = found.codes["edition"]
        yield from self._refers(row, number, [str(found.codes["wording"])])
        facts = self._editions.facts(number)
        if facts is not None and found.codes["form"] not in facts.forms.values():
            yield Finding(f"edition {number} has no form with this digest", row.table, row.number)

    def _correction(self, record: _Record, held: Held, row: Row) -> Iterator[Finding]:
        found = self._entries.claim(row, "record.corrected")
        if isinstance(found, Finding):
            yield found
            return
        said: dict[str, object] = {name: found.codes[name] for name in _CORRECTED}
        digests = {name: bytes.fromhex(str(found.codes[name])) for name in ("before", "after")}
        yield from differences(row, {**said, **digests, "at": found.at_ms})
        fields = str(row.values["fields"]).replace("_", "-").split("+")
        if sorted(fields) != codes(found, "fields"):
            yield Finding("`fields` is not what its entry says", *row[:2], row.values["entry"])
        yield from _is_of(record, row, found)
        live = held.live.get(row.values["part"])
        if live is not None and found.commitments[1:] != (live.sealed,):
            yield Finding(CHANGED, inspection.PARTS, live.number, row.values["entry"])

    def _asked(self, row: Row) -> Iterator[Finding]:
        found = self._entries.claim(row, "consent.asked")
        if isinstance(found, Finding):
            yield found
            return
        said: dict[str, object] = {
            name: found.codes[name] for name in ("purpose", "edition", "wording")
        }
        yield from differences(row, {**said, "at": found.at_ms})
        yield from self._refers(row, found.codes["edition"], [str(found.codes["wording"])])

    def _refers(self, row: Row, number: object, wordings: list[str]) -> Iterator[Finding]:
        """Check that the edition and the wordings that an entry names are there."""
        index = row.values["entry"]
        if not self._editions.knows(number):
            yield Finding(
                f"its entry names edition {number}, which is missing", row.table, row.number, index
            )
        facts = self._editions.facts(number)
        if facts is None:
            return
        for wording in wordings:
            if wording not in facts.wordings:
                what = f"edition {number} has no wording {wording}"
                yield Finding(what, row.table, row.number, index)


def _put(record: _Record, source: str, member: _Member) -> Iterator[Finding]:
    if isinstance(member, Held):
        record.held = member
    elif isinstance(member, Unreadable) or record.number == inspection.NOWHERE:
        where = member.number if isinstance(member.number, int) else None
        yield Finding("the row cannot be read", member.table, where)
    elif source == _SUBMISSION:
        record.row = member
    elif source == _VISITS:
        record.visits = member
    elif source == _CONSENT:
        record.consents.append(member)
    else:
        # Walked by record: its own number is another column.
        further = record.answers if source == _ANSWER else record.corrections
        further.append(Row(member.table, member.values["number"], member.values))


def _named_parts(
    record: _Record, held: Held, row: Row, found: Entry, parts: list[str]
) -> Iterator[Finding]:
    """Each part that was stored is there as it was sealed, or was destroyed."""
    index = row.values["entry"]
    yield from _is_of(record, row, found)
    for ordinal, purpose in enumerate(parts):
        number = tables.part_number(record.number, ordinal)
        live, gone = held.live.get(number), held.destroyed.get(number)
        if live is not None:
            if live.purpose != purpose:
                what = "`purpose` is not what its entry says"
                yield Finding(what, inspection.PARTS, number, index)
            committed = found.commitments[ordinal + 1 : ordinal + 2]
            if committed != (live.sealed,):
                yield Finding(CHANGED, inspection.PARTS, number, index)
        elif gone is None:
            if number not in held.damaged:
                what = "the part is missing, and nothing says that it was destroyed"
                yield Finding(what, inspection.PARTS, number, index)
        elif gone["purpose"] != purpose:
            what = "`purpose` is not what the entry of its storing says"
            yield Finding(what, inspection.DESTROYED, number, index)


def _further_parts(record: _Record, held: Held, named: int) -> Iterator[Finding]:
    """Each part beyond those is that of an answer or a correction, and each of these has its part."""
    further = {row.values["part"]: row for row in (*record.answers, *record.corrections)}
    there = {number: live.purpose for number, live in held.live.items()}
    there |= {number: gone["purpose"] for number, gone in held.destroyed.items()}
    for number in there:
        if number - tables.part_number(record.number, 0) >= named and number not in further:
            table = inspection.PARTS if number in held.live else inspection.DESTROYED
            yield Finding("no submission, answer or correction has this part", table, number)
    for number, row in further.items():
        if number not in there:
            yield Finding("the part it names is missing", row.table, row.number)
        elif row.values["purpose"] != there[number]:
            table = inspection.PARTS if number in held.live else inspection.DESTROYED
            yield Finding("`purpose` is not that of what is in it", table, number)


def _stray(record: _Record, held: Held) -> Iterator[Finding]:
    """Report what belongs to a record that was never submitted, or whose row is gone."""
    what = "there is no such submission"
    for row in (*record.consents, *record.answers, *record.corrections):
        yield Finding(what, row.table, row.number)
    # The one part of a batch of visits is compared with its own entry.
    known = {tables.part_number(record.number, 0)} if record.visits else frozenset[int]()
    for table, numbers in ((inspection.PARTS, held.live), (inspection.DESTROYED, held.destroyed)):
        for number in numbers:
            if number not in known:
                yield Finding(what, table, number)


def _is_of(record: _Record, row: Row, found: Entry, index: int | None = None) -> Iterator[Finding]:
    """Check that an entry speaks of this record, as long as its anchor's key can tell."""
    anchor = record.anchor
    name = None if anchor is None else anchor.record(found.salt)
    if name is not None and found.commitments[:1] != (name,):
        what = "it names an entry of another record"
        yield Finding(what, row.table, row.number, index or row.values["entry"])


def _by_record(source: str, rows: walk.Rows, bits: int) -> Iterator[_Place]:
    """Name the record of each row."""
    for row in rows:
        yield (
            (row.number >> bits if isinstance(row.number, int) else inspection.NOWHERE),
            source,
            row,
        )


def _number(place: _Place) -> int:
    return place[0]

# SPDX-License-Identifier: Apache-2.0
"""What the journal says happened, against the store: nothing that was stored, answered or destroyed is gone.

Runs after the rows have claimed their entries. Answers and destructions have no column for their entry:
answers are paired in order, because outbox and journal are numbered under one lock; destructions are
balanced by purpose and second.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping

from sqlalchemy import Connection

from uphold import errors
from uphold.assurance import ended, noted
from uphold.assurance.balance import Balance
from uphold.assurance.ended import Endings
from uphold.assurance.entries import Claims, second
from uphold.assurance.finding import CHANGED, Finding
from uphold.assurance.noted import Notes
from uphold.database.walk import Row, Unreadable
from uphold.journal import audit, entry
from uphold.journal.entry import Entry
from uphold.mail import outbox
from uphold.vault import inspection, remains

# Which table's row claims the entry.
CLAIMED: Mapping[bytes, str] = {
    b"policy.published": "no edition has it",
    b"policy.in-force": "no edition came into force by it",
    b"policy.approved": "no approval has it",
    b"record.stored": "no submission has it",
    b"exercise.marked": "no submission of an exercise has it",
    b"consent.given": "no consent has it",
    b"consent.withdrawn": "no withdrawal has it",
    b"consent.asked": "nobody was asked by it",
    b"record.corrected": "no correction has it",
    b"visits.stored": "no batch of visits has it",
    **noted.KINDS,
}
LOOK_AHEAD = 64
"""How many answers may be missing or foreign in a row before pairing loses its place."""

_TELL_EVERY = 4096
_START = b'{"act":"'

_Destroyed = tuple[object, int | None, object]
"""For what purpose, when, and which entry says so (None for what was destroyed before that was kept)."""


class Journaled:
    """The journal's side of one audit."""

    def __init__(
        self, connection: Connection, claims: Claims, notes: Notes, endings: Endings
    ) -> None:
        self._connection = connection
        self._claims = claims
        self._notes = notes
        self._endings = endings
        self._answers = _Answers(connection)
        self._since = remains.since(connection)

    def check(self, seen: Callable[[int], None]) -> Iterator[Finding]:
        """Go through every entry; `seen` is told now and then how many have passed."""
        balance = Balance()
        for index, raw in audit.readable(self._connection):
            if not index % _TELL_EVERY:
                seen(index)
            yield from self._entry(index, raw, balance)
        yield from self._answers.rest()
        yield from self._notes.rest()
        yield from self._endings.rest()
        for row in remains.rows(self._connection):
            if isinstance(row, Row):
                balance.add(_member(row), 1)
        if not balance.is_even:
            yield from self._uneven(balance)

    def _entry(self, index: int, raw: bytes, balance: Balance) -> Iterator[Finding]:
        kind = _kind(raw)
        if kind in CLAIMED:
            if not self._claims.holds(index):
                yield Finding(f"{kind.decode()}: {CLAIMED[kind]}", entry=index)
        elif kind in noted.LATER:
            self._notes.meet(_decode(raw))
        elif kind in ended.KINDS:
            if found := _decode(raw):
                yield from self._endings.meet(index, found)
        elif kind == b"part.destroyed":
            if found := _decode(raw):
                balance.add(self._destroyed(index, found), -1)
        elif kind == b"answer.sealed" and (found := _decode(raw)):
            yield from self._answers.pair(index, found)

    def _destroyed(self, index: int, found: Entry) -> _Destroyed:
        is_kept = self._since is not None and index >= self._since
        return found.codes["purpose"], found.at_ms, index if is_kept else None

    def _uneven(self, balance: Balance) -> Iterator[Finding]:
        """Look again at the members of unequal buckets, and say which side has what the other lacks."""
        noted: dict[_Destroyed, list[int]] = {}
        for row in remains.rows(self._connection):
            if isinstance(row, Row) and balance.is_suspect(_member(row)):
                noted.setdefault(_member(row), []).append(row.number)
        for index, raw in audit.readable(self._connection):
            found = _decode(raw) if _kind(raw) == b"part.destroyed" else None
            if found is None or not balance.is_suspect(self._destroyed(index, found)):
                continue
            numbers = noted.get(self._destroyed(index, found))
            if numbers:
                numbers.pop()
            else:
                what = "part.destroyed: nothing in the vault was destroyed for this purpose then"
                yield Finding(what, inspection.DESTROYED, entry=index)
        for numbers in noted.values():
            for number in numbers:
                what = "the journal knows of no destruction for this purpose then"
                yield Finding(what, inspection.DESTROYED, number)


class _Answers:
    """The outbox in the order of the journal, a few rows ahead."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = outbox.rows(connection)
        self._ahead: deque[Row] = deque()

    def pair(self, index: int, found: Entry) -> Iterator[Finding]:
        """Find the answer that an answer.sealed entry speaks of; report rows that are passed over."""
        place = self._place(found)
        if place is None:
            yield Finding("answer.sealed: no answer has it", entry=index)
            return
        for _ in range(place):
            row = self._ahead.popleft()
            yield Finding("the journal knows no such answer", row.table, row.number)
        row = self._ahead.popleft()
        if not self._is_sealed(row, found):
            yield Finding(CHANGED, inspection.PARTS, row.values["part"], index)

    def rest(self) -> Iterator[Finding]:
        """Report every answer that no entry was left for."""
        while (row := self._row(0)) is not None:
            yield Finding("the journal knows no such answer", row.table, row.number)
            self._ahead.popleft()

    def _place(self, found: Entry) -> int | None:
        """Where the answer stands: the first that agrees in everything, else the first that agrees in codes."""
        alike = None
        for place in range(LOOK_AHEAD):
            row = self._row(place)
            if row is None:
                break
            if _agrees(row, found):
                if self._is_sealed(row, found):
                    return place
                alike = place if alike is None else alike
        return alike

    def _is_sealed(self, row: Row, found: Entry) -> bool:
        """Tell whether the answer's part is what the entry committed to; one that is gone may have been."""
        number = row.values["part"]
        if not isinstance(number, int):
            return False
        live = inspection.part(self._connection, number)
        return live is None or found.commitments[1:] == (live.sealed,)

    def _row(self, place: int) -> Row | None:
        while len(self._ahead) <= place:
            row = next(self._rows, None)
            if row is None:
                return None
            if isinstance(row, Unreadable):
                continue  # reported where its record is compared
            self._ahead.append(row)
        return self._ahead[place]


def _agrees(row: Row, found: Entry) -> bool:
    said = (found.codes["purpose"], found.codes["staff"], found.at_ms)
    return (row.values["purpose"], row.values["staff"], second(row.values["created_at"])) == said


def _member(row: Row) -> _Destroyed:
    return row.values["purpose"], second(row.values["destroyed_at"]), row.values["entry"]


def _kind(raw: bytes) -> bytes:
    """Read the kind at the front of an entry, without decoding the rest."""
    return raw[len(_START) : raw.find(b'"', len(_START))] if raw.startswith(_START) else b""


def _decode(raw: bytes) -> Entry | None:
    try:
        return entry.decode(raw)
    except errors.Invalid:
        return None  # the journal's own audit says so

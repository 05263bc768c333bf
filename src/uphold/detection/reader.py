# SPDX-License-Identifier: Apache-2.0
"""What came since the last look, from the journal and from signals, in bounded pieces and in the order of time.

    read(reader, since, kinds) -> Piece(happened, to, more)

What nobody asks about is passed over without being decoded. A batch or a signal that cannot be read is an event of its
own, `site.journal`, and what comes behind it is read all the same.
"""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection

from uphold.access import signal
from uphold.access.signal import Noted
from uphold.database.transaction import Transaction
from uphold.detection import event
from uphold.detection.event import Value
from uphold.errors import Broken, Invalid
from uphold.journal import entry, store
from uphold.journal.entry import Entry

Reader = Connection | Transaction

PIECE = 2000
"""So many entries, and so many signals, are looked at in one piece."""

_END = 2**63
_HEAD = b'{"act":"'


class Place(NamedTuple):
    """How far was read: entries below `journal`, signals up to `signal`."""

    journal: int
    signal: int

    def has(self, other: "Place") -> bool:
        """Tell whether what happened at another place was read."""
        return other.journal < self.journal and other.signal <= self.signal


NOWHERE = -1
"""Stands for the journal in the place of a signal."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened: an entry, or an event that needs nothing more said; and where it was read."""

    at: int
    place: Place
    entry: Entry | None = None
    event: dict[str, Value] | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """What was read, in the order of time, up to where, and whether there is more."""

    happened: tuple[Happened, ...]
    to: Place
    more: bool


def head(reader: Reader) -> Place:
    """Where everything has been read."""
    newest = store.last(reader)
    return Place(0 if newest is None else newest.size, signal.newest(reader))


def read(reader: Reader, since: Place, kinds: frozenset[str] | None, now: int) -> Piece:
    """Read the next piece; entries of other kinds than these are passed over. `now` is unix ms."""
    entries, journal, entries_until = _entries(reader, since.journal, kinds, now)
    signals, last, signals_until = _signals(reader, since.signal, now)
    more = min(entries_until, signals_until) < _END
    # Where one of the two goes on, the other waits for it: what happened is told in the order of time.
    if entries_until > signals_until:
        entries, journal = _wait(entries, signals_until, journal)
    elif signals_until > entries_until:
        for one in signals:
            if one.at > entries_until:
                last = one.place.signal - 1
                signals = [two for two in signals if two.place.signal <= last]
                break
    return Piece(tuple(sorted([*entries, *signals], key=_time)), Place(journal, last), more)


def _wait(entries: list[Happened], until: int, end: int) -> tuple[list[Happened], int]:
    """Leave entries behind a time for the next piece; returns the others, and where the next begins."""
    for place, one in enumerate(entries):
        if one.at > until:
            return entries[:place], one.place.journal
    return entries, end


def _time(happened: Happened) -> int:
    return happened.at


def _entries(
    reader: Reader, start: int, kinds: frozenset[str] | None, now: int
) -> tuple[list[Happened], int, int]:
    """Return what entries from `start` on tell, the index after the last one, and up to what time that is all."""
    found: list[Happened] = []
    expected, last = start, b""
    for batch in store.batches(reader, start, start + PIECE):
        if batch.end <= start:
            continue
        if batch.number > expected:
            found.append(_damage(expected, now, "missing"))
        try:
            for index, raw in enumerate(batch.entries(), batch.number):
                last = raw
                if index >= start and (kinds is None or _is_asked(raw, kinds)):
                    found.append(_entry(index, raw, now))
        except Broken:
            found.append(_damage(max(start, batch.number), now, "damaged"))
        expected = batch.end
    newest = store.last(reader)
    size = 0 if newest is None else newest.size
    if expected == start < size:
        # More is missing than one piece has: go on behind it, or nothing would be looked at ever again.
        found.append(_damage(start, now, "missing"))
        expected = min(start + PIECE, size)
    return found, expected, _moment(last, now) if expected < size else _END


def _moment(raw: bytes, now: int) -> int:
    """When an entry was made; now, where that cannot be read."""
    try:
        return entry.decode(raw).at_ms
    except Invalid:
        return now


def _is_asked(raw: bytes, kinds: frozenset[str]) -> bool:
    """Whether a rule asks about an entry of this kind: nine of ten need not be decoded to tell that none does."""
    if not raw.startswith(_HEAD):
        return True
    end = raw.find(b'"', len(_HEAD))
    return raw[len(_HEAD) : end].decode("ascii", "replace") in kinds


def _entry(index: int, raw: bytes, now: int) -> Happened:
    try:
        decoded = entry.decode(raw)
    except Invalid:
        return _damage(index, now, "unreadable")
    return Happened(decoded.at_ms, Place(index, 0), entry=decoded)


def _signals(reader: Reader, after: int, now: int) -> tuple[list[Happened], int, int]:
    """Return the signals after a number, the last number, and up to what time that is all."""
    try:
        noted = signal.since(reader, after, PIECE)
    except ValueError:
        return _one_by_one(reader, after, now)
    found = [_signal(one) for one in noted]
    last = noted[-1].number if noted else after
    return found, last, _latest(found) if len(noted) == PIECE else _END


def _latest(found: list[Happened]) -> int:
    return max(one.at for one in found)


def _one_by_one(reader: Reader, after: int, now: int) -> tuple[list[Happened], int, int]:
    """Pass over signals that cannot be read."""
    found = []
    numbers = signal.numbers(reader, after, PIECE)
    for number in numbers:
        try:
            found += [_signal(one) for one in signal.since(reader, number - 1, 1)]
        except ValueError:
            found.append(_damage(NOWHERE, now, "signal", number))
    return found, numbers[-1], _latest(found) if len(numbers) == PIECE else _END


def _signal(noted: Noted) -> Happened:
    one = noted.signal
    told: dict[str, Value] = {**one.fields, "staff": one.staff}
    told.update(id=f"s{noted.number}", at=one.at, kind=str(one.kind), service=one.service)
    told["exercise"], told["exercise_run"] = one.exercise > 0, one.exercise
    return Happened(one.at, Place(NOWHERE, noted.number), event=told)


def _damage(index: int, now: int, problem: str, number: int = 0) -> Happened:
    """Make the event of what cannot be read; its id begins with neither j nor s, as there is nothing to look up."""
    told: dict[str, Value] = {"id": f"d{number or index}", "at": now, "kind": "site.journal"}
    told.update(service=event.SITE, exercise=False, problem=problem)
    return Happened(now, Place(index, number), event=told)

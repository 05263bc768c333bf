# SPDX-License-Identifier: Apache-2.0
"""The rules at their post: what came since the last look goes through them; what they notice is stored and acted on.

    watch = Watch(post); raised = watch.look()

Alerts, what they do, and how far was looked are one transaction. A process that begins reads again as far back as a
rule can look, in silence: what was looked at before is not told again. Several processes look each for itself; whoever
comes first stores, and the others find it done.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from uphold import errors
from uphold.access import signal
from uphold.access.signal import Kind, Signal
from uphold.database import sequence
from uphold.database.commits import Mark
from uphold.database.engine import Database
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.detection import reader, respond, store
from uphold.detection.book import Book
from uphold.detection.correlate import LATE_MS
from uphold.detection.engine import Engine, Group, Match
from uphold.detection.enrich import Enricher, Hours
from uphold.detection.event import Value
from uphold.detection.reader import Happened, Piece, Place
from uphold.detection.respond import Cause, Ladder
from uphold.detection.rule import Response, Rule, State
from uphold.detection.store import Cursor
from uphold.journal import entry, store as entries
from uphold.vault.unlock import KeyRing

PIECES = 20
"""So many pieces are looked at in one look: then others have their turn."""

TOGETHER = 50
"""So many alerts are stored in one transaction: a flood of them lets others write in between."""

MOST_AGAIN = 200_000
"""So many entries at most are read again when a process begins."""

# How far, and for how long (ms), the place that was looked at may go unnoted where nothing was noticed.
_UNNOTED, _UNNOTED_MS = 256, 60_000
_log = logging.getLogger("uphold.detection")


@dataclass(frozen=True, slots=True)
class Post:
    """What the rules need of a site: where it stores, its keys, its rules, its hours."""

    database: Database
    writer: Writer
    ring: KeyRing
    book: Book
    hours: Hours
    now: Callable[[], int] = lambda: time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert that was stored just now, and by which rule."""

    number: int
    rule: Rule
    exercise: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """A match, and where the event was read that completed it."""

    place: Place
    match: Match


class Watch:
    """One process's look at what happens. `look` is called again and again, by one thread at a time."""

    def __init__(self, post: Post) -> None:
        """Look at nothing yet."""
        self._post = post
        self._rules = post.book.in_force
        self._engine: Engine | None = None
        self._enricher = Enricher(post.ring, post.hours)
        self._place = Place(0, 0)
        # Up to where nothing waits to be stored.
        self._stored = self._place
        # When each rule told of each group last, as it was when this process began.
        self._told: dict[tuple[str, bool, Group], int] = {}
        # What was found and could not be stored yet.
        self._waiting: list[_Found] = []
        # What was stored and nobody was told of yet.
        self._raised: list[Raised] = []
        # The state of the database in which a look found nothing.
        self._seen: Mark | None = None

    @property
    def place(self) -> Place:
        """How far this process has looked."""
        return self._place

    def may_have_news(self) -> bool:
        """Whether anything was committed since a look that found nothing, at hardly any cost."""
        mark = self._post.database.mark()
        return mark is None or mark != self._seen

    def look(self) -> tuple[Raised, ...]:
        """Look at what came since; returns the alerts that were raised. Blocks.

        Raises `errors.Unavailable` when the storage cannot be read or written; nothing is lost by that: what was
        raised before it is returned by the next look.
        """
        mark = self._post.database.mark()
        if self._engine is None:
            self._engine = self._begin()
        self._settle(None)
        for _ in range(PIECES):
            piece, noted = self._next(self._engine)
            if piece is None:
                self._seen = mark
                break
            self._settle(noted)
            if not piece.more:
                break
        raised, self._raised = tuple(self._raised), []
        return raised

    def _begin(self) -> Engine:
        """Find out where to read again from, and journal the rules if they are others than before."""
        digest = self._post.book.digest
        with self._post.database.read() as connection:
            head = reader.head(connection)
            self._place = self._stored = Place(
                head.journal, sequence.last(connection, signal.SEQUENCE)
            )
            is_ahead = self._cursor(connection) != store.cursor(connection)
        if is_ahead:
            self._post.writer.run(self._move)
        with self._post.database.read() as connection:
            cursor = store.cursor(connection)
        if cursor is None or cursor.rules != digest:
            cursor = self._post.writer.run(lambda tx: self._enter(tx, head, digest))
        engine = Engine(self._rules)
        since = self._post.now() - self._rules.reach_ms - LATE_MS
        with self._post.database.read() as connection:
            first = _first(connection, since, cursor.journal)
            before = signal.before(connection, since)
            longest = max((rule.quiet_ms for rule in self._rules.every), default=0)
            told = store.since(connection, self._post.now() - longest - LATE_MS)
        for alert in told:
            place = (alert.rule, alert.exercise > 0, alert.group)
            self._told[place] = alert.last_at
            engine.fired(*place, alert.last_at)
        self._place = self._stored = Place(first, min(before, cursor.signal))
        return engine

    def _cursor(self, within: Connection | Transaction) -> Cursor | None:
        """How far was looked. What is ahead of all there is no look has written: it counts as far as this one came."""
        found, size = store.cursor(within), entries.last(within)
        if found is None:
            return None
        last = sequence.last(within, signal.SEQUENCE)
        if found.journal <= (0 if size is None else size.size) and found.signal <= last:
            return found
        journal = min(found.journal, self._stored.journal)
        # As if it was long ago: it is written anew at once.
        return replace(found, journal=journal, signal=min(found.signal, self._stored.signal), at=0)

    def _enter(self, tx: Transaction, head: Place, digest: str) -> Cursor:
        """Note by which rules is looked from now on; a site that was never looked at is from its present on."""
        cursor = store.cursor(tx) or Cursor(head.journal, head.signal, "", 0)
        if cursor.rules == digest:
            return cursor
        known = self._post.book
        codes: dict[str, entry.Code] = {
            "rules": digest,
            "on": known.count(State.ON),
            "dry": known.count(State.DRY),
            "off": known.count(State.OFF),
        }
        tx.append(entry.encode("detection.rules", tx.now, entry.salt(), codes))
        moved = Cursor(cursor.journal, cursor.signal, digest, tx.now)
        store.move(tx, moved)
        return moved

    def _next(self, engine: Engine) -> tuple[Piece | None, Cursor | None]:
        """Read the next piece and put it through the rules; None when nothing came."""
        now = self._post.now()
        with self._post.database.read() as connection:
            if reader.head(connection) == self._place:
                return None, None
            piece = reader.read(connection, self._place, self._rules.kinds, now)
            events = self._events(connection, piece, now)
            noted = self._cursor(connection)
            for happened, event in zip(piece.happened, events, strict=True):
                for match in engine.feed(event):
                    found = _Found(happened.place, match)
                    if noted is not None and _is_behind(found, noted):
                        self._pass_over(connection, engine, match)
                    else:
                        self._waiting.append(found)
        self._place = piece.to
        return piece, noted

    def _pass_over(self, connection: Connection, engine: Engine, match: Match) -> None:
        """Leave what was looked at before; where nobody was told of it, nothing keeps quiet because of it either."""
        if not store.is_known(connection, match.identity):
            place = (match.rule, match.exercise, match.group)
            engine.fired(*place, self._told.get(place))

    def _events(self, connection: Connection, piece: Piece, now: int) -> list[dict[str, Value]]:
        """The events of a piece, those of entries with what is known beside them."""
        entered = [
            (one.place.journal, one.entry) for one in piece.happened if one.entry is not None
        ]
        known = self._enricher.events(connection, entered, now) if entered else {}
        return [_event(one, known) for one in piece.happened]

    def _settle(self, noted: Cursor | None) -> None:
        """Store what was found, with what it does, and how far was looked."""
        if not self._waiting and noted is not None and self._is_due(noted):
            self._post.writer.run(self._move)
        while self._waiting:
            lot = self._waiting[:TOGETHER]
            self._keep(lot)
            del self._waiting[: len(lot)]
        self._stored = self._place

    def _keep(self, lot: list[_Found]) -> None:
        try:
            raised = self._post.writer.run(lambda tx: self._store(tx, lot, plain=False))
        except errors.Unavailable:
            raise
        except errors.UpholdError as error:
            if len(lot) > 1:
                # One that cannot be acted on keeps nothing from the others.
                for one in lot:
                    self._keep([one])
                return
            # What cannot be acted on is told all the same, or it would be looked at for ever.
            _log.error("An alert is stored without what it does: %s", error.message)
            raised = self._post.writer.run(lambda tx: self._store(tx, lot, plain=True))
        self._raised += raised

    def _is_due(self, noted: Cursor) -> bool:
        ahead = max(self._place.journal - noted.journal, self._place.signal - noted.signal)
        waited = self._post.now() - noted.at > _UNNOTED_MS
        return ahead >= _UNNOTED or (ahead > 0 and waited)

    def _move(self, tx: Transaction) -> None:
        cursor = self._cursor(tx)
        if cursor is None:
            return
        is_false = cursor != store.cursor(tx)
        if is_false:
            # Somebody wanted nothing to be looked at.
            signal.note(tx, Signal(Kind.JOURNAL, {"problem": "cursor"}))
        if is_false or not (
            self._place.journal <= cursor.journal and self._place.signal <= cursor.signal
        ):
            journal = max(cursor.journal, self._place.journal)
            signals = max(cursor.signal, self._place.signal)
            store.move(tx, Cursor(journal, signals, cursor.rules, tx.now))

    def _store(self, tx: Transaction, lot: list[_Found], *, plain: bool) -> tuple[Raised, ...]:
        """Store what no other process has stored meanwhile."""
        cursor, raised = self._cursor(tx), []
        for one in lot:
            match = one.match
            if cursor is not None and _is_behind(one, cursor):
                continue
            if store.is_known(tx, match.identity):
                continue
            rule, number = self._rules[match.rule], store.next_number(tx)
            acts = self._post.book.acts(rule)
            done = ("log", "failed") if plain else self._respond(tx, number, rule, match, acts=acts)
            store.keep(tx, number, rule, match, done, dry=not acts)
            raised.append(Raised(number, rule, match.exercise))
        if lot[-1] is self._waiting[-1]:
            self._move(tx)
        return tuple(raised)

    def _respond(
        self, tx: Transaction, number: int, rule: Rule, match: Match, *, acts: bool
    ) -> tuple[str, ...]:
        """Do what the rule says, and tell what became of it."""
        run = match.event.get("exercise_run", 0) if match.exercise else 0
        cause = Cause(
            alert=number,
            rule=rule.name,
            staff=store.whom(rule, match),
            source=store.whence(match),
            events=match.events,
            run=run if type(run) is int else 0,
        )
        ladder = Ladder(
            steps=rule.respond,
            for_ms=rule.for_ms,
            spoofable=rule.spoofable,
            confirm=rule.confirm,
            acts=acts,
        )
        applied = respond.apply(tx, self._post.ring, cause, ladder)
        return tuple(one.code for one in applied) or (str(Response.LOG),)


def _event(happened: Happened, known: dict[int, dict[str, Value]]) -> dict[str, Value]:
    return happened.event if happened.event is not None else known[happened.place.journal]


def _is_behind(found: _Found, cursor: Cursor) -> bool:
    """Whether what completed a match was looked at before: by this process, in silence, or by another."""
    place = found.place
    if place.journal == reader.NOWHERE:
        return place.signal <= cursor.signal
    return place.journal < cursor.journal


def _first(connection: Connection, since: int, end: int) -> int:
    """The first entry that is not older than `since` (unix ms), by halving; at most so many before `end`."""
    low, high = max(0, end - MOST_AGAIN), end
    while low < high:
        middle = (low + high) // 2
        try:
            is_old = entry.decode(entries.entry(connection, middle)).at_ms < since
        except errors.UpholdError:
            # One that cannot be read tells nothing: what is behind it decides.
            is_old = True
        low, high = (middle + 1, high) if is_old else (low, middle)
    return low

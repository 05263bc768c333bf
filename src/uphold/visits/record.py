# SPDX-License-Identifier: Apache-2.0
"""Visits on their way to disk: noted without waiting, durable within a second, sealed like anything personal.

    note     any thread, never waits, never raises      a queue with an end: beyond it, dropped and counted
    flush    (1) the five technical data of each view, as one sealed part of a record of its own, its row
                 and the entry `visits.stored`                                                   COMMIT
             (2) what names nobody, handed on for statistics (`Told`)

Guarantee: `flush` returns when all that was noted before is stored, raw values nowhere but in the sealed part. Where
the storage is in trouble what was taken waits, and is stored once. Limits: what was noted since the last flush lives
in memory alone; a process that is killed loses it, and the next one says so (`visits.running`). Killed between
(1) and (2), it is missing in the statistics only.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache

import msgspec

from uphold import errors
from uphold.database.sequence import Numbers
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry
from uphold.policy.document import Edition
from uphold.vault import commitment, part, records
from uphold.vault.part import Sealed
from uphold.vault.unlock import KeyRing
from uphold.visits import batch, layout
from uphold.visits.batch import Facts

VIEW = "view"
PART_VERSION = 1
# The fields of the sealed part, those of a post: each holds a value of every view, in the order in which they came.
FIELDS = ("ip", "cookie", "browser", "time", "page")
# So many wait at most; as many go into one sealed part.
LONGEST_QUEUE = 50_000
TOGETHER = 5_000
# Counts of what was dropped are no reason for a commit of their own more often than this.
COUNT_MS = 10_000


class Seen(msgspec.Struct, frozen=True, gc=False):
    """One thing that a visitor did at `at` (unix ms): a view of a page, or a step in a form.

    `page` is a path without query, at most 200 characters. `kind` and `item` are those of `visits.layout.Event`.
    """

    at: int
    address: str
    agent: str
    cookie: str | None
    kind: str
    item: str
    page: str

    def __repr__(self) -> str:
        return f"<Seen {self.kind}>"


class Dropped(StrEnum):
    """Why nothing of a visit was kept."""

    BOT = "bot"
    # Sec-GPC or DNT.
    ASKED = "asked-not-to"
    MALFORMED = "malformed"
    FOREIGN = "foreign-host"
    # More came than could be stored.
    FULL = "overflow"
    # Its day was over and closed when it could be stored: it is kept sealed, and stands in no figure.
    LATE = "too-late"


Stored = Callable[[Transaction, Facts, Edition], None]
"""Told of each batch within its transaction, with the edition in force: so that it ends by its term."""

Told = Callable[[Sequence[Seen]], None]
"""Told of what was stored, to write what names nobody; returns when that is durable. Raises `errors.UpholdError`."""


@dataclass(slots=True)
class _Batch:
    """What one flush took, and how far it is: each step is done once, whatever the next one meets."""

    seen: list[Seen]
    dropped: Counter[tuple[int, str]] = field(default_factory=Counter)
    number: int = 0
    is_stored: bool = False


class Recorder:
    """Takes what visitors do and stores it in batches. One per process; safe to call from several threads."""

    def __init__(
        self,
        writer: Writer,
        ring: KeyRing,
        in_force: Callable[[], Edition],
        day: Callable[[int], date],
        stored: Stored,
        told: Told,
    ) -> None:
        """Store nothing yet. `day` says on which day of the site's zone a moment (unix ms) lies."""
        self._writer, self._ring = writer, ring
        self._in_force, self._day = in_force, day
        self._stored, self._told = stored, told
        self._numbers = Numbers(writer, "submission")
        self._queue: deque[Seen] = deque()
        self._counting = threading.Lock()
        self._dropped: Counter[tuple[int, str]] = Counter()
        self._flushing = threading.Lock()
        self._begun: _Batch | None = None
        self._counted_at = 0

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to flush: a look that costs nothing."""
        return not self._queue and self._begun is None and not self._dropped

    @property
    def is_full(self) -> bool:
        """Whether no more can be taken before some is stored."""
        return len(self._queue) >= LONGEST_QUEUE

    def note(self, seen: Seen) -> None:
        """Take one; never waits and never raises."""
        if self.is_full:
            self.drop(Dropped.FULL)
        else:
            self._queue.append(seen)

    def drop(self, reason: Dropped) -> None:
        """Count one of which nothing is kept, not even when within its day."""
        place = (layout.number(self._day(time.time_ns() // 1_000_000)), str(reason))
        with self._counting:
            self._dropped[place] += 1

    def flush(self) -> None:
        """Store what was noted so far; blocks for the commits.

        Raises `errors.UpholdError` where the storage or the folder is in trouble: what was taken waits, and the next
        flush goes on with it.
        """
        with self._flushing:
            rounds = len(self._queue) // TOGETHER + 1
            for _ in range(rounds + (self._begun is not None)):
                self._step()

    def close(self) -> bool:
        """Store what is left; False where that cannot be, and it is lost."""
        with self._flushing, suppress(errors.UpholdError):
            while self._queue or self._begun is not None:
                self._step()
            self._count(_Batch([], self._taken()))
            return True
        return False

    def _step(self) -> None:
        if self._begun is None:
            self._begun = self._take()
        begun = self._begun
        if not begun.seen:
            self._begun = None
            self._count_now_and_then(begun.dropped)
            return
        if not begun.is_stored:
            self._store(begun)
            begun.is_stored = True
        self._told(begun.seen)
        self._begun = None

    def _take(self) -> _Batch:
        seen: list[Seen] = []
        with suppress(IndexError):
            while len(seen) < TOGETHER:
                seen.append(self._queue.popleft())
        return _Batch(seen, self._taken())

    def _taken(self) -> Counter[tuple[int, str]]:
        with self._counting:
            taken, self._dropped = self._dropped, Counter()
        return taken

    def _count_now_and_then(self, dropped: Counter[tuple[int, str]]) -> None:
        """Write counts that no batch carries; until it is time they wait for the next flush."""
        now = time.monotonic_ns() // 1_000_000
        try:
            if dropped and now - self._counted_at >= COUNT_MS:
                self._count(_Batch([], dropped))
                self._counted_at = now
                dropped = Counter()
        finally:
            with self._counting:
                self._dropped.update(dropped)

    def _count(self, begun: _Batch) -> None:
        if begun.dropped:
            self._writer.run(lambda tx: batch.count(tx, begun.dropped))

    def _store(self, begun: _Batch) -> None:
        views = [one for one in begun.seen if one.kind == VIEW]
        if not views:
            self._count(begun)
            return
        # The number stays when it is tried again: where nobody could tell whether it was stored, it shows now.
        begun.number = begun.number or self._numbers.take_now()
        with suppress(errors.Conflict):
            self._writer.run(self._work(begun, views))

    def _work(self, begun: _Batch, views: Sequence[Seen]) -> Callable[[Transaction], None]:
        edition = self._in_force()
        plain = part.plain(edition.policy.technical, PART_VERSION, raw(views))
        sealed = records.prepare(self._ring, begun.number, [plain])
        at = time.time_ns() // 1_000_000
        line = _describe(sealed, at, len(views), edition.number)
        moments = [one.at for one in views]

        def store(tx: Transaction) -> None:
            records.put(tx, sealed)
            index = tx.append(line)
            first, last = min(moments), max(moments)
            facts = Facts(begun.number, at, first, last, len(views), edition.number, index)
            batch.put(tx, facts)
            self._stored(tx, facts, edition)
            batch.count(tx, begun.dropped)

        return store


def raw(views: Sequence[Seen]) -> dict[str, list[str]]:
    """The five technical data of views and no others (clause 1.1.2), by the name of `FIELDS` (pure)."""
    return {
        "ip": [one.address for one in views],
        "cookie": [one.cookie or "" for one in views],
        "browser": [one.agent for one in views],
        "time": [_second(one.at // 1000) for one in views],
        "page": [one.page for one in views],
    }


# Those of one flush come within a second or two.
@lru_cache(4)
def _second(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _describe(sealed: Sealed, at: int, visits: int, edition: int) -> bytes:
    salt = entry.salt()
    codes: dict[str, str | int] = {
        "visits": visits,
        "edition": edition,
        "purpose": sealed.parts[0].purpose,
    }
    return entry.encode("visits.stored", at, salt, codes, commitment.stored(sealed, salt))

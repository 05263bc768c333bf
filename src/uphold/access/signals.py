# SPDX-License-Identifier: Apache-2.0
"""Signals on their way to be kept: what the web layer noticed, and what no answer to a request may wait for.

Equal signals become one with a count. What strangers cause is bounded, so that nobody fills the store for free:
what is too much is counted, and that count is a signal itself. What members of staff cause is never crowded out by it.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from uphold.access import signal
from uphold.access.arrival import Whence
from uphold.access.signal import Kind, Signal, Value
from uphold.database.writer import Writer

# So many different ones wait at most, of strangers and of staff each.
MOST = 1000
# So many looks at most between two flushes: each takes a fraction of a millisecond, and nobody waits for it.
MOST_LOOKS = 200
# Of characters that wait to be looked at, though one look is taken however long its texts are.
MOST_TEXT = 1 << 22
# So many of strangers are kept at once, and so many more in each minute from then on.
BURST = 2000
PER_MINUTE = 60
_COUNT = "count"

Look = Callable[[], Iterable[Signal]]
"""Looks at what came and returns what is to be noted of it."""

_Key = tuple[Kind, int, int, tuple[tuple[str, Value], ...]]


@dataclass(slots=True)
class _Waiting:
    at: int
    count: int


class Signals:
    """Takes what was noticed and keeps it in the background. One per process; safe to call from several threads."""

    def __init__(self, writer: Writer, clock: Callable[[], float] = time.monotonic) -> None:
        """Keep nothing yet. `clock` gives seconds, by which the allowance of strangers grows."""
        self._writer = writer
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: dict[bool, dict[_Key, _Waiting]] = {True: {}, False: {}}
        self._looks: list[Look] = []
        self._text = 0
        self._overflow = 0
        self._allowance, self._grown_at = float(BURST), clock()

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to keep: a look that costs nothing."""
        return not (self._looks or self._waiting[True] or self._waiting[False] or self._overflow)

    def put(self, one: Signal) -> None:
        """Take a signal, without the `count` that its kind may have. Never waits and never raises for what came."""
        key = (one.kind, one.staff, one.exercise, tuple(sorted(one.fields.items())))
        with self._lock:
            waiting = self._waiting[bool(one.staff)]
            found = waiting.get(key)
            if found is not None:
                found.count += 1
            elif len(waiting) >= MOST or not (one.staff or self._allows()):
                self._overflow += 1
            else:
                waiting[key] = _Waiting(one.at or time.time_ns() // 1_000_000, 1)

    def later(self, look: Look, length: int = 0) -> None:
        """Take what is still to be looked at, in the background; one that is too much is counted. Never waits.

        `length` is of the texts that wait with it.
        """
        with self._lock:
            has_room = not self._looks or self._text + length <= MOST_TEXT
            if len(self._looks) < MOST_LOOKS and has_room:
                self._looks.append(look)
                self._text += length
            else:
                self._overflow += 1

    def flush(self) -> None:
        """Keep what was taken so far; blocks for the commit. Raises `errors.UpholdError`, and then it still waits."""
        with self._lock:
            looks, self._looks, self._text = self._looks, [], 0
        for look in looks:
            for one in look():
                self.put(one)
        with self._lock:
            taken, self._waiting = self._waiting, {True: {}, False: {}}
            overflow, self._overflow = self._overflow, 0
        every = [_signal(key, of) for group in taken.values() for key, of in group.items()]
        found = [one for one in every if _fits(one)]
        # One that could never be kept would keep all others waiting for ever.
        lost = overflow + len(every) - len(found)
        if lost:
            found.append(Signal(Kind.OVERFLOW, {_COUNT: lost}))
        if not found:
            return
        is_kept = False
        try:
            self._writer.run(lambda tx: signal.note(tx, *found))
            is_kept = True
        finally:
            if not is_kept:
                self._put_back(taken, overflow)

    def _put_back(self, taken: dict[bool, dict[_Key, _Waiting]], overflow: int) -> None:
        """Let what was taken wait again, first; of what has come since there is room for less."""
        with self._lock:
            self._overflow += overflow
            for is_staff, group in taken.items():
                for key, later in self._waiting[is_staff].items():
                    found = group.get(key)
                    if found is not None:
                        found.count += later.count
                    elif len(group) < MOST:
                        group[key] = later
                    else:
                        self._overflow += later.count
                self._waiting[is_staff] = group

    def _allows(self) -> bool:
        now = self._clock()
        grown = (now - self._grown_at) * PER_MINUTE / 60
        self._allowance, self._grown_at = min(BURST, self._allowance + grown), now
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True


class Places:
    """From where this process has seen sessions and programs act: what is there needs no look into the store."""

    def __init__(self, most: int = 10_000) -> None:
        """Know of none; `most` are remembered."""
        self._most = most
        self._lock = threading.Lock()
        self._seen: OrderedDict[tuple[str, int, str, str], None] = OrderedDict()

    def is_new(self, what: str, number: int, whence: Whence) -> bool:
        """Tell whether this one was not seen from there, and remember that it was."""
        key = (what, number, whence.network, whence.agent)
        with self._lock:
            is_new = key not in self._seen
            self._seen[key] = None
            self._seen.move_to_end(key)
            if len(self._seen) > self._most:
                self._seen.popitem(last=False)
        return is_new

    def forget(self, what: str, number: int, whence: Whence) -> None:
        """Forget one again, as what was seen could not be kept."""
        with self._lock:
            self._seen.pop((what, number, whence.network, whence.agent), None)


def _fits(one: Signal) -> bool:
    try:
        signal.check(one)
    except ValueError:
        return False
    return True


def _signal(key: _Key, of: _Waiting) -> Signal:
    kind, staff, exercise, fields = key
    told = dict(fields)
    if _COUNT in signal.SHAPES[kind]:
        told[_COUNT] = of.count
    return Signal(kind, told, staff, exercise, of.at)

# SPDX-License-Identifier: Apache-2.0
"""How often an exercise may post: it keeps the site's own limits, as nobody is told to look away for it.

Limits count by where a post comes from. A site on this machine can be visited from several addresses of it,
as it is by several people; any other one sees a single visitor, who has to wait.
"""

import ipaddress
import time
from collections.abc import Callable

from uphold.config import Limits

MINUTE = 60_000
# A clock of another machine may stand a little apart from ours.
_MARGIN_MS = 1_000
_SOURCES = 100


def clock() -> int:
    """Unix milliseconds."""
    return time.time_ns() // 1_000_000


def sources(host: str) -> tuple[str, ...]:
    """Return the addresses to visit a host from, each of a prefix of its own; "" stands for whatever it is."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ("",)
    if address.version == 4 and address.is_loopback:
        return ("", *(f"127.9.{number}.1" for number in range(_SOURCES)))
    return ("",)


class Pace:
    """Counts the posts of each minute by source, moves on or waits where the next one would be too many."""

    def __init__(
        self,
        limits: Limits,
        sources: tuple[str, ...] = ("",),
        now: Callable[[], int] = clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Have posted nothing yet."""
        self._limits = limits
        self._sources = sources
        self._now = now
        self._sleep = sleep
        self._minute = 0
        self._counts: dict[str, int] = {}
        self._place = 0

    @property
    def source(self) -> str:
        """The address to come from now."""
        return self._sources[self._place]

    def count(self, source: str) -> int:
        """How many posts were counted from a source in this minute."""
        minute = self._now() // MINUTE
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()
        return self._counts.get(source, 0)

    def told(self, source: str) -> None:
        """Count a post that is about to be sent; wait if it would be refused as too many."""
        if self.count(source) >= self._limits.refuse_per_minute:
            self._wait()
        self._counts[source] = self.count(source) + 1

    def calm(self) -> None:
        """Go where a post would not be set aside as one too many; wait if there is no such place."""
        for _ in self._sources:
            if self.count(self.source) < self._limits.aside_per_minute:
                return
            self._place = (self._place + 1) % len(self._sources)
        self._wait()

    def old_enough(self, shown_at: int) -> None:
        """Wait until a form shown at `shown_at` (unix ms) may be sent without being taken for a program's."""
        wait = shown_at + self._limits.fastest_seconds * 1000 + 50 - self._now()
        if wait > 0:
            self._sleep(wait / 1000)

    def _wait(self) -> None:
        now = self._now()
        self._sleep((MINUTE - now % MINUTE + _MARGIN_MS) / 1000)

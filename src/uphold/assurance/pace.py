# SPDX-License-Identifier: Apache-2.0
"""How often an exercise may post: it keeps the site's own limits, as nobody is told to look away for it."""

import time
from collections.abc import Callable

from uphold.config import Limits

MINUTE = 60_000
# A clock of another machine may stand a little apart from ours.
_MARGIN_MS = 1_000


def clock() -> int:
    """Unix milliseconds."""
    return time.time_ns() // 1_000_000


class Pace:
    """Counts the posts of each minute, and waits where the next one would be too many."""

    def __init__(
        self,
        limits: Limits,
        now: Callable[[], int] = clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Have posted nothing yet."""
        self._limits = limits
        self._now = now
        self._sleep = sleep
        self._minute = 0
        self._count = 0

    @property
    def count(self) -> int:
        """How many posts were counted in this minute."""
        return self._count if self._now() // MINUTE == self._minute else 0

    def told(self) -> None:
        """Count a post that is about to be sent; wait if it would be refused as too many."""
        self._wait(self._limits.refuse_per_minute)
        minute = self._now() // MINUTE
        if minute != self._minute:
            self._minute, self._count = minute, 0
        self._count += 1

    def calm(self) -> None:
        """Wait until a post would not be set aside as one too many."""
        self._wait(self._limits.aside_per_minute)

    def old_enough(self, shown_at: int) -> None:
        """Wait until a form shown at `shown_at` (unix ms) may be sent without being taken for a program's."""
        wait = shown_at + self._limits.fastest_seconds * 1000 + 50 - self._now()
        if wait > 0:
            self._sleep(wait / 1000)

    def _wait(self, most: int) -> None:
        if self.count >= most:
            now = self._now()
            self._sleep((MINUTE - now % MINUTE + _MARGIN_MS) / 1000)

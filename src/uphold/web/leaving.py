# SPDX-License-Identifier: Apache-2.0
"""The time between the word to stop and the end: who sends visitors here is told, and everybody is still served.

`/readyz` says 503 from the word on, and each answer ends its connection, so that whoever comes again goes to another
process. After `[serve] drain_seconds` nobody new is taken, and what is under way is finished.
"""

import time


class Leaving:
    """Whether a server has been told to stop, and since when. Safe to ask from several threads."""

    def __init__(self, seconds: float = 0) -> None:
        """Nobody has said so yet; from then on everybody is served for so many seconds."""
        self._seconds = seconds
        self._until: float | None = None

    @property
    def is_begun(self) -> bool:
        """Whether the server has been told to stop."""
        return self._until is not None

    @property
    def is_over(self) -> bool:
        """Whether the time is up too."""
        return self._until is not None and time.monotonic() >= self._until

    def begin(self) -> bool:
        """Know that the server is to stop; False when that was known already: then it is to stop at once."""
        if self._until is not None:
            self._until = time.monotonic()
            return False
        self._until = time.monotonic() + self._seconds
        return True

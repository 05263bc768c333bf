# SPDX-License-Identifier: Apache-2.0
"""Rotates and burns keys by itself while the site is served, as `[keys]` says.

Whoever changes the key ring holds its folder's lock, which ends with its process: of many processes one does it,
the others find it done, and one that was killed is followed by the next, which finishes what was begun.
"""

import asyncio
import threading
import time
from contextlib import suppress

from uphold import errors
from uphold.app import App
from uphold.continuity.rotate import Keeper
from uphold.vault import unlock

LOOK_SECONDS = 3600.0


class Rotator:
    """Looks whether keys are to be rotated or burned, and does it."""

    def __init__(self, app: App) -> None:
        """Keep the keys of a site; the first look finishes what a process before was killed at."""
        self._keeper = Keeper(app.settings, app.ring, app.log, app.database, app.writer)

    async def look(self) -> None:
        """Rotate and burn if it is time. A stop of the process waits for one transaction.

        Raises what `Keeper.keep_up` raises, but leaves keys that are being changed to whoever does.
        """
        stopping = threading.Event()
        work = asyncio.ensure_future(asyncio.to_thread(self._keep_up, stopping))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            stopping.set()
            await asyncio.gather(work, return_exceptions=True)
            raise

    def _keep_up(self, stopping: threading.Event) -> None:
        def watch(_done: int, _all: int) -> None:
            if stopping.is_set():
                raise errors.Unavailable("The rotation was stopped.", "The next start goes on.")

        now = time.time_ns() // 1_000_000
        if self._keeper.is_time(now):
            with suppress(unlock.Busy):
                self._keeper.keep_up(now, watch)

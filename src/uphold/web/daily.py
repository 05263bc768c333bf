# SPDX-License-Identifier: Apache-2.0
"""The daily work on figures, begun by the site that is served: in a process of its own, so that nobody waits for it.

That process is `uphold statistics run`: the engine that counts is never loaded here. One works at a time: what holds
others back is a lock that the system lets go when its process ends (`statistics.run`).
"""

import asyncio
import subprocess
import sys
import time
from datetime import date, datetime, timedelta

from uphold import errors
from uphold.app import App

LOOK_SECONDS = 60.0
# A site that has just been started is left alone for a while: its people come first.
FIRST_SECONDS = 120.0
# So long after midnight the work begins: what is on its way is in its day by then.
GRACE = timedelta(minutes=10)
# After work that was not done whole, which that process has said why on standard error.
AGAIN_SECONDS = 3600.0
_TOLD = (1, 2)


class Daily:
    """Looks now and then whether a day has ended since the last work, and lets it be done."""

    def __init__(self, app: App, first: float = FIRST_SECONDS) -> None:
        """Look for the first time after `first` seconds."""
        self._app = app
        self._not_before = time.monotonic() + first
        self._done: date | None = None

    async def look(self) -> None:
        """Do what is due, and wait for its end, so that processes never pile up.

        Raises `errors.Unavailable` for a process that was killed. What was not done whole is tried again later.
        """
        today = self.today()
        if time.monotonic() < self._not_before or self._done == today:
            return
        if self._app.shelf.in_force_or_none() is None:
            return
        process = await asyncio.create_subprocess_exec(
            *command(self._app), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            # Every step of it can be broken off and done again.
            process.terminate()
            await process.wait()
            raise
        if code == 0:
            self._done = today
        self._not_before = time.monotonic() + (AGAIN_SECONDS if code else 0)
        if code not in (0, *_TOLD):
            raise errors.Unavailable(f"The figures could not be made (exit code {code}).")

    def today(self) -> date:
        """Which day it is in the site's zone, as far as figures are concerned."""
        return (datetime.now(self._app.keeper.zone()) - GRACE).date()


def command(app: App) -> list[str]:
    """Return the command that works on the figures of the site of `app`."""
    return [sys.executable, "-m", "uphold", "statistics", "run", str(app.settings.folder)]

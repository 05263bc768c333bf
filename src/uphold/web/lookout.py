# SPDX-License-Identifier: Apache-2.0
"""The site looking at what threatens it while it is served: each minute, a few hundredths of a second of work.

What changed is stored with the entry of the journal that caused it; where nothing did, nothing is written.
"""

import asyncio
import time

from uphold.app import App
from uphold.assurance import threatened

LOOK_SECONDS = 60.0
# A site that has just been started is left alone for a while: its people come first.
FIRST_SECONDS = 60.0


class Lookout:
    """Looks now and then at what threatens the site."""

    def __init__(self, app: App, first: float = FIRST_SECONDS) -> None:
        """Look for the first time after `first` seconds."""
        self._app = app
        self._not_before = time.monotonic() + first

    async def look(self) -> None:
        """Look, in a thread of its own."""
        if time.monotonic() >= self._not_before:
            await asyncio.to_thread(self._look)

    def _look(self) -> None:
        app, now = self._app, time.time_ns() // 1_000_000
        threatened.look(app.database, app.writer, app.modelled(), app.log.verifier, now)

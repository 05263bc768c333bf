# SPDX-License-Identifier: Apache-2.0
"""Backups that a site makes by itself while it serves, where it is told for whom and into which folder."""

import asyncio
import time
from contextlib import suppress

from uphold.app import App
from uphold.continuity import backup

LOOK_SECONDS = 60.0
HOUR_MS = 60 * 60 * 1000


class Safekeeper:
    """Makes a backup when the newest that is remembered is as old as the site's configuration says.

    One process of the site makes it: the folder is locked meanwhile, and the others find that it was made. So is it
    left to whoever makes one by hand just now.
    """

    def __init__(self, app: App) -> None:
        """Look first at the first look."""
        self._app = app

    async def look(self) -> None:
        """Make one if it is time. A stop of the process waits for one page of rows."""
        if not await asyncio.to_thread(self._is_due):
            return
        app = self._app
        maker = backup.Maker(app.settings, app.ring, app.database, app.writer)
        folder = await asyncio.to_thread(backup.folder_of, app.settings)
        work = asyncio.ensure_future(asyncio.to_thread(maker.make, folder))
        try:
            with suppress(backup.Busy):
                await asyncio.shield(work)
        except asyncio.CancelledError:
            maker.stop()
            await asyncio.gather(work, return_exceptions=True)
            raise

    def _is_due(self) -> bool:
        own = self._app.settings.backup
        if not (own.recipient and own.folder and own.every_hours):
            return False
        with self._app.database.read() as connection:
            newest = backup.newest(connection)
        age = time.time_ns() // 1_000_000 - (0 if newest is None else newest.made_at)
        # One that was made in the future was made by a clock that was ahead, and says nothing.
        return not 0 <= age < own.every_hours * HOUR_MS

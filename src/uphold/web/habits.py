# SPDX-License-Identifier: Apache-2.0
"""The site's own look at what is usual for its people, while it is served (`detection.habit`)."""

import asyncio
import time
from zoneinfo import ZoneInfo

from uphold.app import App
from uphold.detection.habit import Habits
from uphold.law import profile

LOOK_SECONDS = 900.0


class Habit:
    """Looks again and again; what is unlike somebody's other days becomes a signal."""

    def __init__(self, app: App) -> None:
        """Look at nothing before there is a policy, whose law says in which zone a day begins."""
        self._app = app
        self._habits: Habits | None = None

    async def look(self) -> None:
        """Look once. Raises `errors.UpholdError` where the storage is away."""
        await asyncio.to_thread(self.look_now, time.time_ns() // 1_000_000)

    def look_now(self, now: int) -> None:
        """As `look`, in this thread; `now` is unix ms."""
        app = self._app
        if self._habits is None:
            edition = app.shelf.in_force_or_none()
            if edition is None:
                return
            zone = app.settings.site.zone or profile.profile(edition.policy.profile).zone
            self._habits = Habits(ZoneInfo(zone))
        habits = self._habits
        with app.database.read() as connection:
            found = habits.look(connection, now)
        if found:
            app.writer.run(lambda tx: habits.note(tx, found))

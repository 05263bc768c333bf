# SPDX-License-Identifier: Apache-2.0
"""The site's own look at itself while it is served: what it finds becomes signals (`assurance.sightings`)."""

import asyncio
import logging
import time
from collections.abc import Iterator

from uphold import errors
from uphold.access import signal
from uphold.access.signal import Kind, Signal
from uphold.app import App
from uphold.assurance import sightings
from uphold.assurance.sightings import AGAIN_MS, Backups, Clock
from uphold.continuity import backup
from uphold.journal.log import SignedHead

LOOK_SECONDS = 15.0
# A sweep that a jump of the clock or a machine that slept made late is made within a minute: it is told once so many
# looks, ten minutes, have found it late. They are counted, as any clock may stand still with the sweep.
LATE_LOOKS = 40
# One that goes on while the machine sleeps, where the system has it: to sleep is no jump.
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_log = logging.getLogger("uphold.sighting")


class Sighting:
    """Looks again and again. Each process looks; what all of them see is told by each."""

    def __init__(self, app: App) -> None:
        """Know of nothing; the first look compares with the last start."""
        self._app = app
        self._since = _now()
        self._clock = Clock(self._since, _steady())
        self._backups = Backups()
        self._head: SignedHead | None = None
        self._told: dict[str, int] = {}
        self._late_looks = 0
        self._is_first = True

    async def look(self) -> None:
        """Look once, and keep what is found. Raises `errors.UpholdError` where the storage is away."""
        await asyncio.to_thread(self.look_now)

    def look_now(self) -> None:
        """As `look`, in this thread."""
        # Both clocks at once: slow storage between them would be a jump.
        app, now, steady = self._app, _now(), _steady()
        found = list(self._found(now, steady))
        if self._is_first:
            digests = sightings.digests(app.settings, app.ring.signal_key)
            app.writer.run(lambda tx: sightings.remember(tx, digests))
            self._is_first = False
        fresh = [one for one in found if self._is_news(one, now)]
        if fresh:
            app.writer.run(lambda tx: signal.note(tx, *fresh))
            self._told |= {_name(one): now for one in fresh}

    def _found(self, now: int, steady: int) -> Iterator[Signal]:
        app = self._app
        with app.database.read() as connection:
            problem, self._head = sightings.problem(connection, app.log, self._head)
        with app.database.read() as connection:
            jump = self._clock.jumped(now, steady)
            # At the start there is nothing to compare with but what was written last.
            if self._is_first and not jump:
                jump = -sightings.behind(sightings.written(connection, app.log), _now())
            hours = sightings.lateness(connection, now, self._since)
            acts = sightings.acts(connection)
        if jump:
            yield sightings.jump(jump)
        if problem:
            _log.error("The journal is not as it was: %s. Run: uphold journal verify", problem)
            yield Signal(Kind.JOURNAL, {"problem": problem})
        self._late_looks = self._late_looks + 1 if hours else 0
        if self._late_looks >= LATE_LOOKS:
            yield Signal(Kind.SWEEP_LATE, {"hours": hours})
        if self._reads(acts, now):
            yield Signal(Kind.BACKUP_READ)
        yield from sightings.rules(app.settings)

    def _reads(self, acts: tuple[int, ...], now: int) -> int:
        settings = self._app.settings
        if not settings.backup.folder:
            return 0
        try:
            return self._backups.read(backup.folder_of(settings), settings, acts, now)
        except (errors.UpholdError, OSError):
            # A folder that is away, as on a disk that was pulled out, is the backups' own trouble.
            return 0

    def _is_news(self, one: Signal, now: int) -> bool:
        lasts = one.kind not in {Kind.CLOCK, Kind.BACKUP_READ}
        return not lasts or not 0 <= now - self._told.get(_name(one), 0) < AGAIN_MS


def _name(one: Signal) -> str:
    return f"{one.kind} {one.fields.get('problem', '')}"


def _now() -> int:
    return time.time_ns() // 1_000_000


def _steady() -> int:
    return time.clock_gettime_ns(_STEADY) // 1_000_000

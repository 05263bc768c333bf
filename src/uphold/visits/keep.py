# SPDX-License-Identifier: Apache-2.0
"""All that takes visits in one process: the recorder, the day's salt, the open files of the store, the mark of life.

Days are those of the site's zone, else of the law's. What is stored sealed and what goes to the statistics' store
part ways here: of a visit the store gets only what `visits.depersonalise` leaves of it.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, tzinfo
from functools import cache
from urllib.parse import urlsplit

from uphold import errors
from uphold.config import Settings
from uphold.database.engine import Database
from uphold.database.writer import Writer
from uphold.law import clock, profile
from uphold.policy.document import Edition
from uphold.vault.unlock import KeyRing
from uphold.visits import agent, country, depersonalise, running, salt, template
from uphold.visits.country import Country
from uphold.visits.layout import Event, Store
from uphold.visits.record import Dropped, Recorder, Seen, Stored
from uphold.visits.running import Running
from uphold.visits.salt import Salts
from uphold.visits.spool import Spool

InForce = Callable[[], Edition | None]


class Keeper:
    """What one process has to do with visits. `recorder` is None where the configuration keeps none."""

    def __init__(
        self,
        settings: Settings,
        writer: Writer,
        database: Database,
        ring: KeyRing,
        in_force: InForce,
        stored: Stored,
    ) -> None:
        """Touch nothing yet; a process that does not serve never does."""
        self._settings, self._in_force = settings, in_force
        self._writer, self._database = writer, database
        self._host = urlsplit(settings.site.address).netloc
        self._zone: tzinfo | None = None
        self._country: Country = country.unknown
        self.store = Store(settings.path(settings.visits.store))
        self._spool = Spool(self.store)
        self._running = Running(self.store.folder)
        self.salts = Salts(settings.path(settings.keys.ring).with_name(salt.FILE), self.today)
        self.recorder = (
            Recorder(writer, ring, self._edition, self.day, stored, self._tell)
            if settings.visits.record
            else None
        )

    def zone(self) -> tzinfo:
        """The zone whose days and hours visits are counted in; UTC before a policy is in force."""
        if self._zone is None:
            named = self._settings.site.zone
            if not named:
                edition = self._in_force()
                if edition is None:
                    return UTC
                named = profile.profile(edition.policy.profile).zone
            self._zone = clock.zone(named)
        return self._zone

    def day(self, at: int) -> date:
        """The day in the site's zone on which a moment (unix ms) lies."""
        return depersonalise.day(at, self.zone())

    def today(self) -> date:
        """Which day it is in the site's zone."""
        return self.day(_now())

    def begin(self) -> None:
        """Make ready to take visits, and say in the journal what a killed process may have lost; again is as once.

        Raises `errors.Unavailable` where the store's folder or a library is missing, `errors.Invalid` for a country
        file that cannot be read. Nothing is done where no visits are kept.
        """
        if self.recorder is None:
            return
        if not agent.INSTALLED:
            raise errors.Unavailable(
                "Visits cannot be recorded: the extra `statistics` is not installed.",
                "Install it (pip install 'uphold[statistics]'), or set [visits] record = false.",
            )
        named = self._settings.visits.country
        if self._country is country.unknown and named:
            self._country = country.of(self._settings.path(named))
        self._running.begin()
        self._note_dead()

    def flush(self) -> None:
        """Store what was noted; blocks, and costs nothing where nothing was. Raises as `Recorder.flush`."""
        if self.recorder is not None and not self.recorder.is_idle:
            if not self._running.is_begun:
                self.begin()
            self.recorder.flush()
            self._running.alive()

    def look(self) -> None:
        """Do what time asks: destroy salts, tell the journal of them, and of processes that were killed.

        Salts end too where visits are kept no more. Raises `errors.UpholdError` as `begin` and `Salts.roll`.
        """
        if self.salts.exist:
            self.salts.roll(self._writer, self._database, _now())
        self.begin()
        if self.recorder is not None:
            self._note_dead()
            if self.recorder.is_idle:
                self._running.alive()

    def close(self) -> None:
        """Store what is left. Where that fails the next process says that visits may be missing."""
        is_whole = self.recorder is None or self.recorder.close()
        self._running.end(is_whole=is_whole)
        self._spool.close()

    def _edition(self) -> Edition:
        edition = self._in_force()
        if edition is None:
            raise errors.Missing(
                "No policy is in force yet.", "Publish one: uphold policy publish DIR"
            )
        return edition

    def _note_dead(self) -> None:
        with self._running.dead() as dead:
            if dead:
                self._writer.run(lambda tx: running.note(tx, dead))
                running.forget(dead)

    def _tell(self, seen: Sequence[Seen]) -> None:
        late = self._spool.append(list(self._events(seen)))
        for _ in range(late):
            self._late()

    def _events(self, seen: Sequence[Seen]) -> Iterator[tuple[date, Event]]:
        zone, keys = self.zone(), dict[int, bytes | None]()
        # Many look at one page at a time. What it holds is forgotten with this flush: paths may name people.
        named = cache(template.page)
        for one in seen:
            # They come within a second or two: a day begins with a second, in every zone.
            second = one.at // 1000
            if second not in keys:
                keys[second] = self._key(depersonalise.day(one.at, zone))
            key = keys[second]
            if key is None:
                self._late()
            else:
                yield depersonalise.event(one, key, self._host, zone, self._country, named)

    def _key(self, day: date) -> bytes | None:
        try:
            return self.salts.of(day)
        except errors.Missing:
            return None

    def _late(self) -> None:
        if self.recorder is not None:
            self.recorder.drop(Dropped.LATE)


def _now() -> int:
    return time.time_ns() // 1_000_000

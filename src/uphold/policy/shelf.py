# SPDX-License-Identifier: Apache-2.0
"""The editions at hand for whoever serves: read once, followed as they come, no storage in the way of a request."""

import threading
import time
from collections.abc import Mapping

from sqlalchemy import Connection

from uphold import errors
from uphold.database.commits import Mark
from uphold.database.engine import Database
from uphold.policy import force, publish
from uphold.policy.document import Edition

# How long an edition published by another process may stay unnoticed.
LOOK_AGAIN_MS = 1000


class Shelf:
    """The editions of the policy, kept in memory because they never change. Safe to call from several threads."""

    def __init__(self, database: Database) -> None:
        """Load nothing yet."""
        self._database = database
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._editions: dict[int, Edition] = {}
        # When each came into force: as stored, and as seen by this process before it was stored.
        self._stored: dict[int, int] = {}
        self._seen: dict[int, int] = {}
        self._looked_at = 0
        self._is_followed = False
        self._mark: Mark | None = None

    def in_force(self, now: int | None = None) -> Edition:
        """Return the edition in force; `errors.Missing` before the first one is."""
        found = self.in_force_or_none(now)
        if found is None:
            raise errors.Missing(
                "No policy is in force yet.", "Publish one: uphold policy publish DIR"
            )
        return found

    def in_force_or_none(self, now: int | None = None) -> Edition | None:
        """Return the edition in force at `now` (unix milliseconds, what the clock says), if there is one.

        A later edition that took effect earlier than an older one stands; effects in the future wait. Once
        it was in force, a clock that is put back changes nothing. Nobody waits until that is stored.
        """
        moment = time.time_ns() // 1_000_000 if now is None else now
        is_beside = self._is_followed and self._editions
        # A clock that was put back would otherwise hide news until it has caught up.
        if not is_beside and abs(moment - self._looked_at) > LOOK_AGAIN_MS:
            self.look(moment)
        found = force.standing(self._editions.values(), self._seen, moment)
        if found is not None and found.number not in self._seen:
            self._seen = {**self._seen, found.number: moment}
        return found

    def since(self, number: int) -> int:
        """Return when an edition came into force (unix milliseconds); 0 if it never was."""
        return self._stored.get(number) or self._seen.get(number, 0)

    def unstored(self, now: int | None = None) -> int | None:
        """Return the number of the edition in force if no row says yet that it is; None when there is no news."""
        found = self.in_force_or_none(now)
        return None if found is None or found.number in self._stored else found.number

    def edition(self, number: int) -> Edition:
        """Return one edition by number; `errors.Missing` if there is none."""
        if number not in self._editions:
            self._refresh(time.time_ns() // 1_000_000)
        if number not in self._editions:
            raise errors.Missing(f"There is no edition {number}.", "See the list of editions.")
        return self._editions[number]

    def all(self) -> list[Edition]:
        """List every edition, newest first."""
        self._refresh(time.time_ns() // 1_000_000)
        return sorted(self._editions.values(), key=lambda edition: -edition.number)

    def may_have_news(self) -> bool:
        """Whether anything was committed since it was followed last, at hardly any cost."""
        mark = self._database.mark()
        return mark is None or mark != self._mark

    def follow(self, now: int | None = None) -> None:
        """Look as somebody who does so again and again, from a thread beside, for as long as the site is served.

        From then on no request looks: it would wait for a storage that is slow to answer, and in the event loop
        all others with it.
        """
        self._is_followed = True
        mark = self._database.mark()
        if self.look(now):
            self._mark = mark

    def look(self, now: int | None = None) -> bool:
        """Look for new editions, unless some are known and another thread is looking just now.

        Returns whether the storage could be asked.
        """
        moment = time.time_ns() // 1_000_000 if now is None else now
        if not self._editions:
            return self._refresh(moment)
        if not self._looking.acquire(blocking=False):
            return False
        try:
            return self._refresh(moment)
        finally:
            self._looking.release()

    def _refresh(self, moment: int) -> bool:
        with self._lock:
            is_told = True
            try:
                with self._database.read() as connection:
                    entered = force.since(connection)
                    fresh = self._fresh(connection, entered, moment)
            except errors.Unavailable:
                # What is in memory is still true; only news must wait.
                if not self._editions:
                    raise
                fresh, entered, is_told = (), self._stored, False
            self._stored, self._seen = entered, {**self._seen, **entered}
            self._editions = {**self._editions, **{edition.number: edition for edition in fresh}}
            self._looked_at = moment
            return is_told

    def _fresh(
        self, connection: Connection, entered: Mapping[int, int], moment: int
    ) -> tuple[Edition, ...]:
        """Read the editions that are not known yet.

        Raises `errors.Broken` if one of them is damaged, unless a later one is in force: that is served on, and
        `uphold prove` tells of the damage.
        """
        known = max(self._editions, default=0)
        try:
            return publish.since(connection, known)
        except errors.Broken:
            found, damaged = publish.readable(connection)
            standing = force.standing(found, entered, moment)
            if standing is None or max(damaged) > standing.number:
                raise
            return found

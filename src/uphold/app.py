# SPDX-License-Identifier: Apache-2.0
"""The only wiring: from a site folder to the open parts of a running site."""

import threading
import time
from dataclasses import dataclass

from sqlalchemy import Connection

from uphold import errors
from uphold.config import Settings
from uphold.database import engine, upgrade
from uphold.database.engine import Database
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.enquiry import desk
from uphold.journal import entry, log as journal, note
from uphold.journal.head import HeadFile
from uphold.journal.log import Log
from uphold.policy import publish
from uphold.policy.document import Edition
from uphold.submission.guard import Meter
from uphold.submission.submit import Intake
from uphold.vault import unlock
from uphold.vault.unlock import KeyRing

# How long an edition published by another process may stay unnoticed.
LOOK_AGAIN_MS = 1000


class Shelf:
    """The editions of the policy, kept in memory because they never change. Safe to call from several threads."""

    def __init__(self, database: Database) -> None:
        """Load nothing yet."""
        self._database = database
        self._lock = threading.Lock()
        self._editions: dict[int, Edition] = {}
        self._looked_at = 0

    def in_force(self, now: int | None = None) -> Edition:
        """Return the edition in force; `errors.Missing` before the first one is."""
        found = self.in_force_or_none(now)
        if found is None:
            raise errors.Missing(
                "No policy is in force yet.", "Publish one: uphold policy publish DIR"
            )
        return found

    def in_force_or_none(self, now: int | None = None) -> Edition | None:
        """Return the edition in force at `now` (unix milliseconds), if there is one.

        A later edition that took effect earlier than an older one stands; effects in the future wait.
        """
        moment = time.time_ns() // 1_000_000 if now is None else now
        if moment - self._looked_at > LOOK_AGAIN_MS:
            self._refresh(moment)
        effective = [e for e in self._editions.values() if e.effective_at <= moment]
        return max(effective, key=lambda edition: edition.number, default=None)

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

    def _refresh(self, moment: int) -> None:
        with self._lock:
            try:
                with self._database.read() as connection:
                    fresh = publish.since(connection, max(self._editions, default=0))
            except errors.Unavailable:
                # What is in memory is still true; only news must wait.
                if not self._editions:
                    raise
                fresh = ()
            self._editions = {**self._editions, **{edition.number: edition for edition in fresh}}
            self._looked_at = moment


@dataclass(frozen=True)
class App:
    """The open parts of one site. `close()` finishes what is queued."""

    settings: Settings
    ring: KeyRing
    log: Log
    head: HeadFile
    database: Database
    writer: Writer
    shelf: Shelf
    intake: Intake
    meter: Meter

    def close(self) -> None:
        """Finish the queue, write the head file, close the database."""
        self.writer.close()
        self.head.flush()
        self.database.dispose()


def open_site(settings: Settings) -> App:
    """Open a site that `uphold init` or `uphold demo` has made.

    Raises `errors.Invalid` for a wrong configuration, `errors.Broken` when key ring, head file and
    database do not fit together, `errors.Unavailable` when the database cannot be reached.
    """
    ring = unlock.load(settings.path(settings.keys.ring))
    head = HeadFile(settings.path(settings.keys.head))
    log = Log(settings.origin, note.Signer(settings.origin, ring.signing_seed), head)
    database = Database(settings.database_url)
    upgrade.require(database)

    def verify(connection: Connection) -> None:
        log.verify_head(connection)

    with database.read() as connection:
        verify(connection)
    writer = Writer(database, log, on_connect=verify)
    return App(
        settings=settings,
        ring=ring,
        log=log,
        head=head,
        database=database,
        writer=writer,
        shelf=Shelf(database),
        intake=Intake(writer, database, ring, desk.arrive),
        meter=Meter(),
    )


def create_storage(settings: Settings) -> None:
    """Make what a new site stores in: the key ring, the database, the journal's first entry.

    Each step is skipped where it was done before, so that an interrupted creation can be run again.
    """
    ring_path = settings.path(settings.keys.ring)
    ring_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = time.time_ns() // 1_000_000
    ring = unlock.load(ring_path) if ring_path.exists() else unlock.create(ring_path, now)
    database = engine.create(settings.database_url)
    upgrade.run(database)
    head = HeadFile(settings.path(settings.keys.head))
    log = Log(settings.origin, note.Signer(settings.origin, ring.signing_seed), head)
    writer = Writer(database, log)
    try:
        writer.run(lambda tx: _begin(tx, ring, settings.origin))
    finally:
        writer.close()
        head.flush()
        database.dispose()


def _begin(tx: Transaction, ring: KeyRing, origin: str) -> None:
    if journal.is_open(tx):
        return
    journal.open_journal(tx, origin)
    tx.append(entry.encode("keys.created", tx.now, entry.salt(), {"epoch": ring.newest.number}))

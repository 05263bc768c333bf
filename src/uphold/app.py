# SPDX-License-Identifier: Apache-2.0
"""The only wiring: from a site folder to the open parts of a running site."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from uphold import config, errors
from uphold.access import disclosure
from uphold.access.signals import Places, Signals
from uphold.assurance import exercise, modelled, proof, scene
from uphold.config import Settings
from uphold.continuity import stores
from uphold.database import engine, transfer, upgrade
from uphold.database.engine import Database
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.detection import store as alerts
from uphold.enquiry import desk, reply
from uphold.incident import store as incidents
from uphold.journal import entry, log as journal
from uphold.journal.head import HeadFile
from uphold.journal.log import Log
from uphold.mail import delivery, template
from uphold.policy.shelf import Shelf
from uphold.retention import ends, sweep
from uphold.retention.ends import Rules
from uphold.rights import holdings, letters
from uphold.submission import record
from uphold.submission.guard import Meter
from uphold.submission.submit import Intake
from uphold.vault import destroyed, signing, unlock
from uphold.vault.unlock import KeyRing
from uphold.visits.keep import Keeper
from uphold.visits.record import Recorder


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
    keeper: Keeper
    signals: Signals
    places: Places
    # None where visits are not recorded.
    visits: Recorder | None = None

    def premises(self) -> "scene.Premises":
        """Return what probes go to; `errors.Missing` before a policy is in force."""
        edition, editions = self.shelf.in_force(), tuple(self.shelf.all())
        return scene.Premises(
            self.settings, self.ring, self.log, self.database, self.writer, edition, editions
        )

    def ground(self) -> "proof.Ground":
        """Return what a report on proof is about; `errors.Missing` before a policy is in force."""
        edition, editions = self.shelf.in_force(), tuple(self.shelf.all())
        return proof.Ground(self.settings, self.log.verifier, edition, editions)

    def modelled(self) -> "modelled.Site":
        """Return what the model of threats is derived from; there need be no policy in force."""
        edition, editions = self.shelf.in_force_or_none(), tuple(self.shelf.all())
        return modelled.Site(self.settings, self.ring, edition, editions)

    def holdings(self) -> "holdings.Ground":
        """Return what is needed to say what is held about people; `errors.Missing` before a policy is in force."""
        rules = Rules(self.shelf.edition, self.shelf.in_force(), desk.happened)
        return holdings.Ground(self.ring, rules)

    def disclosures(self) -> "disclosure.Desk":
        """Return what disclosures are judged by; `errors.Missing` before a policy is in force."""
        return disclosure.Desk(self.ring, self.shelf.edition, self.shelf.in_force(), record.facts)

    def sweep(self, told: "sweep.Watch | None" = None) -> "sweep.Sweep":
        """Make a sweep of what is due to be destroyed; `told` hears how far it is."""
        site = sweep.Site(
            self.writer,
            self.database,
            self.ring,
            self.shelf.edition,
            self.shelf.in_force,
            desk.happened,
            _forget,
        )
        return sweep.Sweep(site, told)

    def judges(self) -> "delivery.Judges":
        """Return who decides whether a message may leave: about answers the gate, about notices what they are about."""
        edition, in_force = self.shelf.edition, self.shelf.in_force
        templates = template.Templates(self.settings.path(template.FOLDER))
        told = letters.Ground(self.settings, self.ring, edition, in_force, templates)
        return delivery.Judges(reply.mailer(edition, in_force), letters.teller(told))

    def close(self) -> None:
        """Finish the queue, write the head file, close the database."""
        self.keeper.close()
        # What was noticed last; where that fails nothing that was acknowledged is lost.
        with suppress(errors.UpholdError):
            self.signals.flush()
        self.writer.close()
        self.head.flush()
        self.database.dispose()


def open_site(settings: Settings) -> App:
    """Open a site that `uphold init` or `uphold demo` has made.

    Raises `errors.Missing` before the first edition is published, `errors.Invalid` for a wrong
    configuration, `errors.Broken` when key ring, head file and database do not fit together,
    `errors.Unavailable` when the database cannot be reached.
    """
    database = Database(settings.database_url)
    try:
        return _open(settings, database)
    except errors.UpholdError:
        database.dispose()
        raise


def _open(settings: Settings, database: Database) -> App:
    require_begun(settings, database)
    ring = _load_ring(settings)
    head = HeadFile(settings.path(settings.keys.head))
    log = _log(settings, ring, head, database)

    def verify(connection: Connection) -> None:
        log.verify_head(connection)

    upgrade.require(database)
    transfer.require_whole(database)
    with database.read() as connection:
        verify(connection)
        destroyed.complete(connection, settings.path(settings.keys.destroyed))
    writer = Writer(database, log, on_connect=verify)
    shelf = Shelf(database)
    keeper = Keeper(settings, writer, database, ring, shelf.in_force_or_none, ends.note_visits)
    return App(
        settings=settings,
        ring=ring,
        log=log,
        head=head,
        database=database,
        writer=writer,
        shelf=shelf,
        intake=Intake(writer, database, ring, desk.arrive, _enlist, settings.limits.posts_at_once),
        meter=Meter(),
        keeper=keeper,
        signals=Signals(writer),
        places=Places(),
        visits=keeper.recorder,
    )


@contextmanager
def opened(folder: Path) -> Iterator[App]:
    """Open the site in a folder for a while, and close it whole whatever happens; raises as `open_site`."""
    site = open_site(config.load(folder))
    try:
        yield site
    finally:
        site.close()


@contextmanager
def reading(folder: Path, *, confirmed: bool = False) -> Iterator[Connection]:
    """Read the database of a site without its keys, `confirmed` what no failover undoes. Raises as `open_site`."""
    settings = config.load(folder)
    database = Database(settings.database_url)
    try:
        require_begun(settings, database)
        upgrade.require(database)
        with database.read() as connection:
            if confirmed:
                journal.is_open(connection)  # from now on this one state is read
                database.confirm()
            yield connection
    finally:
        database.dispose()


def require_begun(settings: Settings, database: Database) -> None:
    """Tell a site that has not begun from one that has lost its database or its key ring."""
    keys = [settings.path(settings.keys.ring), settings.path(settings.keys.head)]
    if database.path is None or any(file.exists() for file in [*keys, database.path]):
        return
    raise errors.Missing(
        f"Nothing has been published in {settings.folder.name}/ yet.",
        f"Complete the policy (uphold check {settings.folder.name}), then publish it: "
        f"uphold policy publish {settings.folder.name}",
    )


def create_storage(settings: Settings) -> None:
    """Make what a new site stores in: the key ring, the database, the journal's first entry.

    Each step is skipped where it was done before, so that an interrupted creation can be run again.
    Raises `errors.Broken` for a site that has lost its database or its key ring: a new one is no remedy.
    """
    _refuse_lost(settings)
    database = engine.create(settings.database_url)
    try:
        upgrade.run(database)
        ring = _key_ring(settings, database)
        head = HeadFile(settings.path(settings.keys.head))
        log = _log(settings, ring, head, database)
        writer = Writer(database, log)
        try:
            writer.run(lambda tx: _begin(tx, ring, settings.origin))
        finally:
            writer.close()
            head.flush()
    finally:
        database.dispose()


def _refuse_lost(settings: Settings) -> None:
    """Keep an empty file from taking the place of a database that is only not there just now."""
    path = Database(settings.database_url).path
    if path is not None and not path.exists() and settings.path(settings.keys.head).exists():
        raise errors.Broken(
            f"The database of this site is not at {path}.",
            "Put it back, or restore a backup; the journal's head file says that there was one.",
        )


def _key_ring(settings: Settings, database: Database) -> KeyRing:
    path = settings.path(settings.keys.ring)
    if path.exists():
        return _load_ring(settings)
    with database.read() as connection:
        if journal.is_open(connection):
            raise errors.Broken(
                f"The key ring of this site is not at {path}.",
                "Put it back from its copy: a new one could open nothing that is stored here.",
            )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = time.time_ns() // 1_000_000
    return unlock.create(path, now, destroyed=settings.path(settings.keys.destroyed))


def _log(settings: Settings, ring: KeyRing, head: HeadFile, database: Database) -> Log:
    before = [one.verifier for one in signing.earlier(settings, ring)]
    return Log(settings.origin, signing.signer(settings, ring), head, before, database.confirm)


def _load_ring(settings: Settings) -> KeyRing:
    return unlock.load(settings.path(settings.keys.ring), settings.path(settings.keys.destroyed))


def _enlist(tx: Transaction, run: int) -> None:
    """Refuse what a run of probes sends that is over; nearly nothing is sent by one."""
    exercise.require_open(tx, run)


def _forget(tx: Transaction) -> None:
    """End what ends by itself in every room, the latest ones too."""
    stores.forget(tx)
    incidents.forget(tx, tx.now)
    alerts.forget(tx, tx.now)


def _begin(tx: Transaction, ring: KeyRing, origin: str) -> None:
    if journal.is_open(tx):
        return
    journal.open_journal(tx, origin)
    tx.append(entry.encode("keys.created", tx.now, entry.salt(), {"epoch": ring.newest.number}))

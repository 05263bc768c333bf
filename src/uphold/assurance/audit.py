# SPDX-License-Identifier: Apache-2.0
"""Audit a whole site: the journal in itself, then everything stored against the journal, in one snapshot.

    audit = Audit(settings)             # with the key ring; or Audit(settings, key=VKEY) without it
    for finding in audit.run(): ...
    audit.summary()

The database is believed in nothing: what comes out is findings, whatever its rows hold. Memory does not
grow with the site, except by one bit for each journal entry. Nothing sealed is opened. With the key ring,
wrapped keys are, to see that each is its part's, and that each entry speaks of the record whose row names it.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from uphold import errors
from uphold.assurance.editions import Editions
from uphold.assurance.ended import Endings
from uphold.assurance.entries import Entries
from uphold.assurance.finding import Finding
from uphold.assurance.journaled import Journaled
from uphold.assurance.noted import Notes
from uphold.assurance.submissions import Submissions
from uphold.config import Settings
from uphold.database import upgrade
from uphold.database.engine import Database
from uphold.journal import audit as journal, note, tile
from uphold.journal.head import HeadFile
from uphold.vault import signing, unlock
from uphold.vault.unlock import KeyRing

Watch = Callable[[str, int], None]
"""Told how far an audit is: the step, and how many entries or which record number it has come to."""

STEPS = ("journal", "records", "store")


@dataclass(slots=True)
class Counts:
    """How much was audited. `opened` counts the parts whose wrapped key was opened."""

    entries: int = 0
    heads: int = 0
    editions: int = 0
    submissions: int = 0
    consents: int = 0
    parts: int = 0
    opened: int = 0

    @property
    def tiles(self) -> int:
        """How many full tiles a tree of so many entries has."""
        return sum(
            self.entries >> tile.HEIGHT * (level + 1)
            for level in range(tile.MAX_LEVEL // tile.HEIGHT)
        )


class Audit:
    """One audit of one site."""

    def __init__(
        self, settings: Settings, key: str | None = None, watch: Watch | None = None
    ) -> None:
        """Read the key ring, or take the journal's public key in its place (a vkey line).

        Raises `errors.Missing` or `errors.Broken` for the key ring, `errors.Invalid` for a malformed key.
        """
        self._settings = settings
        self._watch = watch or _nobody
        self._ring: KeyRing | None = None
        if key is None:
            self._ring = _ring(settings.path(settings.keys.ring))
            self._verifier = signing.signer(settings, self._ring).verifier
        else:
            self._verifier = note.parse_vkey(key.strip())
        self.counts = Counts()

    @property
    def has_ring(self) -> bool:
        """Whether wrapped keys are opened, and records told apart by them."""
        return self._ring is not None

    def run(self) -> Iterator[Finding]:
        """Yield everything that is wrong; nothing when all is well.

        Raises `errors.Unavailable` when the database cannot be reached, `errors.Invalid` when it is empty
        or of another version.
        """
        # Before the snapshot: a head file written later would be ahead of what is read.
        head = HeadFile(self._settings.path(self._settings.keys.head)).read()
        database = Database(self._settings.database_url)
        try:
            upgrade.require(database)
            with database.read() as connection:
                yield from self._journal(connection, head)
                yield from self._store(connection)
        finally:
            database.dispose()

    def summary(self) -> str:
        """Say in one line how much was audited by `run`."""
        counts = self.counts
        keys = f"{counts.opened} of their keys" if self.has_ring else "not their keys (no key ring)"
        return (
            f"Audited {counts.entries} entries, {counts.heads} signed heads, {counts.tiles} tiles, "
            f"{counts.editions} editions, {counts.submissions} submissions, {counts.consents} consents, "
            f"{counts.parts} sealed parts, {keys}."
        )

    def told(self) -> dict[str, int | bool]:
        """The same as a JSON object."""
        counts = asdict(self.counts)
        return {**counts, "tiles": self.counts.tiles, "key_ring": self.has_ring}

    def _journal(self, connection: Connection, head: bytes | None) -> Iterator[Finding]:
        def seen(entries: int) -> None:
            self.counts.entries = entries
            self.counts.heads += 1
            self._watch(STEPS[0], entries)

        for found in journal.run(connection, self._verifier, head, seen):
            yield Finding(found.what, entry=found.entry, batch=found.batch, tile=found.tile)

    def _store(self, connection: Connection) -> Iterator[Finding]:
        if self._ring is not None:
            # Once the snapshot is taken: keys that its rows need were there before, or are there now.
            self._ring.settle()
        entries = Entries(connection)
        editions = Editions(connection, entries)
        submissions = Submissions(connection, self._ring, entries, editions)
        notes = Notes(connection, entries)
        endings = Endings(connection, entries)
        journaled = Journaled(connection, entries.claims, notes, endings)
        yield from _read(connection, editions.check())
        yield from _read(connection, notes.check())
        yield from _read(connection, endings.check())
        yield from _read(connection, submissions.check(lambda at: self._watch(STEPS[1], at)))
        yield from _read(connection, journaled.check(lambda at: self._watch(STEPS[2], at)))
        self.counts.editions = len(editions)
        self.counts.submissions = submissions.counts.submissions
        self.counts.consents = submissions.counts.consents
        self.counts.parts = submissions.counts.parts
        self.counts.opened = submissions.counts.opened


def run(settings: Settings, key: str | None = None) -> Iterator[Finding]:
    """Yield everything wrong with a site, as `Audit.run` does."""
    return Audit(settings, key).run()


def summary(settings: Settings, key: str | None = None) -> str:
    """Audit a site and say in one line how much that was and how much was wrong."""
    audit = Audit(settings, key)
    found = sum(1 for _ in audit.run())
    return f"{audit.summary()} {found or 'No'} finding{'' if found == 1 else 's'}."


def _nobody(_step: str, _at: int) -> None:
    """Nobody watches."""


def _read(connection: Connection, findings: Iterator[Finding]) -> Iterator[Finding]:
    """Pass findings on; a table that cannot be read any further is one more of them."""
    try:
        yield from findings
    except DBAPIError as error:
        kind = type(error.orig).__name__
        yield Finding(f"the database itself cannot be read on ({kind})")
        # A server has ended the transaction; what follows is read in a new one.
        connection.rollback()


def _ring(path: Path) -> KeyRing:
    try:
        return unlock.load(path)
    except errors.Missing as error:
        advice = f"{error.advice} Without it, audit by the journal's public key: --key VKEY"
        raise errors.Missing(error.message, advice) from None

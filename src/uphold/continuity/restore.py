# SPDX-License-Identifier: Apache-2.0
"""Bring a site back from a backup, into a folder that is not there yet: what was erased since stays erased.

    .DIR.restoring   files, tables, keys ...          anybody who finds it may throw it away
    journal.continued, the destroyed left out         in a new journal, under a key of its own
    audit                                             anything wrong ends it
    DIR                                               by one rename, and only then may it be served

A journal never goes back: what people hold receipts of was signed, and signing other entries in their place would be
a fork. So each restore ends the journal of the backup, whatever seems to be lost, and begins one that holds the same
entries, at the same indices, and says where it came from.
"""

import hashlib
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from uphold import config, errors
from uphold.config import Settings
from uphold.continuity import archive, place, unmarked
from uphold.continuity.load import Journal, Loader
from uphold.database import engine, sequence, transfer, upgrade
from uphold.database.engine import Database
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import checkpoint, entry, note
from uphold.journal.head import HeadFile
from uphold.journal.log import Log
from uphold.mail import held
from uphold.retention import due
from uphold.statistics import budget
from uphold.vault import age, carry, destroyed, signing, unlock
from uphold.vault.carry import Admission
from uphold.vault.destroyed import Listed
from uphold.vault.unlock import KeyRing

CONTINUED, RESTORED = "journal.continued", "backup.restored"
# The head file follows the database within a second, in which so many entries may have come.
_UNSEEN = 1 << 16
# Nobody knows how much is lost: numbers for so many entries are passed over.
_UNKNOWN = 1 << 20

Examine = Callable[[Settings], Iterable[object]]
"""Yields everything that is wrong with a site."""
Watch = Callable[[str, int], None]
"""Told how far a restore is: the table, and how many of its rows are written."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to restore from what. `destroyed` None: that file is lost; `database` empty: as configured."""

    file: Path
    to: Path
    identity: Path
    keys: Path
    destroyed: Path | None
    head: Path
    database: str = ""
    config: Path | None = None
    # To be looked at and thrown away: the key ring is not copied.
    is_aside: bool = False


@dataclass(slots=True)
class Restored:
    """What was restored. `last` is the size of the old journal's last known head, None if that is not known.

    `erased` parts stayed destroyed, `burned` ones could not be opened by anybody any more, `mail` messages wait for
    a person's decision; `moved` are the settings that were given other places.
    """

    folder: Path
    origin: str = ""
    before: str = ""
    made_at: int = 0
    kept: int = 0
    last: int | None = None
    erased: int = 0
    burned: int = 0
    mail: int = 0
    digest: str = ""
    moved: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def lost(self) -> int | None:
        """How many entries the old journal is known to have had beyond the backup; None if that is not known."""
        return None if self.last is None else self.last - self.kept


def run(wanted: Wanted, examine: Examine, watch: Watch | None = None) -> Restored:
    """Restore a site; what comes back is not served before it is whole and well.

    Raises `errors.Conflict` where something is already, `errors.Invalid` for an identity or a configuration that
    cannot be used, `errors.Missing` and `errors.Broken` for keys, `destroyed` or a backup that do not fit, and for
    a site that does not hold together. Run again, it begins anew.
    """
    folder = wanted.to.absolute()
    own = age.identities(wanted.identity)
    ring = unlock.load(wanted.keys)
    if (folder / config.FILE).exists() and finish(config.load(folder)):
        return Restored(folder, config.load(folder).origin)
    place.refuse_taken(folder)
    listed = Listed() if wanted.destroyed is None else _listed(wanted.destroyed)
    draft = folder.with_name(f".{folder.name}.restoring")
    with _trouble(folder), _alone(draft):
        work = _Work(wanted, draft, ring, listed, watch or _nobody)
        try:
            work.fill(own)
            work.go_on()
            work.settle()
            _refuse_unwell(examine(work.settings))
        finally:
            work.close()
        is_within = Database(work.settings.database_url).path is not None
        if is_within:
            finish(work.settings)
        draft.rename(folder)
        place.sync(folder.parent)
        if not is_within:
            # A server's database is where it was: now that the folder says so, it is this site's.
            finish(config.load(folder))
    work.done.folder = folder
    return work.done


def finish(settings: Settings) -> bool:
    """Let a restored site be served; False if that was said already.

    Needed by itself where a restore into a server's database was killed between its last two steps.
    """
    database = Database(settings.database_url)
    try:
        is_restoring = transfer.is_restoring(database)
        if is_restoring:
            transfer.finish(database)
        return is_restoring
    finally:
        database.dispose()


class _Work:
    """One restore under way."""

    def __init__(
        self, wanted: Wanted, draft: Path, ring: KeyRing, listed: Listed, watch: Watch
    ) -> None:
        self._wanted, self._draft, self._given = wanted, draft, ring
        self._listed, self._watch = listed, watch
        self._admission = Admission(ring, listed)
        self._head: archive.Head | None = None
        self._loader: Loader | None = None
        self._database: Database | None = None
        self._journal: Journal | None = None
        self._last: checkpoint.Checkpoint | None = None
        self.settings = Settings()
        self.done = Restored(draft)

    @property
    def head(self) -> archive.Head:
        if self._head is None:
            raise archive.damaged("no head")
        return self._head

    def fill(self, own: Sequence[object]) -> None:
        """Write everything that the backup holds and may come back."""
        count = archive.Count()
        file = self._wanted.file
        # To bring the site back is told like any other reading of a backup; to try one aside is the site's own.
        with unmarked.opened(file) if self._wanted.is_aside else file.open("rb") as raw:
            source = _Digested(raw)
            opened = age.Opened(cast(BinaryIO, source), own)
            try:
                for member in archive.read(opened.take, self._keys, count):
                    self._take(member)
            finally:
                opened.close()
        self.done.digest = source.digest.hexdigest()
        self.done.rows = count.tables
        self._finish_filling()

    def _keys(self, head: archive.Head) -> list[note.Verifier]:
        """Return the key that the backup must be signed with; from now on it is known what it is of."""
        self._head = head
        old = signing.of(self._given, head.origin, head.continues)
        if old.vkey != head.vkey:
            raise errors.Broken(
                "The key ring is not the one of the site that this backup is of.",
                "Name the newest key ring of that site.",
            )
        if not upgrade.known(head.schema):
            raise errors.Invalid(
                f"The backup was made by Uphold {head.uphold}, which is newer than this one.",
                "Restore it with that version.",
            )
        self._last = place.last_head(self._wanted.head, old.verifier, head.size)
        return [old.verifier]

    def _take(self, member: archive.Member) -> None:
        if isinstance(member, archive.File):
            place.write(self._draft, member.path, member.body)
        elif isinstance(member, archive.Columns):
            self._load().begin(member)
        elif isinstance(member, archive.Rows):
            self._load().add(member.rows)
            self._watch("rows", len(member.rows))

    def _load(self) -> Loader:
        """With the first table every file is there, so the site can be configured and its storage made."""
        if self._loader is None:
            self._configure()
            self._database = engine.create(self.settings.database_url)
            transfer.begin(self._database)
            upgrade.run(self._database, self.head.schema)
            old = signing.of(self._given, self.head.origin, self.head.continues).verifier
            self._journal = Journal(old, signing.signer(self.settings, self._given))
            self._loader = Loader(self._database, self._admission, self._journal)
        return self._loader

    def _configure(self) -> None:
        head, done = self.head, self.done
        done.before, done.made_at, done.kept = head.origin, head.made_at, head.size
        done.last = None if self._last is None else self._last.size
        first = (*head.continues, head.origin)[0]
        stamp = datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%d")
        done.origin = f"{first}/{stamp}-{secrets.token_hex(4)}"
        done.moved = place.configure(
            self._draft, done.origin, (*head.continues, head.origin), self._wanted
        )
        self.settings = config.load(self._draft)
        keys = self.settings.keys
        ring, listed = self.settings.path(keys.ring), self.settings.path(keys.destroyed)
        ring.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._wanted.is_aside:
            ring.symlink_to(self._wanted.keys.resolve())
        else:
            unlock.copy(self._wanted.keys, ring)
        destroyed.append(listed, self._listed)

    def _finish_filling(self) -> None:
        loader, journal = self._loader, self._journal
        if loader is None or journal is None or self._database is None:
            raise archive.damaged("no tables")
        loader.end()
        loader.align()
        loader.close()
        if (journal.edge.size, journal.edge.root().hex()) != (self.head.size, self.head.root):
            raise archive.damaged("another journal than its head says")
        if self._admission.stale and self._wanted.destroyed is not None:
            raise errors.Broken(
                f"The list of destroyed parts lacks {self._admission.stale} that the backup knows of: it is an older"
                " one.",
                "Name the newest `destroyed`. If it is lost, say so: --destroyed-lost",
            )
        if self._last is not None and self._last.size == journal.edge.size:
            place.refuse_fork(self._last, journal.edge.root())
        upgrade.run(self._database)

    def go_on(self) -> None:
        """Begin the new journal behind the entries of the old one, and leave out what may not come back."""
        ring = unlock.load(
            self.settings.path(self.settings.keys.ring),
            self.settings.path(self.settings.keys.destroyed),
        )
        head_file = HeadFile(self.settings.path(self.settings.keys.head))
        log = Log(self.settings.origin, signing.signer(self.settings, ring), head_file)
        database = cast(Database, self._database)
        writer = Writer(database, log)
        try:
            self.done.mail = writer.run(self._continue)
            while found := writer.run(partial(carry.forget, ring=ring, listed=self._listed)):
                self.done.erased += found.get(carry.ERASED, 0)
                self.done.burned += found.get(carry.BURNED, 0)
            writer.run(self._say)
        finally:
            writer.close()
            head_file.flush()

    def _continue(self, tx: Transaction) -> int:
        head, last = self.head, self._last
        size, root = (head.size, head.root) if last is None else (last.size, last.root.hex())
        codes: dict[str, str | int] = {
            "origin": self.done.origin,
            "before": head.origin,
            "size": size,
            "root": root,
            "kept": head.size,
        }
        tx.append(entry.encode(CONTINUED, tx.now, entry.salt(), codes))
        lost = _UNKNOWN if last is None else size - head.size + _UNSEEN
        # Each process that stored anything took a block of numbers.
        sequence.skip(tx, lost * sequence.BLOCK)
        due.restart(tx, 0 if last is None else size - head.size)
        # What noise was shown since the backup is not known, so no more of it is paid for.
        budget.restart(tx)
        return held.hold(tx)

    def _say(self, tx: Transaction) -> None:
        parts = self.done.erased + self.done.burned
        codes: dict[str, str | int] = {"backup": self.done.digest, "parts": parts}
        tx.append(entry.encode(RESTORED, tx.now, entry.salt(), codes))

    def settle(self) -> None:
        """Have everything on the disk as if it had never been otherwise."""
        database = cast(Database, self._database)
        with database.read() as connection:
            destroyed.complete(connection, self.settings.path(self.settings.keys.destroyed))
        database.wipe()

    def close(self) -> None:
        if self._loader is not None:
            self._loader.close()
        if self._database is not None:
            self._database.dispose()


class _Digested:
    """A file that is read, and the digest of what was."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def read(self, length: int = -1) -> bytes:
        raw = self._file.read(length)
        self.digest.update(raw)
        return raw


def _listed(path: Path) -> Listed:
    if not path.exists():
        raise errors.Missing(
            f"There is no list of destroyed parts at {path}: what was erased since the backup would come back.",
            "Name the site's newest `destroyed`. If it is lost, say so: --destroyed-lost",
        )
    return destroyed.read(path)


def _refuse_unwell(found: Iterable[object]) -> None:
    first = next(iter(found), None)
    if first is not None:
        raise errors.Broken(
            f"The restored site does not hold together: {first}.",
            "Take an earlier backup. Nothing was left behind but a folder that the next restore clears.",
        )


@contextmanager
def _alone(draft: Path) -> Iterator[None]:
    """Have the draft folder empty, and to oneself."""
    with place.locked(draft.parent):
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        yield


@contextmanager
def _trouble(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise errors.Unavailable(
            f"{folder} cannot be restored into ({error.strerror or type(error).__name__}).",
            "Check the disk and the rights of the folder above it; nothing is served from there.",
        ) from None


def _nobody(_step: str, _count: int) -> None:
    """Nobody watches."""

# SPDX-License-Identifier: Apache-2.0
"""Make a backup of a site that goes on serving: one file, encrypted to a recipient who is not this machine.

    one snapshot of every table, and the site's own files -> archive -> age -> .NAME.part
    fsync -> looked at -> NAME -> fsync of the folder -> backup.made            COMMIT
    those whose days are over are removed -> backup.removed                    COMMIT

Guarantee: a file under its name is whole and was looked at; whatever stops in between leaves a `.part`, which the
next one removes. Memory does not grow with the site. Never in it: the key ring, `destroyed`, and sessions and
links, which a restore would end. An open reader keeps SQLite from overwriting what was destroyed meanwhile: the
acts of a sweep stay open until a backup has ended.
"""

import fcntl
import hashlib
import os
import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import urlsplit

from sqlalchemy import Column, Connection, Table, Text, func, select, update

from uphold import __version__, config, errors
from uphold.config import Settings
from uphold.continuity import archive, unmarked
from uphold.database import schema, transfer, upgrade, walk
from uphold.database.engine import Database
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry, log as journal, note
from uphold.statistics import recipe
from uphold.vault import age, signing
from uphold.vault.unlock import KeyRing

MADE, REMOVED = "backup.made", "backup.removed"
DAY_MS = 86_400_000
MODE = 0o600
_PART = ".part"

continuity_backup = Table(
    "continuity_backup",
    metadata,
    # As it stands in the file's name.
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("made_at", Number, nullable=False),
    # SHA-256 of the file, in hex.
    Column("digest", Text, nullable=False),
    Column("bytes", Number, nullable=False),
    # The size of the journal in it.
    Column("entries", Number, nullable=False),
    # How it was looked at after writing: `opened` with an identity, else `read`.
    Column("checked", Text, nullable=False),
    # Null while its file is kept.
    Column("removed_at", Number),
    Column("entry", Number, nullable=False),
)

TABLE = continuity_backup.name

FILES = (config.FILE, recipe.FILE)
FOLDERS = ("policy", "forms", "letters")
"""What the operator wrote. Keys, data, spool, logs and the statistics' store are none of it."""

Watch = Callable[[int, int], None]
"""Told how many rows of how many are written."""

_b = continuity_backup.c


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made. `checked`: `opened` with an identity, or `read` again. Times are unix ms."""

    number: int
    made_at: int
    digest: str
    bytes: int
    entries: int
    checked: str
    path: Path | None = None
    removed: tuple[str, ...] = ()


class Busy(errors.Conflict):
    """Somebody else is making a backup into the folder."""


class Maker:
    """Makes backups of one site."""

    def __init__(
        self, settings: Settings, ring: KeyRing, database: Database, writer: Writer
    ) -> None:
        """Take the open parts of the site."""
        self._settings, self._ring = settings, ring
        self._database, self._writer = database, writer
        self._is_stopping = False

    def stop(self) -> None:
        """Have `make` end at the next page of rows; nothing of it is left."""
        self._is_stopping = True

    def make(self, to: Path, identity: Path | None = None, watch: Watch | None = None) -> Made:
        """Write a backup to a new file, or under the next number into a folder. Journals backup.made.

        With an `identity` it is opened again whole, else only read again. Raises `errors.Invalid` without a
        recipient, `errors.Conflict` for a file that is there, `Busy` while another backup is made into the folder,
        `errors.Unavailable` where it cannot be written, `errors.Broken` if it is not as it was written.
        """
        own = None if identity is None else age.identities(identity)
        recipient = age.recipient(self._settings.backup.recipient)
        is_folder = to.is_dir()
        folder = to if is_folder else to.absolute().parent
        with _trouble(to), _alone(folder):
            number = self._next(folder)
            target = folder / name(self._settings, number) if is_folder else to
            if target.exists():
                raise errors.Conflict(f"{target} is there already.", "Name a file that is not.")
            for left in folder.glob(f".{stem(self._settings)}*{_PART}"):
                left.unlink()
            part = target.with_name(f".{stem(self._settings)}.{target.name}{_PART}")
            try:
                made = self._write(part, number, recipient, own, watch or _nobody)
                part.rename(target)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
            _sync_folder(folder)
            self._writer.run(partial(_remember, made=made))
            gone = self._prune(folder) if is_folder else ()
        return Made(*_values(made), path=target, removed=gone)

    def aside(self, to: Path, identity: Path) -> Made:
        """Write a backup to a new file for nobody to keep, and open it again; it is not remembered."""
        own, recipient = age.identities(identity), age.recipient(self._settings.backup.recipient)
        with _trouble(to):
            return self._write(to, 0, recipient, own, _nobody)

    def _write(
        self,
        part: Path,
        number: int,
        recipient: object,
        own: Sequence[object] | None,
        watch: Watch,
    ) -> Made:
        count = archive.Count()
        with self._database.read() as connection, _created(part) as raw:
            into = age.Digesting(raw)
            head = self._head(connection)
            sign = signing.signer(self._settings, self._ring).sign
            with closing(self._members(connection, head, watch)) as members:
                pieces = archive.write(members, sign, count)
                age.encrypt(pieces, cast(BinaryIO, into), recipient)
            raw.flush()
            os.fsync(raw.fileno())
            # What is read again comes from the disk, as far as the system lets one say so.
            os.posix_fadvise(raw.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        if own is None:
            _reread(part, into)
        else:
            with part.open("rb") as file:
                _check(file, own, self._keys(), count)
        checked = "read" if own is None else "opened"
        return Made(number, head.made_at, into.hexdigest(), into.bytes, head.size, checked)

    def _keys(self) -> list[note.Verifier]:
        return [signing.signer(self._settings, self._ring).verifier]

    def _head(self, connection: Connection) -> archive.Head:
        settings = self._settings
        found = journal.newest(connection)
        # A backup names a head for good; one that a failover undoes would be of a journal that never was.
        self._database.confirm()
        return archive.Head(
            format=archive.FORMAT,
            uphold=__version__,
            made_at=time.time_ns() // 1_000_000,
            origin=settings.origin,
            continues=settings.site.continues,
            vkey=signing.signer(settings, self._ring).vkey,
            schema=upgrade.HEAD,
            size=found.size,
            root=found.root.hex(),
        )

    def _members(
        self, connection: Connection, head: archive.Head, watch: Watch
    ) -> Generator[archive.Member, None, None]:
        yield head
        for path in own_files(self._settings.folder):
            body = (self._settings.folder / path).read_bytes()
            yield archive.File(path, body)
        kept = [one for one in transfer.tables(connection) if not schema.is_passing(str(one.name))]
        all_ = sum(_rows_of(connection, table) for table in kept) if watch is not _nobody else 0
        done = 0
        for table in kept:
            columns = tuple(str(column.name) for column in table.columns)
            yield archive.Columns(str(table.name), columns)
            with closing(transfer.rows(connection, table)) as pages:
                for page in pages:
                    if self._is_stopping:
                        raise errors.Unavailable(
                            "The backup was stopped.", "The next one is whole."
                        )
                    yield archive.Rows(tuple(page))
                    done += len(page)
                    watch(done, all_)

    def _next(self, folder: Path) -> int:
        with self._database.read() as connection:
            highest = connection.execute(select(func.max(_b.number))).scalar() or 0
        return max([int(highest), *(one for one, _ in kept_in(self._settings, folder))]) + 1

    def _prune(self, folder: Path) -> tuple[str, ...]:
        """Remove what has been kept for its days, but never the newest."""
        before = time.time_ns() // 1_000_000 - self._settings.backup.keep_days * DAY_MS
        with self._database.read() as connection:
            known = {
                row.number: row.made_at for row in connection.execute(select(continuity_backup))
            }
        gone = []
        for number, path in kept_in(self._settings, folder)[:-1]:
            if known.get(number, path.stat().st_mtime_ns // 1_000_000) < before:
                path.unlink()
                gone.append((number, path.name))
        if gone:
            _sync_folder(folder)
            self._writer.run(partial(_forget, numbers=[number for number, _ in gone]))
        return tuple(one for _, one in gone)


def newest(reader: Connection | Transaction) -> Made | None:
    """Return the newest backup that is remembered and was not removed."""
    return next(iter(remembered(reader, 1)), None)


def remembered(reader: Connection | Transaction, limit: int | None = None) -> list[Made]:
    """List the backups that are remembered and were not removed, newest first, wherever they were made to."""
    query = select(continuity_backup).where(_b.removed_at.is_(None))
    return [Made(*row[:6]) for row in reader.execute(query.order_by(_b.number.desc()).limit(limit))]


def rows(connection: Connection) -> walk.Rows:
    """Walk through what is remembered of every backup as it lies, for an audit."""
    return walk.rows(connection, continuity_backup)


def digest(path: Path) -> str:
    """Return the SHA-256 of a backup's file, in hex."""
    with unmarked.opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_of(settings: Settings) -> Path:
    """Return the folder for backups; raises `errors.Invalid` if none is named, `errors.Unavailable` if it is away.

    It is never made: what is not there may be a disk that is not mounted.
    """
    if not settings.backup.folder:
        raise errors.Invalid(
            "There is no place for the backup.", "Set [backup] folder, or name one: --to PLACE"
        )
    folder = settings.path(settings.backup.folder)
    if not folder.is_dir():
        raise errors.Unavailable(
            f"The folder for backups {folder} is not there.", "Mount its disk, or make it."
        )
    return folder


def stem(settings: Settings) -> str:
    """Return what the names of a site's backups begin with."""
    host = urlsplit(settings.site.address).netloc
    return f"uphold-{re.sub('[^a-z0-9.-]', '-', host.lower())}"


def name(settings: Settings, number: int) -> str:
    """Return the name of a backup by its number."""
    return f"{stem(settings)}-{number:06d}.age"


def kept_in(settings: Settings, folder: Path) -> list[tuple[int, Path]]:
    """List the site's backups in a folder by number, lowest first."""
    pattern = re.compile(re.escape(stem(settings)) + r"-([0-9]{6,})\.age")
    found = [(pattern.fullmatch(path.name), path) for path in folder.iterdir()]
    return sorted((int(match[1]), path) for match, path in found if match is not None)


def own_files(folder: Path) -> list[str]:
    """List the files that the operator wrote, as paths in the site folder."""
    found = [folder / name for name in FILES if (folder / name).is_file()]
    for place in FOLDERS:
        found += sorted(path for path in (folder / place).rglob("*") if path.is_file())
    return [str(path.relative_to(folder)) for path in found if not path.name.startswith(".")]


def _check(
    file: BinaryIO, own: Sequence[object], keys: Sequence[note.Verifier], written: archive.Count
) -> None:
    """Open what was written, whole, and hold it against what was meant."""
    found = archive.Count()
    opened = age.Opened(file, own)
    try:
        for _ in archive.read(opened.take, lambda _: keys, found):
            pass
    finally:
        opened.close()
    if found.manifest() != written.manifest():
        raise _unlike()


def _reread(part: Path, written: age.Digesting) -> None:
    if digest(part) != written.hexdigest():
        raise _unlike()


def _unlike() -> errors.Broken:
    return errors.Broken(
        "What is on the disk is not what was written to it.", "Use another disk; nothing was kept."
    )


def _rows_of(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _remember(tx: Transaction, made: Made) -> None:
    codes: dict[str, str | int] = {"backup": made.digest, "entries": made.entries}
    index = tx.append(entry.encode(MADE, tx.now, entry.salt(), codes))
    tx.insert(continuity_backup, (*_values(made), None, index))


def _forget(tx: Transaction, numbers: Sequence[int]) -> None:
    known = tx.execute(
        select(_b.number, _b.digest).where(_b.number.in_(numbers), _b.removed_at.is_(None))
    ).all()
    for row in known:
        tx.append(entry.encode(REMOVED, tx.now, entry.salt(), {"backup": row.digest}))
    these = _b.number.in_([row.number for row in known])
    tx.execute(update(continuity_backup).where(these).values(removed_at=tx.now))


def _values(made: Made) -> tuple[int, int, str, int, int, str]:
    return made.number, made.made_at, made.digest, made.bytes, made.entries, made.checked


def _created(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE), "wb")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Busy(
            "Another backup is being made into this folder.", "Let it finish, then try again."
        ) from None
    finally:
        os.close(handle)


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    with suppress(OSError):
        # A network's folder may not know this; its file was synced.
        os.fsync(handle)
    os.close(handle)


@contextmanager
def _trouble(to: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise errors.Unavailable(
            f"The backup cannot be written to {to} ({error.strerror or type(error).__name__}).",
            "Check that the folder is there, may be written to, and has room.",
        ) from None


def _nobody(_done: int, _all: int) -> None:
    """Nobody watches."""

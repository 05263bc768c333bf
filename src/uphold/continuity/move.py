# SPDX-License-Identifier: Apache-2.0
"""Move a site into another database, of the same engine or the other one, while it goes on serving.

    every change is noted from here on                      the site serves
    one snapshot is copied, read back, audited              the site serves
    what changed since is carried over, again and again     the site serves
    write lock: the rest, compared, the head verified       writes wait
    COMMIT: the old database is marked                      from here on the site is on the other side
    site.moved -> uphold.toml                               the site serves from there

Guarantee: killed at any moment the site is whole on one side, and nobody can write to the other; the same command
run again begins anew before the mark, and finishes behind it.
"""

import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection

from uphold import config, errors
from uphold.config import Settings
from uphold.continuity import place, toml
from uphold.continuity.carry import Carrier, Watch
from uphold.database import changes, engine, moved, process, transfer, upgrade
from uphold.database.engine import Database
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import audit, entry, log as journal, store
from uphold.journal.head import HeadFile
from uphold.journal.log import Log
from uphold.vault import signing, unlock

KIND = "site.moved"
# So few changes, or a round so short, and the rest is carried over while writes wait.
FEW = 500
SHORT_SECONDS = 0.25
# A site that is written to faster than it can be carried over is moved with a longer pause, but is moved.
ROUNDS = 30
# How long writes wait for a server that does not answer.
PATIENCE = engine.STALLED_SECONDS
OLDEST_POSTGRESQL = 130_000
# What a database needs more than its rows: its indexes, and the log of what is written.
_ROOM = 1.5


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which site to move where: `url` as it is to stand in uphold.toml, or `file`, a secret file that holds it.

    With `thorough` every row is compared once more while writes wait.
    """

    folder: Path
    url: str = ""
    file: Path | None = None
    thorough: bool = False


@dataclass(slots=True)
class Moved:
    """A finished move, between two engines. `rows` were copied, `changes` carried over after that, in `rounds`.

    `pause` is for how many seconds nobody could write, None where an earlier run had begun it; `entries` is the
    size of the journal on both sides.
    """

    before: str
    after: str
    rows: int = 0
    tables: int = 0
    changes: int = 0
    rounds: int = 0
    entries: int = 0
    seconds: float = 0.0
    pause: float | None = None


def run(wanted: Wanted, watch: Watch | None = None) -> Moved:
    """Move a site; returns when its configuration names the other database.

    Raises `errors.Conflict` where it lies there already, the other is not empty, or another move is under way,
    `errors.Invalid` for a database or a configuration that cannot be used, `errors.Broken` where the two sides
    differ, `errors.Unavailable` for trouble of either: the same command, run again, begins anew or finishes.
    """
    settings = config.load(wanted.folder)
    text = _configured(settings, wanted)
    there = config.parse(text, settings.folder)
    if there.database_url == settings.database_url:
        raise errors.Conflict(
            "The site lies in this database already.", "Name another one, or do nothing."
        )
    ring = unlock.load(settings.path(settings.keys.ring), settings.path(settings.keys.destroyed))
    head = HeadFile(settings.path(settings.keys.head))
    with place.locked(settings.folder, "move"), ExitStack() as stack:
        source = Database(settings.database_url)
        stack.callback(source.dispose)
        target = _target(source, there)
        stack.callback(target.dispose)
        signer = signing.signer(settings, ring)
        log = Log(settings.origin, signer, head, confirm=target.confirm)
        work = _Work(source, target, log, watch or _nobody, is_thorough=wanted.thorough)
        with _told_to_go_on():
            if not _is_moved(source):
                work.carry(head, lambda: _configured(settings, wanted))
            began = time.monotonic() if work.paused is None else work.paused
            work.settle()
            head.flush()
        # Read anew: a copy takes hours, and whoever runs the site may have changed a line meanwhile.
        text = _configured(settings, wanted)
        _write((settings.folder / config.FILE).resolve(), text)
        if work.paused is not None:
            work.done.pause = time.monotonic() - began
    return work.done


class _Work:
    """One move under way."""

    def __init__(
        self, source: Database, target: Database, log: Log, watch: Watch, *, is_thorough: bool
    ) -> None:
        self._source, self._target, self._log = source, target, log
        self._watch, self._is_thorough = watch, is_thorough
        # Not 0, which is a restore's.
        self._number = secrets.randbits(31) or 1
        self.done = Moved(source.dialect, target.dialect)
        self.paused: float | None = None

    def carry(self, head: HeadFile, ready: Callable[[], object]) -> None:
        """Carry everything over, and mark the source; whatever goes wrong before leaves it as it was.

        `ready` refuses by raising, before anybody has to wait.
        """
        began = time.monotonic()
        upgrade.require(self._source)
        transfer.require_whole(self._source)
        whose = process.named()
        with self._source.read() as here:
            tables = [one for one in transfer.tables(here) if one.name not in moved.STAYING]
        with changes.locked(self._source, store.hold) as here:
            # The mark of a move that broke off may come only now: a commit whose answer was lost is not undone.
            moved.refuse(here)
            # Under one lock, so that of two moves, from two folders, the later one has both and the other neither.
            transfer.claim(self._target, self._number)
            changes.begin(here, tables, whose)
        try:
            with changes.renewed(self._source, whose):
                transfer.empty(self._target, self._number)
                upgrade.run(self._target)
                with engine.storage_errors(), self._target.connect() as there:
                    carrier = Carrier(tables, there, whose, self._watch)
                    self._copy(carrier, there, head)
                    self._follow(carrier)
                    self._watch("switch", 0, 0)
                    ready()
                    self.done.seconds = time.monotonic() - began
                    self._switch(carrier, there)
        except BaseException:
            self._give_up(whose)
            raise

    def _copy(self, carrier: Carrier, there: Connection, head: HeadFile) -> None:
        """Copy one snapshot, and look at every row and at the journal on both sides."""
        noted = head.read()
        with self._source.read() as here:
            carrier.copy(here)
            self._audit(here, noted)
        self._watch("compare", 0, 0)
        with self._target.read() as fresh:
            carrier.compare(fresh)
            self._audit(fresh, None)
        self.done.rows, self.done.tables = carrier.rows, len(carrier.tables)
        if self._target.path is None:
            # Its planner would take every table for a small one until the server looks by itself.
            there.exec_driver_sql("ANALYZE")

    def _audit(self, connection: Connection, noted: bytes | None) -> None:
        size = journal.newest(connection).size
        watch = self._watch
        found = audit.run(
            connection, self._log.verifier, noted, lambda seen: watch("audit", seen, size)
        )
        first = next(found, None)
        if first is not None:
            raise errors.Broken(
                f"The journal does not hold together: {first}.",
                "Audit the site (uphold journal verify DIR) before it is moved. It is where it was.",
            )

    def _follow(self, carrier: Carrier) -> None:
        """Carry over what changed, until little is left."""
        for _ in range(ROUNDS):
            began = time.monotonic()
            with self._source.read() as here:
                waiting = carrier.waiting(here)
                if waiting <= FEW:
                    return
                self._watch("follow", 0, waiting)
                self.done.changes += carrier.follow(here)
            self.done.rounds += 1
            if time.monotonic() - began < SHORT_SECONDS:
                return

    def _switch(self, carrier: Carrier, there: Connection) -> None:
        """Carry over the rest while writes wait, see that both sides are the same, and mark the source."""
        _hurry(there)
        with changes.locked(self._source, store.hold) as here:
            self.paused = time.monotonic()
            self.done.changes += carrier.follow(here)
            self.done.rounds += 1
            if self._is_thorough:
                carrier.compare(here)
                with self._target.read() as fresh:
                    _hurry(fresh)
                    carrier.compare(fresh, here)
            transfer.align(there)
            self._log.verify_head(there)
            self.done.entries = _same(here, there)
            moved.mark(here, _now(), self._number)
            store.forsake(here)

    def settle(self) -> None:
        """Say in the journal of the other side that the site is there, once, and let it be served."""
        if upgrade.version(self._target) is None:
            raise _other()
        with self._source.read() as here, self._target.read() as there:
            if transfer.filling(there) not in (None, moved.number(here)):
                # Begun, and not come to its end; its journal may be whole, as the tables are copied by name.
                raise _other()
            size = self.done.entries = _same(here, there, is_older=True)
            is_told = journal.newest(there).size > size
        if not is_told:
            writer = Writer(self._target, self._log, on_connect=self._log.verify_head)
            try:
                writer.run(self._say)
            finally:
                writer.close()
        transfer.finish(self._target)

    def _say(self, tx: Transaction) -> None:
        done = self.done
        codes: dict[str, str | int] = {"from": done.before, "to": done.after, "kept": done.entries}
        tx.append(entry.encode(KIND, tx.now, entry.salt(), codes))

    def _give_up(self, whose: str) -> None:
        """Note no changes any more; where that fails, or the source was marked after all, there is nothing to do."""
        with suppress(errors.UpholdError), changes.locked(self._source, store.hold) as here:
            if not moved.is_moved(here):
                changes.mark(here, whose)
                changes.end(here)


def _configured(settings: Settings, wanted: Wanted) -> str:
    """Return uphold.toml as it is to be; raises `errors.Invalid` where it cannot be read, or cannot say it."""
    config.load(settings.folder)
    settled: dict[tuple[str, str], toml.Value] = {
        ("database", name): None for name in ("url", "url_file", "url_env")
    }
    if wanted.file is not None:
        file = wanted.file.absolute()
        is_own = file.is_relative_to(settings.folder)
        settled["database", "url_file"] = str(file.relative_to(settings.folder) if is_own else file)
    else:
        settled["database", "url"] = wanted.url
    path = (settings.folder / config.FILE).resolve()
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise errors.Invalid(
            f"{path} cannot be written.", "Run this as the one whom the site folder belongs to."
        )
    return toml.put(path.read_text(encoding="utf-8"), settled)


def _target(source: Database, there: Settings) -> Database:
    """Open where the site is to go; raises `errors.Invalid` for what cannot take it."""
    found = Database(there.database_url)
    if found.path is not None:
        found.dispose()
        found = engine.create(there.database_url)
        _require_room(source, found.path or Path())
        return found
    with found.read() as connection:
        version = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if version < OLDEST_POSTGRESQL or encoding != "UTF8":
        raise errors.Invalid(
            f"The server is PostgreSQL {version // 10_000} with the encoding {encoding}.",
            f"Use {OLDEST_POSTGRESQL // 10_000} or newer: createdb --encoding UTF8",
        )
    return found


def _require_room(source: Database, path: Path) -> None:
    query = "SELECT pg_database_size(current_database())"
    if source.path is not None:
        query = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    with source.read() as connection:
        wanted = int(connection.exec_driver_sql(query).scalar_one() * _ROOM)
    state = os.statvfs(path.parent)
    if state.f_bavail * state.f_frsize < wanted:
        raise errors.Invalid(
            f"{path.parent} has no room for {wanted >> 20} MiB.", "Make room, or name another disk."
        )


def _is_moved(source: Database) -> bool:
    if upgrade.version(source) is None:
        raise errors.Invalid("The database of the site is empty.", "Publish first.")
    with source.read() as connection:
        return moved.is_moved(connection)


def _same(here: Connection, there: Connection, *, is_older: bool = False) -> int:
    """Return the size of the journal, whose head must be the same on both sides, or that of an earlier batch there."""
    head = journal.newest(here)
    found = store.holding(there, head.size - 1)
    same = found is not None and (found.end, found.note) == (head.size, head.note)
    if not same or (not is_older and journal.newest(there).size != head.size):
        raise _other()
    return head.size


def _hurry(connection: Connection) -> None:
    """Have a server be given up that does not answer while writes wait for it."""
    if connection.dialect.name == "postgresql":
        cast("Any", connection.connection.driver_connection).patience = PATIENCE


def _other() -> errors.Broken:
    return errors.Broken(
        "The journal there is another one than here.",
        "Name the database that the site was being moved to; nothing is served from there.",
    )


def _write(path: Path, text: str) -> None:
    """Put the configuration in its place, so that a crash leaves the old one or the new one."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        state = path.stat()
        Path(name).chmod(state.st_mode & 0o777)
        if os.geteuid() == 0:
            os.chown(name, state.st_uid, state.st_gid)
        Path(name).replace(path)
        place.sync(path.parent)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise errors.Unavailable(
            f"The site has moved, and {path} cannot be written ({error.strerror}).",
            "Mend the disk or the rights of the folder, then run the same command again.",
        ) from None


@contextmanager
def _told_to_go_on() -> Iterator[None]:
    """Say what to do after trouble of a database; where the site is then, only the next run can tell."""
    try:
        yield
    except errors.Moved:
        raise
    except errors.Unavailable as error:
        raise errors.Unavailable(
            error.message,
            "Run the same command again: it begins anew, or finishes what is left to do.",
        ) from error


def _now() -> int:
    return time.time_ns() // 1_000_000


def _nobody(_step: str, _done: int, _all: int) -> None:
    """Nobody watches."""

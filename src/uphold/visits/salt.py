# SPDX-License-Identifier: Apache-2.0
"""The number that stands for a visitor for one day, and the salts that it is keyed by.

    number = BLAKE2b-64 under the day's salt of (host, address, browser), or (host, cookie) where the visitor agreed
             to one; its highest bit is cleared, and it is never 0

While the salt lives the number is a pseudonym: whoever has the file can try every address. A salt is 32 random
bytes, made when its day is first needed, kept for that day and the next, and destroyed 47 hours after it was made at
the latest: overwritten in its place, fsync, then removed. Afterwards nobody can tell who a number was, or link it to
another day's. The file stands beside the key ring (mode 0600) and in no backup, so a restore begins with fresh salts;
to lose it only lets the visitors of two days be counted anew.

The journal follows the file: what is new in it gets `salt.made`, what is no longer in it `salt.destroyed`, in a row
of `visits_salt` each, by whichever process looks next. Limits: nothing is destroyed while nothing of Uphold runs; what
a file system keeps of overwritten blocks (copies on write, snapshots, flash memory) is beyond this program; all
processes of a site share the folder of the key ring.
"""

import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
from sqlalchemy import Column, Connection, Table, Text, select, update

from uphold import errors
from uphold.database import walk
from uphold.database.engine import Database
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry
from uphold.visits import layout

FILE = "salts.json"
MODE = 0o600
SALT_BYTES = 32
LONGEST_MS = 47 * 60 * 60 * 1000
_MASK = (1 << 63) - 1
_DAY = timedelta(days=1)
_LARGEST = 1 << 16
# How many ended days the file remembers, so that none of them gets another salt.
_REMEMBERED = 4

visits_salt = Table(
    "visits_salt",
    metadata,
    # In the site's zone, such as 20261122.
    Column("day", Number, primary_key=True, autoincrement=False),
    # SHA-256 in hex of the salt's random name, which is not made from the salt.
    Column("name", Text, primary_key=True),
    Column("made_at", Number, nullable=False),
    # Null while the salt may live.
    Column("destroyed_at", Number),
    Column("entry", Number, nullable=False),
)


class _Salt(msgspec.Struct, forbid_unknown_fields=True):
    """One salt as it stands in the file, in hex."""

    name: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    key: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    made: int


class _Kept(msgspec.Struct, forbid_unknown_fields=True):
    """The file: salts by day, and the last days whose salts are destroyed."""

    salts: dict[int, _Salt] = {}
    ended: list[int] = []


TABLE = visits_salt.name
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Kept).decode


def visitor(key: bytes, host: str, address: str, agent: str, cookie: str | None) -> int:
    """Number a visitor for the day of `key` (pure): 1 to 2^63 - 1."""
    # With the lengths in front, so that no two visitors are spelled alike.
    text = (
        f"cookie {len(host)} {host}{cookie}"
        if cookie
        else f"visitor {len(host)} {len(address)} {host}{address}{agent}"
    )
    raw = text.encode("utf-8", "surrogateescape")
    digest = hashlib.blake2b(raw, key=key, digest_size=8).digest()
    return int.from_bytes(digest, "big") & _MASK or 1


class Salts:
    """The salts of today and yesterday. Safe to call from several threads, with several processes on one file."""

    def __init__(self, path: Path, today: Callable[[], date]) -> None:
        """Make nothing yet. `today` says which day it is in the site's zone."""
        self._path, self._today = path, today
        self._lock = threading.Lock()
        self._known: dict[date, bytes] = {}

    @property
    def exist(self) -> bool:
        """Whether there is a file of salts, so that one may have to be destroyed."""
        return self._path.exists()

    def of(self, day: date) -> bytes:
        """Return the salt of today or yesterday, made if there is none yet.

        Raises `errors.Missing` for another day, and once the day's salt is destroyed; `errors.Unavailable` when the
        file cannot be used.
        """
        with self._lock:
            today = self._today()
            self._known = {one: key for one, key in self._known.items() if one >= today - _DAY}
            if day not in self._known:
                if not today - _DAY <= day <= today:
                    raise _gone()
                self._known[day] = self._made(day)
            return self._known[day]

    def roll(self, writer: Writer, database: Database, now: int) -> None:
        """Destroy what is over at `now` (unix ms), and tell the journal of all that was made and destroyed.

        Raises as `of`, and `errors.UpholdError` when the journal cannot be written: it is told at the next roll.
        """
        today = self._today()
        with _file(self._path) as handle:
            kept = _read(handle)
            over = {
                day
                for day, salt in kept.salts.items()
                if not layout.number(today - _DAY) <= day <= layout.number(today)
                or now - salt.made >= LONGEST_MS
            }
            if over:
                kept.salts = {day: salt for day, salt in kept.salts.items() if day not in over}
                # A day to come had its salt from a clock that was wrong, and gets another when it comes.
                ended = {day for day in (*kept.ended, *over) if day <= layout.number(today)}
                kept.ended = sorted(ended)[-_REMEMBERED:]
                _write(handle, kept, is_ending=True)
            with self._lock:
                # Another process may have destroyed what this one remembers.
                self._known = {
                    day: key for day, key in self._known.items() if layout.number(day) in kept.salts
                }
            # Within the lock of the file, so that of several processes one tells it.
            _tell(writer, database, kept, layout.number(today))

    def _made(self, day: date) -> bytes:
        with _file(self._path) as handle:
            kept, wanted = _read(handle), layout.number(day)
            if wanted in kept.ended:
                raise _gone()
            if wanted not in kept.salts:
                made = _Salt(os.urandom(16).hex(), os.urandom(SALT_BYTES).hex(), _now())
                kept.salts[wanted] = made
                _write(handle, kept)
            return bytes.fromhex(kept.salts[wanted].key)


def living(reader: Connection | Transaction) -> dict[str, int]:
    """The salts that the journal does not know to be destroyed: day by digest."""
    query = select(visits_salt.c.name, visits_salt.c.day).where(
        visits_salt.c.destroyed_at.is_(None)
    )
    return {row.name: row.day for row in reader.execute(query)}


def held(path: Path) -> dict[str, int]:
    """The salts that are in the file: when each was made (unix ms), by digest.

    Raises FileNotFoundError where there is none, `errors.Broken` for one that cannot be read.
    """
    try:
        kept = _decode(path.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise errors.Broken(f"The salts at {path} cannot be read.", "Restart the site.") from None
    return {_digest(one): one.made for one in kept.salts.values()}


def rows(connection: Connection) -> walk.Rows:
    """Walk through the salts' rows by day, for an audit."""
    return walk.rows(connection, visits_salt, ("day", "name"))


def _tell(writer: Writer, database: Database, kept: _Kept, today: int) -> None:
    there = {_digest(salt): (day, salt.made) for day, salt in kept.salts.items()}
    with database.read() as connection:
        known = living(connection)
    # A salt of today that is not in the file: it was lost, and another process may just be making it.
    gone = {name: day for name, day in known.items() if name not in there and day != today}
    fresh = {name: made for name, made in there.items() if name not in known}
    if gone or fresh:
        writer.run(lambda tx: _note(tx, fresh, gone))


def _note(tx: Transaction, fresh: dict[str, tuple[int, int]], gone: dict[str, int]) -> None:
    for name, (day, made) in sorted(fresh.items()):
        line = entry.encode("salt.made", made, entry.salt(), {"day": day, "name": name})
        tx.insert(visits_salt, (day, name, made, None, tx.append(line)))
    for name, day in sorted(gone.items()):
        mine = (visits_salt.c.day == day) & (visits_salt.c.name == name)
        tx.execute(update(visits_salt).where(mine).values(destroyed_at=tx.now))
        tx.append(entry.encode("salt.destroyed", tx.now, entry.salt(), {"day": day, "name": name}))


@contextmanager
def _file(path: Path) -> Iterator[int]:
    """Hold the file alone, among threads and processes."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        finally:
            os.close(handle)
    except OSError as error:
        raise errors.Unavailable(
            f"The salts of visitors at {path} cannot be used ({error.strerror}).",
            "Check the disk and the rights of the folder; visits wait until then.",
        ) from None


def _read(handle: int) -> _Kept:
    """Read the file; what a kill left in the middle of an end counts as none, and days get fresh salts."""
    try:
        return _decode(os.pread(handle, _LARGEST, 0))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Kept()


def _write(handle: int, kept: _Kept, *, is_ending: bool = False) -> None:
    """Write the file in its place; where a salt ends, all that was there is overwritten first."""
    if is_ending:
        os.pwrite(handle, bytes(os.fstat(handle).st_size), 0)
        os.fsync(handle)
    raw = _encode(kept)
    os.pwrite(handle, raw, 0)
    os.ftruncate(handle, len(raw))
    os.fsync(handle)


def _digest(salt: _Salt) -> str:
    return hashlib.sha256(bytes.fromhex(salt.name)).hexdigest()


def _now() -> int:
    return time.time_ns() // 1_000_000


def _gone() -> errors.Missing:
    return errors.Missing(
        "The salt of this day is destroyed, or not due yet.",
        "Visitors are numbered on their own day and the next only.",
    )

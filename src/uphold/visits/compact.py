# SPDX-License-Identifier: Apache-2.0
"""Close a day: its open files become the two Parquet files of `layout`, without any visitor's number.

    open files -> read -> both files written apart, fsync -> visitors in place -> events in place (closed) -> open
    files removed

Guarantee: a day is closed whole or not at all, and once: a process that dies on the way leaves either the open files,
and the day is closed by the next, or a closed day whose open files the next removes. One process closes at a time.
The number of distinct pages of a day is bounded (NAMES); those with the fewest visitors are "other".
Limits: half a line that a crash left at the end of a file is lost; a day's rows beyond MEMORY_MB go to a folder
beside the files while it is being closed, for the owner only, and are removed with it.
"""

import fcntl
import math
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import time_ns

import duckdb

from uphold import errors
from uphold.visits import layout, spool

MEMORY_MB = 300
THREADS = 2
# Distinct items of one kind on one day; beyond them no figure could be shown anyway.
NAMES = 1000
# How long after midnight events of the day before may still be on their way to its files.
GRACE = timedelta(minutes=5)

# Folders beside the store's files that are removed when their work ends: of an import, of what counts closed days.
IMPORTING, COUNTING = ".import-", ".counting-"
IMPORT_LOCK = ".import"

_WORKING = ".closing-"
_DAY_S = 86_400
LINES = """read_csv(
    ${files}, header = false, auto_detect = false, delim = ',', quote = '"', escape = '"', new_line = '\\n',
    ignore_errors = true, strict_mode = false, max_line_size = 4096,
    columns = {{hour: 'TINYINT', visitor: 'BIGINT', kind: 'VARCHAR', item: 'VARCHAR', device: 'VARCHAR',
               browser: 'VARCHAR', country: 'VARCHAR'}})"""
"""How the engine reads open files (`layout`); `files` names the parameter that has their paths.

A carriage return, which no line of ours has, would in strict mode refuse all of them: they are lines like others.
"""
_READ = f"""
CREATE OR REPLACE TEMP TABLE seen AS SELECT hour, visitor, kind, item, device, browser, coalesce(country, '') AS country
FROM {LINES.format(files="files")}
WHERE hour BETWEEN 0 AND 23 AND visitor >= 0 AND list_contains($kinds, kind)
"""  # noqa: S608 - constants of this module
# The items of each kind that keep their name: those with the most visitors.
_NAMED = """
CREATE OR REPLACE TEMP TABLE named AS
SELECT kind, item FROM seen GROUP BY kind, item
QUALIFY row_number() OVER (PARTITION BY kind ORDER BY count(DISTINCT visitor) DESC, item) <= $names
"""
# Which of a visitor's rows counts as the first is of no account, as long as it is one. The order of ranks is
# drawn by chance, so that bounding a person's pages favours none. Sorting by everything that stays leaves no
# trace of the order in which things happened.
_EVENTS = """
WITH known AS (
    SELECT seen.hour, seen.visitor, seen.kind, coalesce(named.item, $other) AS item, seen.device,
        random() AS drawn
    FROM seen LEFT JOIN named ON named.kind = seen.kind AND named.item = seen.item),
marked AS (
    SELECT *,
        visitor = 0 OR row_number() OVER (PARTITION BY visitor, kind, item) = 1 AS first,
        kind = 'view' AND (
            visitor = 0 OR row_number() OVER (PARTITION BY visitor, kind, hour) = 1) AS hourly
    FROM known)
SELECT hour, kind, item, device, first, hourly,
    CASE WHEN first AND kind = 'view' AND visitor <> 0 THEN nullif(least($ranks + 1,
        row_number() OVER (PARTITION BY visitor, kind, first ORDER BY drawn)), $ranks + 1)::SMALLINT END AS rank
FROM marked ORDER BY kind, item, hour, device, first, hourly, rank
"""
_VISITORS = """
SELECT min(device) AS device, min(browser) AS browser, min(country) AS country
FROM seen WHERE kind = 'view' AND visitor <> 0 GROUP BY visitor ORDER BY device, browser, country
"""


@dataclass(frozen=True, slots=True)
class Closed:
    """What a closed day holds: events, visitors with a view, and how many lines could not be read."""

    day: date
    events: int
    visitors: int
    unread: int


def ended(store: layout.Store, at: datetime) -> tuple[date, ...]:
    """Return the open days that are over at `at`, which is aware of the site's zone, the earliest first."""
    return tuple(
        day
        for day in store.open_days()
        if at >= datetime.combine(day + timedelta(days=1), time.min, at.tzinfo) + GRACE
    )


def close(store: layout.Store, day: date, source: Path | None = None) -> Closed | None:
    """Close a day and return what it holds, None when it is closed already; as `closer` says."""
    with closer(store) as each:
        return each(day, source)


@contextmanager
def closer(store: layout.Store) -> Iterator["Closer"]:
    """Give what closes one day after another with one engine, while no other process does.

    Called with a day and, where its open files lie elsewhere than in the store, their folder, which is removed. It
    returns what the day holds, None when it is closed already. The caller sees to it that nobody writes to the day
    any more (`ended`). Raises `errors.Unavailable`; the day that was being closed then stays open.
    """
    with ExitStack() as stack:
        with _speaking():
            stack.enter_context(_alone(store))
            _clear(store, _WORKING)
            apart = tempfile.TemporaryDirectory(prefix=_WORKING, dir=store.folder)
            working = Path(stack.enter_context(apart))
            engine = stack.enter_context(connect(working / "spilled", MEMORY_MB))
        yield Closer(store, working, engine)


@dataclass(frozen=True, slots=True)
class Closer:
    """Closes days; `closer` makes one."""

    store: layout.Store
    working: Path
    engine: duckdb.DuckDBPyConnection

    def __call__(self, day: date, source: Path | None = None) -> Closed | None:
        """Close a day, and remove its open files."""
        folder = source or self.store.open_folder(day)
        with _speaking():
            closed = None if self.store.is_closed(day) else self._close(day, folder)
            if folder.is_dir():
                shutil.rmtree(folder)
                spool.sync(folder.parent)
        return closed

    def _close(self, day: date, folder: Path) -> Closed:
        files = spool.files(folder)
        lines = sum(map(_whole, files))
        _read(self.engine, files)
        visitors = self._write(_VISITORS, self.store.visitors(day))
        # The last of all: that the events are there is what makes the day closed.
        asked = {"ranks": layout.RANKS, "other": layout.OTHER}
        events = self._write(_EVENTS, self.store.events(day), asked)
        return Closed(day, events, visitors, lines - events)

    def _write(self, query: str, path: Path, asked: dict[str, object] | None = None) -> int:
        """Write what a query gives, durable under its name; return how many rows."""
        made = self.working / path.name
        self.engine.sql(query, params=asked).write_parquet(str(made), compression="zstd")
        count = "SELECT count(*) FROM read_parquet(?)"
        rows = self.engine.execute(count, [str(made)]).fetchall()[0][0]
        _place(made, path)
        return int(rows)


def tidy(store: layout.Store) -> None:
    """Remove what killed processes left on their way: visitors' numbers in it would outlive their day.

    Of imports too, unless one runs; of what counts, when it is a day old, as nothing counts that long. Raises
    `errors.Unavailable`.
    """
    with _speaking():
        with _alone(store):
            _clear(store, _WORKING)
            _clear(store, COUNTING, time_ns() // 1_000_000_000 - _DAY_S)
        with (store.folder / IMPORT_LOCK).open("a") as lock, suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _clear(store, IMPORTING)


def _clear(store: layout.Store, prefix: str, before: float = math.inf) -> None:
    """Remove folders that were last changed before a moment (unix s)."""
    for left in store.folder.glob(f"{prefix}*"):
        if left.stat().st_mtime < before:
            shutil.rmtree(left)


def drop(store: layout.Store, before: date) -> tuple[date, ...]:
    """Remove the closed days before one; return them. What was released of them stays.

    Raises `errors.Unavailable` when a file cannot be removed.
    """
    try:
        with _alone(store):
            gone = tuple(day for day in store.closed_days() if day < before)
            for day in gone:
                for file in (store.events(day), store.visitors(day)):
                    shutil.rmtree(file.parent, ignore_errors=not file.parent.exists())
                    spool.sync(file.parent.parent)
        return gone
    except OSError as error:
        raise errors.Unavailable(
            f"Ended visits cannot be removed ({error.strerror}).",
            "See that the folder of [visits] store belongs to the one who serves.",
        ) from None


def _read(engine: duckdb.DuckDBPyConnection, files: list[Path]) -> None:
    if files:
        asked = {"files": [str(path) for path in files], "kinds": list(layout.KINDS)}
        engine.execute(_READ, asked)
    else:
        engine.execute(
            "CREATE OR REPLACE TEMP TABLE seen (hour TINYINT, visitor BIGINT, kind VARCHAR, item VARCHAR, "
            "device VARCHAR, browser VARCHAR, country VARCHAR)"
        )
    engine.execute(_NAMED, {"names": NAMES})


def connect(spilled: Path, memory_mb: int) -> duckdb.DuckDBPyConnection:
    """Return an engine in memory that neither fetches nor loads anything.

    What is beyond its bound goes to the folder `spilled`.
    """
    return duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{memory_mb}MB",
            "threads": THREADS,
            "temp_directory": str(spilled),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )


def _whole(file: Path) -> int:
    """Cut off half a line at the end of a file, and return how many lines it has."""
    lines, whole, at = 0, 0, 0
    with file.open("r+b") as opened:
        while block := opened.read(1 << 20):
            lines += block.count(b"\n")
            if (last := block.rfind(b"\n")) >= 0:
                whole = at + last + 1
            at += len(block)
        if whole < at:
            opened.truncate(whole)
    return lines


def _place(made: Path, path: Path) -> None:
    """Make a written file durable under its name."""
    made.chmod(0o600)
    with made.open("rb") as file:
        os.fsync(file.fileno())
    if not path.parent.parent.is_dir():
        path.parent.parent.mkdir(mode=0o700)
        spool.sync(path.parent.parent.parent)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    made.replace(path)
    spool.sync(path.parent)
    spool.sync(path.parent.parent)


@contextmanager
def _speaking() -> Iterator[None]:
    """Say what the system or the engine refused; the engine's own words may quote a line, and are left out."""
    try:
        yield
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        said = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise errors.Unavailable(
            f"A day cannot be closed: {said}.",
            "See that the folder of [visits] store has room; the day stays open and nothing is lost.",
        ) from None


@contextmanager
def _alone(store: layout.Store) -> Iterator[None]:
    """Wait until no other process closes or drops days of the store."""
    store.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (store.folder / ".lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

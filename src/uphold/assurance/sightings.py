# SPDX-License-Identifier: Apache-2.0
"""What a site notices of itself: its clock, its journal, its sweep, its backups, its settings, its rules.

Each look is cheap; what it finds becomes a signal, told once for as long as it lasts. Where something cannot be seen,
such as when a backup was read on a file system that keeps no such times, nothing is told.
"""

import hmac
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from sqlalchemy import Column, Connection, Table, Text, delete, insert, select

from uphold import errors
from uphold.access import signal
from uphold.access.signal import Kind, Signal
from uphold.assurance import configuration
from uphold.config import Settings
from uphold.continuity import backup, drill
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry, tree
from uphold.journal.log import Log, SignedHead
from uphold.retention import due

# What the settings were at the last start, section by section, as keyed digests.
assurance_settings = Table(
    "assurance_settings",
    metadata,
    Column("section", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("at", Number, nullable=False),
)

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
# A clock that is set right by less is no news.
LEAST_JUMP_MS = 5_000
# A sweep is due each hour, and a long one takes a while.
LATE_MS = 3 * HOUR_MS
# What lasts is told again after so long.
AGAIN_MS = 6 * HOUR_MS
# Within so long of it a backup that was read was read by whoever made it or tried it.
OWN_MS = 10 * MINUTE_MS
_NOT_SETTINGS = frozenset({"folder"})

_encode = msgspec.json.Encoder(order="sorted").encode


@dataclass(slots=True)
class Clock:
    """Compares the wall clock (unix ms) with one that only goes on (ms)."""

    wall: int
    steady: int

    def jumped(self, wall: int, steady: int) -> int:
        """How many ms the wall clock jumped since the last look, below zero for back; 0 for none worth telling."""
        drift = (wall - self.wall) - (steady - self.steady)
        self.wall, self.steady = wall, steady
        return drift if abs(drift) >= LEAST_JUMP_MS else 0


def jump(by_ms: int) -> Signal:
    """Make the signal of a clock that jumped."""
    return Signal(Kind.CLOCK, {"jump_seconds": abs(by_ms) // 1000, "back": by_ms < 0})


def written(connection: Connection, log: Log) -> int:
    """When the newest entry was written, 0 where there is none."""
    newest = log.tail(connection, 1)
    return entry.decode(newest[-1][1]).at_ms if newest else 0


def behind(at: int, now: int) -> int:
    """How many ms the wall clock is behind the newest entry, as after it was put back; 0 for none worth telling.

    `now` is read after the entry was: while the storage lets one wait, others go on.
    """
    return at - now if at - now >= LEAST_JUMP_MS else 0


def lateness(connection: Connection, now: int, since: int) -> int:
    """For how many hours no sweep has come to its end, while the site was served since `since` (unix ms); or 0."""
    late = now - max(due.state(connection).ended_at, since)
    return late // HOUR_MS if late >= LATE_MS else 0


def problem(connection: Connection, log: Log, before: SignedHead | None) -> tuple[str, SignedHead]:
    """What is wrong with the journal since the head that was seen before, and the head of now; "" for nothing.

    Only what came since is looked at, so a look costs the same however long the journal is. The connection is one
    that nothing was read on: the head file may know more than a snapshot from before. Raises `errors.Missing`
    before the journal is opened.
    """
    try:
        log.verify_head(connection)
    except errors.Broken:
        return "head-unlike", log.head(connection)
    head = log.head(connection)
    if before is None or before.root == head.root:
        return "", head
    if head.size < before.size:
        return "shorter", head
    try:
        path = log.consistency(connection, before.size, head.size)
        if not tree.verify_consistency(before.size, head.size, path, before.root, head.root):
            return "rewritten", head
        last = log.tail(connection, 1)[-1][0]
    except (errors.Broken, errors.Missing, ValueError):
        return "damaged", head
    return ("" if last == head.size - 1 else "gap"), head


@dataclass(slots=True)
class Backups:
    """Looks at when backups were read."""

    known: dict[str, int] = field(default_factory=dict)
    pending: dict[str, int] = field(default_factory=dict)

    def read(self, folder: Path, settings: Settings, own: Iterable[int], now: int) -> int:
        """Count the backups that somebody read since the last look; `own` are the times (ms) of the site's own acts."""
        if not tells_reads(folder):
            return 0
        for _, path in backup.kept_in(settings, folder):
            status = path.stat()
            at = status.st_atime_ns // 1_000_000
            before = self.known.setdefault(path.name, max(at, status.st_mtime_ns // 1_000_000))
            if at > before:
                self.known[path.name] = self.pending[path.name] = at
        times = tuple(own)
        settled = {name: at for name, at in self.pending.items() if now - at >= OWN_MS}
        for name in settled:
            del self.pending[name]
        return sum(not any(abs(one - at) < OWN_MS for one in times) for at in settled.values())


def tells_reads(folder: Path) -> bool:
    """Tell whether the file system of a folder keeps when a file was read."""
    try:
        return not os.statvfs(folder).f_flag & os.ST_NOATIME
    except OSError:
        return False


def acts(connection: Connection) -> tuple[int, ...]:
    """When the site itself made or tried a backup last (unix ms)."""
    made, tried = backup.newest(connection), drill.newest(connection)
    return tuple(one for one in (made and made.made_at, tried and tried.at) if one)


def digests(settings: Settings, key: bytes) -> dict[str, str]:
    """A keyed digest of each section of the settings, which hold no secret but say where they are (pure).

    Where a process listens is none of it: the command line says that otherwise for each of several.
    """
    told = msgspec.to_builtins(configuration.told(settings), enc_hook=str)
    return {
        name: hmac.digest(key, _encode([name, one]), "sha256").hex()
        for name, one in told.items()
        if name not in _NOT_SETTINGS
    }


def remember(tx: Transaction, found: Mapping[str, str]) -> tuple[str, ...]:
    """Remember the settings of this start, and note what is another than at the last one; nothing at the first."""
    rows = assurance_settings.c
    before = {row.section: row.digest for row in tx.execute(select(rows.section, rows.digest))}
    changed = sorted(name for name in {*before, *found} if before.get(name) != found.get(name))
    if not changed:
        return ()
    tx.execute(delete(assurance_settings).where(rows.section.in_(changed)))
    fresh = [
        {"section": one, "digest": found[one], "at": tx.now} for one in changed if one in found
    ]
    if fresh:
        tx.execute(insert(assurance_settings), fresh)
    if not before:
        return ()
    named = "+".join(name.replace("_", "-") for name in changed)
    signal.note(tx, Signal(Kind.SETTINGS, {"changed": named}))
    return tuple(changed)


def rules(settings: Settings) -> Iterator[Signal]:
    """Tell of rules that are off or only say what they would do (pure)."""
    own = settings.detection
    disabled = len(own.disabled) + (not own.on)
    dry = len(own.dry_run) + (not own.act)
    if disabled or dry:
        yield Signal(Kind.RULES, {"disabled": disabled, "dry": dry})

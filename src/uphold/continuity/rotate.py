# SPDX-License-Identifier: Apache-2.0
"""Give a site a new epoch key, move everything that lives under it, and burn the old one when its time has come.

    rotate   ring + copy -> keys.created -> key rows, some at a time -> keys.rotated with the last of them
    burn     no row left under it, the window over -> ring + copy -> keys.burned

What is destroyed is thereby gone from every older copy of the database too: its key stands there wrapped under
an epoch key that is nowhere any more, once the copies of the key ring are burned with it.

Guarantee: killed at any moment, the site goes on serving, and the same command run again finishes what was
begun; what was done and not yet said is said first. Limits: copies of the key ring that Uphold was not told of
(`[keys] copy`) keep a burned key; while a process serves with a copy of the ring nothing is rotated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from uphold import errors
from uphold.config import Settings
from uphold.database.engine import Database
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry
from uphold.journal.log import Log
from uphold.vault import epoch, sharing, unlock
from uphold.vault.unlock import KeyRing

CREATED, ROTATED, BURNED = "keys.created", "keys.rotated", "keys.burned"
DAY_MS = 86_400_000
# A served site's own look at its keys is over in a moment: whoever gives a command is not sent away for it.
PATIENCE_SECONDS = 10.0
# Every entry about keys begins like this, and no other: an entry's keys are sorted.
_OF_KEYS = b'{"act":"keys.'

Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Told:
    """What the journal says of epochs: which were made, burned, and moved to, each with its time (unix ms)."""

    created: Mapping[int, int]
    rotated: Mapping[int, int]
    burned: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Rotated:
    """A finished rotation: to which epoch, how many keys it moved, and whether an earlier run had begun it."""

    epoch: int
    moved: int
    resumed: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """What was done by itself: a rotation, if one was due, and the epochs that were burned."""

    rotated: Rotated | None
    burned: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Old:
    """An epoch that the ring still holds beside the newest.

    `used` parts are wrapped under it; it may be burned from `from_ms` (unix ms), None before everything has
    moved on from it.
    """

    number: int
    used: int
    from_ms: int | None


class Keeper:
    """Changes the keys of one site."""

    def __init__(
        self, settings: Settings, ring: KeyRing, log: Log, database: Database, writer: Writer
    ) -> None:
        """Take the open parts of the site."""
        self._ring, self._log, self._database, self._writer = ring, log, database, writer
        self._path = settings.path(settings.keys.ring)
        self._copy: Path | None = settings.path(settings.keys.copy) if settings.keys.copy else None
        self._window = settings.keys.burn_after_days * DAY_MS
        self._every = settings.keys.rotate_every_days * DAY_MS

    def rotate(self, watch: Watch | None = None) -> Rotated:
        """Make a new epoch and move every key under it, or finish the rotation that was broken off.

        `watch` hears how many of how many keys are done. Journals keys.created and keys.rotated. Raises
        `errors.Conflict` while another command changes keys or a process serves with a copy of the key ring,
        `errors.Unavailable` where a file or the database cannot be written, `errors.Broken` when keys do not open,
        which then stay under their epoch, or when the key ring is an older one.
        """
        with unlock.alone(self._path, PATIENCE_SECONDS):
            return self._rotate(self._begun(), watch)

    def keep_up(self, now: int, watch: Watch | None = None) -> Kept:
        """Do what the configuration says is to be done by itself at `now` (unix ms), and no more.

        A rotation that was broken off is finished, one is made where its day has come, and ripe epochs are
        burned. Looked at while nobody else changes keys: of two processes the second finds it done. Raises
        `unlock.Busy` at once where somebody does, and as `rotate` and `burn`.
        """
        with unlock.alone(self._path):
            begun, rotated = self._begun(), None
            if begun is not None or self._is_due(now):
                rotated = self._rotate(begun, watch)
            return Kept(rotated, tuple(self._burn_ripe(now)))

    def olds(self) -> list[Old]:
        """List the older epochs of the ring and when they may be burned."""
        with self._database.read() as connection:
            return self._olds(_told(self._log, connection), epoch.used(connection))

    def burn(self, now: int) -> list[int]:
        """Burn each older epoch whose window is over at `now` (unix ms); returns which. Journals keys.burned.

        Raises `errors.Conflict` if a part is still wrapped under an older epoch, whatever its age, or while
        another command changes keys; `errors.Unavailable` as `rotate`.
        """
        with unlock.alone(self._path, PATIENCE_SECONDS):
            return self._burn_ripe(now)

    def is_time(self, now: int) -> bool:
        """Tell, without reading the journal, whether `keep_up` may find anything to do at `now` (unix ms)."""
        epochs = self._ring.epochs
        if self._is_due(now) or any(one.created_at + self._window <= now for one in epochs[1:]):
            return True
        # A rotation that was broken off leaves something under an older one.
        return len(epochs) > 1 and self._is_left(epochs[-1].number)

    def _is_left(self, newest: int) -> bool:
        with self._database.read() as connection:
            return epoch.is_left(connection, newest)

    def _begun(self) -> int | None:
        """Return the epoch that a broken-off rotation was moving everything to."""
        told = self._catch_up()
        newest = self._ring.newest.number
        is_begun = newest not in told.rotated and newest != min(told.created)
        return newest if is_begun else None

    def _is_due(self, now: int) -> bool:
        every = self._every
        return bool(every) and self._ring.newest.created_at + every <= now

    def _rotate(self, begun: int | None, watch: Watch | None) -> Rotated:
        newest = begun
        if newest is None:
            # A process with a copy of its own could open nothing from here on.
            sharing.require_one(self._database, self._path)
            newest = unlock.extend(self._path, self._copy, _now(self._writer))
            self._catch_up()
        return Rotated(newest, self._move(newest, watch or _nobody), resumed=begun is not None)

    def _burn_ripe(self, now: int) -> list[int]:
        told = self._catch_up()
        with self._database.read() as connection:
            olds = self._olds(told, epoch.used(connection))
        _refuse_used(olds)
        ripe = [one.number for one in olds if one.from_ms is not None and one.from_ms <= now]
        if ripe:
            self._writer.run(partial(self._burn, numbers=ripe))
        return ripe

    def _burn(self, tx: Transaction, numbers: list[int]) -> None:
        """Burn under the write lock: whoever stores next looks at the ring and finds the epoch gone."""
        if epoch.is_used(tx, numbers):
            used = epoch.used(tx)
            _refuse_used([Old(number, used.get(number, 0), None) for number in numbers])
        unlock.burn(self._path, self._copy, numbers)
        for number in numbers:
            _say(tx, BURNED, number)

    def _olds(self, told: Told, used: Mapping[int, int]) -> list[Old]:
        numbers = [one.number for one in self._ring.epochs]
        return [
            Old(number, used.get(number, 0), self._ripe(told, number)) for number in numbers[:-1]
        ]

    def _ripe(self, told: Told, number: int) -> int | None:
        """When everything had moved on from an epoch, plus the window."""
        moved = [at for to, at in told.rotated.items() if to > number]
        return min(moved) + self._window if moved else None

    def _move(self, newest: int, watch: Watch) -> int:
        with self._database.read() as connection:
            used = epoch.used(connection)
        done, all_ = 0, sum(used.values()) - used.get(newest, 0)
        after: int | None = None
        of_pass = 0
        while True:
            watch(done, max(all_, done))
            step, finished = self._writer.run(
                partial(self._step, newest=newest, after=-1 if after is None else after)
            )
            done, of_pass, after = done + step.moved, of_pass + step.moved, step.last
            if finished:
                watch(done, done)
                return done
            if after is None:
                # The end, and something is left: what came meanwhile is moved by going through once more.
                if of_pass == 0:
                    raise errors.Broken(
                        "Some keys do not open, so they stay under their old epoch.",
                        "Run `uphold journal verify` to see which, then this command again.",
                    )
                of_pass = 0

    def _step(self, tx: Transaction, newest: int, after: int) -> tuple[epoch.Step, bool]:
        """Move some keys; with the last of them say so, in the same transaction."""
        step = epoch.move(tx, self._ring, newest, after)
        finished = step.last is None and not epoch.is_left(tx, newest)
        if finished:
            _say(tx, ROTATED, newest)
        return step, finished

    def _catch_up(self) -> Told:
        """Make the copy the same as the ring, then journal what was done to the ring and not said.

        Raises `errors.Broken` before anything is touched if the ring lacks an epoch that it should hold.
        """
        with self._database.read() as connection:
            told = _told(self._log, connection)
            used = epoch.used(connection)
        held = {one.number for one in self._ring.epochs}
        made = sorted(held - set(told.created))
        gone = sorted(set(told.created) - held - set(told.burned))
        # An older ring in the place of the newest: another key would get the number of one in use, and the
        # copy, which may be the last to hold that one, would be written over.
        if any(number > max(held) or used.get(number) for number in gone):
            raise errors.Broken(
                f"The key ring lacks epoch {gone[-1]}, which the journal says was made and not burned.",
                "Put the newest key ring back; its copy, if there is one, may be it.",
            )
        if self._copy is not None:
            unlock.copy(self._path, self._copy)
        if not made and not gone:
            return told
        self._writer.run(partial(_say_all, made=made, gone=gone))
        with self._database.read() as connection:
            return _told(self._log, connection)


def is_copied(settings: Settings) -> bool:
    """Tell whether the key ring has a copy that is the same as it; raises as loading the ring does."""
    keys = settings.keys
    return bool(keys.copy) and unlock.is_copied(settings.path(keys.ring), settings.path(keys.copy))


def _told(log: Log, connection: Connection) -> Told:
    """Read what the journal says of keys, from its beginning: rotations are rare, so nothing is kept of it."""
    found: dict[str, dict[int, int]] = {CREATED: {}, ROTATED: {}, BURNED: {}}
    for _, raw in log.entries(connection):
        if raw.startswith(_OF_KEYS):
            one = entry.decode(raw)
            if one.kind in found:
                found[one.kind].setdefault(int(one.codes["epoch"]), one.at_ms)
    return Told(found[CREATED], found[ROTATED], found[BURNED])


def _say_all(tx: Transaction, made: list[int], gone: list[int]) -> None:
    for number in made:
        _say(tx, CREATED, number)
    for number in gone:
        _say(tx, BURNED, number)


def _say(tx: Transaction, kind: str, number: int) -> None:
    tx.append(entry.encode(kind, tx.now, entry.salt(), {"epoch": number}))


def _refuse_used(olds: list[Old]) -> None:
    for one in olds:
        if one.used:
            raise errors.Conflict(
                f"Epoch {one.number} is still in use: {one.used} part(s) are wrapped under it.",
                "Move them first: uphold keys rotate DIR",
            )


def _now(writer: Writer) -> int:
    """Ask for the time that the journal goes by."""
    return writer.run(lambda tx: tx.now)


def _nobody(_done: int, _all: int) -> None:
    """Watch nothing."""

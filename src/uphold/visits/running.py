# SPDX-License-Identifier: Apache-2.0
"""Which processes take visits, so that one that was killed is noticed: what it had in memory is lost.

Each holds a lock on a file of its own in the folder `running` of the statistics' store, whose time of change is
the last flush. The lock ends with the process, however that ends; the file goes only after a good end.
Processes on another machine are told apart only where the file system carries locks over.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from uphold import errors
from uphold.database.transaction import Transaction
from uphold.journal import entry

FOLDER = "running"
# Of a file that nobody holds a lock on yet.
_NEW = ".new"


class Running:
    """One process among those that take visits."""

    def __init__(self, store: Path) -> None:
        """Touch nothing yet; `store` is the statistics' folder."""
        self._folder = store / FOLDER
        self._handle: int | None = None
        self._path = self._folder / f"{os.getpid()}-{secrets.token_hex(8)}"

    @property
    def is_begun(self) -> bool:
        """Whether this process says that it takes visits."""
        return self._handle is not None

    def begin(self) -> None:
        """Say that this process takes visits; again is as once. Raises `errors.Unavailable`."""
        if self._handle is not None:
            return
        with _trouble(self._folder):
            # One by one: of the parents that it makes too, `mkdir` takes no mode.
            self._folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.mkdir(mode=0o700, exist_ok=True)
            # Under its own name only once it is locked: another process would take it for that of a dead one.
            new = self._path.with_suffix(_NEW)
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(handle, fcntl.LOCK_EX)
            new.rename(self._path)
            self._handle = handle

    def alive(self) -> None:
        """Say that everything up to now is stored."""
        if self._handle is not None:
            with suppress(OSError):
                os.utime(self._handle)

    def end(self, *, is_whole: bool) -> None:
        """Stop; unless everything is stored the next process finds that it is not."""
        if self._handle is not None:
            with suppress(OSError):
                if is_whole:
                    self._path.unlink()
            os.close(self._handle)
            self._handle = None

    @contextmanager
    def dead(self) -> Iterator[dict[Path, int]]:
        """Give the files of processes that ended otherwise, with the second (unix) of their last flush.

        Until the end of the `with` no other process is given the same: one tells of each.
        """
        found: dict[Path, int] = {}
        with ExitStack() as held:
            with _trouble(self._folder):
                paths = sorted(self._folder.iterdir()) if self._folder.is_dir() else []
                for path in paths:
                    is_other = path != self._path and path.suffix != _NEW
                    handle = _claimed(path) if is_other else None
                    if handle is not None:
                        held.callback(os.close, handle)
                        found[path] = int(os.fstat(handle).st_mtime)
            yield found


def note(tx: Transaction, dead: dict[Path, int]) -> None:
    """Journal for each process that was killed between which seconds visits may be missing."""
    until = tx.now // 1000
    for last in dead.values():
        codes = {"since": min(last, until), "until": until}
        tx.append(entry.encode("visits.interrupted", tx.now, entry.salt(), codes))


def forget(dead: dict[Path, int]) -> None:
    """Remove the files of processes that the journal knows of now."""
    for path in dead:
        with suppress(OSError):
            path.unlink()


def _claimed(path: Path) -> int | None:
    """Open and lock the file of a process that is no more; None while it lives, or once another tells of it."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_told = os.fstat(handle).st_nlink == 0
    except BlockingIOError:
        is_told = True
    if is_told:
        os.close(handle)
    return None if is_told else handle


@contextmanager
def _trouble(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise errors.Unavailable(
            f"The folder {folder} cannot be used ({error.strerror}).",
            "See that the folder of [visits] store has room and belongs to the one who serves.",
        ) from None

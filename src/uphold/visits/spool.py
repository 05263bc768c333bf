# SPDX-License-Identifier: Apache-2.0
"""Append depersonalised events to the open files of their days, durable on return.

Each process writes files of its own, so writers share nothing and lock nothing. What is nobody's goes to another file
than what visitors did: lines stand in the order in which they came, and beside a visitor's an opinion would be theirs.
A file that a crash cut
short ends in half a line, which `compact` leaves out.
"""

import contextlib
import os
import secrets
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Self

from uphold import errors
from uphold.visits import layout

SUFFIX = ".csv"
_Place = tuple[date, bool]


class Spool:
    """The open files of one process. For one thread at a time; a context manager that closes them."""

    def __init__(self, store: layout.Store) -> None:
        self._store = store
        # By day, and whether the events are nobody's.
        self._open: dict[_Place, int] = {}

    def append(self, events: Iterable[tuple[date, layout.Event]]) -> int:
        """Append each event to its day; return how many came too late, as their day is closed.

        Raises `errors.Unavailable` when they cannot be written: the events of that day and of those after
        it are then not in the store, and may be given again.
        """
        late = 0
        for place, happened in sorted(_by_place(events).items()):
            if self._store.is_closed(place[0]):
                late += len(happened)
            else:
                self._append(place, layout.lines(happened).encode())
        return late

    def close(self) -> None:
        """Close the files. A later append opens new ones."""
        while self._open:
            os.close(self._open.popitem()[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _append(self, place: _Place, raw: bytes) -> None:
        try:
            handle = self._open.get(place)
            if handle is None:
                handle = self._fresh(place)
            _write(handle, raw)
        except OSError as error:
            raise errors.Unavailable(
                f"The statistics' store cannot be written to ({error.strerror}).",
                "See that the folder of [visits] store has room and belongs to the one who serves.",
            ) from None

    def _fresh(self, place: _Place) -> int:
        for earlier in [known for known in self._open if known[0] < place[0]]:
            os.close(self._open.pop(earlier))
        folder = self._store.open_folder(place[0])
        # One by one: of the parents that it makes too, `mkdir` takes no mode.
        self._store.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for made in (folder.parent, folder):
            made.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{os.getpid()}-{secrets.token_hex(8)}{SUFFIX}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        handle = os.open(path, flags, 0o600)
        self._open[place] = handle
        for made in (folder, folder.parent, self._store.folder):
            sync(made)
        return handle


def files(folder: Path) -> list[Path]:
    """List the open files in the folder of a day; what else lies there is none of them."""
    return sorted(path for path in folder.glob(f"*{SUFFIX}") if path.is_file())


def sync(folder: Path) -> None:
    """Make the names in a folder durable (fsync(2): a folder needs an fsync of its own)."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _by_place(events: Iterable[tuple[date, layout.Event]]) -> dict[_Place, list[layout.Event]]:
    found: dict[_Place, list[layout.Event]] = {}
    for day, event in events:
        found.setdefault((day, event.visitor == layout.NOBODY), []).append(event)
    return found


def _write(handle: int, raw: bytes) -> None:
    """Write all or nothing: what a full disk took of it is cut off again, or it would be counted twice."""
    before = os.fstat(handle).st_size
    try:
        left = memoryview(raw)
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(handle, before)
        raise

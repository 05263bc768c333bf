# SPDX-License-Identifier: Apache-2.0
"""Append depersonalised events to the open files of their days, durable on return.

Each process writes files of its own, so writers share nothing and lock nothing. A file that a crash cut
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


class Spool:
    """The open files of one process. For one thread at a time; a context manager that closes them."""

    def __init__(self, store: layout.Store) -> None:
        self._store = store
        self._open: dict[date, int] = {}

    def append(self, events: Iterable[tuple[date, layout.Event]]) -> int:
        """Append each event to its day; return how many came too late, as their day is closed.

        Raises `errors.Unavailable` when they cannot be written: the events of that day and of those after
        it are then not in the store, and may be given again.
        """
        late = 0
        for day, happened in sorted(_by_day(events).items()):
            if self._store.is_closed(day):
                late += len(happened)
            else:
                self._append(day, layout.lines(happened).encode())
        return late

    def close(self) -> None:
        """Close the files. A later append opens new ones."""
        while self._open:
            os.close(self._open.popitem()[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _append(self, day: date, raw: bytes) -> None:
        try:
            handle = self._open.get(day)
            if handle is None:
                handle = self._fresh(day)
            _write(handle, raw)
        except OSError as error:
            raise errors.Unavailable(
                f"The statistics' store cannot be written to ({error.strerror}).",
                "See that the folder of [visits] store has room and belongs to the one who serves.",
            ) from None

    def _fresh(self, day: date) -> int:
        for earlier in [known for known in self._open if known < day]:
            os.close(self._open.pop(earlier))
        folder = self._store.open_folder(day)
        # One by one: of the parents that it makes too, `mkdir` takes no mode.
        self._store.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for place in (folder.parent, folder):
            place.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{os.getpid()}-{secrets.token_hex(8)}{SUFFIX}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        handle = os.open(path, flags, 0o600)
        self._open[day] = handle
        for place in (folder, folder.parent, self._store.folder):
            sync(place)
        return handle


def sync(folder: Path) -> None:
    """Make the names in a folder durable (fsync(2): a folder needs an fsync of its own)."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _by_day(events: Iterable[tuple[date, layout.Event]]) -> dict[date, list[layout.Event]]:
    found: dict[date, list[layout.Event]] = {}
    for day, event in events:
        found.setdefault(day, []).append(event)
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

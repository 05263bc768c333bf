# SPDX-License-Identifier: Apache-2.0
"""Turns at the write lock of a SQLite file, over all processes: nobody who waits is overtaken for ever.

SQLite lets whoever waits ask again, later each time (sqlite.org/c3ref/busy_timeout.html). A process that writes without
a pause, as when keys are rotated, has begun its next transaction by then, and a site that is served beside it would
never write. So whoever wants the lock takes the turn first and passes it on with the lock in hand; who comes back at
once stands behind whoever waits.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_FIRST_PAUSE, _LONGEST_PAUSE = 0.0005, 0.01


@contextmanager
def taken(database: Path, patience: float) -> Iterator[None]:
    """Keep the turn of a database meanwhile; goes on without where it cannot be had in `patience` seconds.

    It is a courtesy and no lock: where the file system knows none, SQLite's own lock still keeps writers apart.
    """
    handle = -1
    with suppress(OSError):
        # The log, which SQLite locks nothing of: to close another of its files would end all its locks in this process.
        handle = os.open(f"{database}-wal", os.O_RDONLY | os.O_CLOEXEC)
        wait(handle, patience)
    try:
        yield
    finally:
        if handle >= 0:
            os.close(handle)


def wait(handle: int, patience: float) -> bool:
    """Lock an open file or folder for its process alone (flock(2)); False when others had it for all of `patience`."""
    until, pause = time.monotonic() + patience, _FIRST_PAUSE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        else:
            return True

# SPDX-License-Identifier: Apache-2.0
"""Whether anybody committed, asked many times a second: what looks again and again need not look at what was seen.

A look at a site that nobody visits costs a millisecond of the processor, this a hundredth of it. Where many sites
share a machine, the looks are most of what it does.
"""

import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pysqlite3.dbapi2 as sqlite

Mark = tuple[int, int]
"""How often the file was opened, and its state as that opening counts it: another one counts anew."""


class Commits:
    """Follows the commits of all processes into one file of SQLite. Any thread may ask."""

    def __init__(self, path: Path) -> None:
        """Open nothing yet."""
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite.Connection | None = None
        self._inode = self._opened = 0

    def mark(self) -> Mark | None:
        """Return what is another value once anybody committed; None where it cannot be told."""
        with self._lock:
            try:
                inode = self._path.stat().st_ino
                if self._connection is None or inode != self._inode:
                    self._open(inode)
                return self._opened, self._version()
            except (OSError, sqlite.Error):
                self._close()
                return None

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._close()

    def _open(self, inode: int) -> None:
        self._close()
        uri = f"file:{quote(str(self._path))}?mode=ro"
        self._connection = sqlite.connect(uri, uri=True, timeout=0, check_same_thread=False)
        self._inode = inode
        self._opened += 1

    def _version(self) -> int:
        """Ask SQLite for its count of what other connections committed (sqlite.org/pragma.html#pragma_data_version)."""
        if self._connection is None:
            raise sqlite.ProgrammingError
        # The rows of a PRAGMA are read to their end, so that no state of the file is held.
        ((version,),) = self._connection.execute("PRAGMA data_version").fetchall()
        return int(version)

    def _close(self) -> None:
        if self._connection is not None:
            with suppress(sqlite.Error):
                self._connection.close()
            self._connection = None

# SPDX-License-Identifier: Apache-2.0
"""The head file: the last signed head this host knows to be durable, kept beside the key ring.

It outlives a database that is put back to an earlier state: a journal shorter than the head file, or
with another root at its size, must not be signed on. The file is written after COMMIT, at most once a
second, so it may lag the database and never leads it.
"""

import logging
import os
import tempfile
import threading
import time
from pathlib import Path

from uphold.errors import Invalid, Unavailable
from uphold.journal import checkpoint, note

INTERVAL = 1.0
_LOG = logging.getLogger(__name__)


class HeadFile:
    """The head file at `path`. Safe to offer to from the writer's thread while another flushes."""

    def __init__(self, path: Path, interval: float = INTERVAL) -> None:
        self.path = path
        self._interval = interval
        self._lock = threading.Lock()
        self._waiting: bytes | None = None
        self._written_at = -interval

    def read(self) -> bytes | None:
        """Return the signed note in the file, None when there is no file. Raises Unavailable."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable(
                "The journal's head file cannot be read.", f"Check the rights of {self.path.name}."
            ) from error

    def offer(self, signed: bytes) -> None:
        """Take a durable head, and write it unless the file was written within the last interval.

        Never raises: the commit is already durable, and what waits is written with the next offer.
        """
        with self._lock:
            self._waiting = signed
            if time.monotonic() - self._written_at >= self._interval:
                try:
                    self._write()
                except OSError as error:
                    _LOG.warning("The journal's head file cannot be written: %s", error.strerror)

    def flush(self) -> None:
        """Write what waits. Raises Unavailable when it cannot be written."""
        with self._lock:
            try:
                self._write()
            except OSError as error:
                raise Unavailable(
                    "The journal's head file cannot be written.",
                    "Check the disk and the folder's rights.",
                ) from error

    def _write(self) -> None:
        """Write what waits; it goes on waiting when that fails."""
        if self._waiting is None:
            return
        self._written_at = time.monotonic()
        if self._is_news(self._waiting):
            _replace(self.path, self._waiting)
        self._waiting = None

    def _is_news(self, signed: bytes) -> bool:
        """Another process of this host may have written a later head; then ours would step back."""
        try:
            return _size(self.path.read_bytes()) < _size(signed)
        except (FileNotFoundError, Invalid):
            return True


def _size(signed: bytes) -> int:
    return checkpoint.parse(note.parse(signed).text).size


def _replace(path: Path, raw: bytes) -> None:
    """Put `raw` at `path` so that a crash leaves either the old file or the new one, never a part."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    # The rename is durable only when the folder that holds the name is.
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

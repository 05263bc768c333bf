# SPDX-License-Identifier: Apache-2.0
"""The only door to the key ring's file: it is made here, once and on purpose, and loaded here.

Whoever reads the file can open everything; who has only the database can open nothing. It belongs outside
`data/` and outside every backup of it.
"""

import os
import secrets
import stat
from pathlib import Path

from uphold import errors
from uphold.vault import keys
from uphold.vault.keys import KeyRing

__all__ = ["KeyRing", "create", "load"]

MODE = 0o600
LARGEST_FILE = 1 << 20
DESTROYED = "destroyed"
"""The name of the file that lists destroyed parts, beside the key ring unless another place is named."""


def create(
    path: Path, now: int, random: keys.Random = os.urandom, destroyed: Path | None = None
) -> KeyRing:
    """Make a new key ring at `path` (mode 0600), durable on return. `now` is unix milliseconds.

    Raises `errors.Conflict` if there is one already, whatever it is: replacing it would destroy the data
    it opens. Raises `errors.Missing` if the folder does not exist.
    """
    raw = keys.generate(now, random)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
    try:
        _write(fresh, raw)
        try:
            # A link appears whole or not at all, and never in place of what is there.
            os.link(fresh, path)
        finally:
            fresh.unlink()
        _sync_folder(path.parent)
    except FileExistsError:
        raise errors.Conflict(
            f"{path} exists.",
            "Keep it: a new key ring could not open what is sealed under this one.",
        ) from None
    except FileNotFoundError:
        raise errors.Missing(
            f"There is no folder {path.parent}.", f"Make it first: mkdir -m 700 {path.parent}"
        ) from None
    return _parsed(path, raw, destroyed)


def load(path: Path, destroyed: Path | None = None) -> KeyRing:
    """Read, check and return the key ring at `path`. `destroyed` lists the parts that its site destroys.

    Raises `errors.Missing` if there is none, `errors.Broken` if others may read it or if it is damaged.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise errors.Missing(
            f"There is no key ring at {path}.",
            "Put yours there; a new site gets one when its policy is published first.",
        ) from None
    except OSError as error:
        raise errors.Broken(
            f"The key ring {path} cannot be read ({error.strerror}).",
            "Give the file to the user that Uphold runs as.",
        ) from None
    try:
        _check_file(path, os.fstat(handle))
        return _parsed(path, os.read(handle, LARGEST_FILE), destroyed)
    finally:
        os.close(handle)


def _parsed(path: Path, raw: bytes, destroyed: Path | None) -> KeyRing:
    ring = keys.parse(raw)
    # Never none: what is destroyed under a ring that has a file stands in a file too.
    ring.destroyed = destroyed or path.with_name(DESTROYED)
    return ring


def _check_file(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise errors.Broken(f"The key ring {path} is not a file.", "Name the key ring's file.")
    if status.st_mode & 0o077:
        raise errors.Broken(
            f"Others on this machine may use the key ring {path} (mode {status.st_mode & 0o777:04o}).",
            f"Run: chmod 600 {path}",
        )


def _write(path: Path, raw: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(handle)


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

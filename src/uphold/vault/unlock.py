# SPDX-License-Identifier: Apache-2.0
"""The only door to the key ring's file: it is made, loaded, given another epoch and rid of old ones here.

A change is a new file in the place of the old one, which is wiped where nobody else holds on to it; a crash
leaves one or the other. What is left of a broken-off change beside it is wiped by the next one.

Whoever reads the file can open everything; who has only the database can open nothing. It belongs outside
`data/` and outside every backup of it.
"""

import hashlib
import os
import secrets
import stat
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from uphold import errors
from uphold.database import turn
from uphold.vault import keys
from uphold.vault.keys import KeyRing

__all__ = [
    "Busy",
    "KeyRing",
    "alone",
    "burn",
    "copy",
    "create",
    "extend",
    "is_copied",
    "load",
    "mark",
]

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
    raw, status = _read(path)
    ring = _parsed(path, raw, destroyed)
    ring.look = _follow(path, status)
    return ring


class Busy(errors.Conflict):
    """Somebody else is changing the keys of this site."""


@contextmanager
def alone(path: Path, patience: float = 0.0) -> Iterator[None]:
    """Be the only one that changes the key ring at `path`; `Busy` when another was at it for all of `patience` (s)."""
    handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if not turn.wait(handle, patience):
            raise Busy(
                "Another command is changing the keys of this site.",
                "Let it finish, then try again.",
            )
        yield
    finally:
        os.close(handle)


def extend(path: Path, second: Path | None, now: int, random: keys.Random = os.urandom) -> int:
    """Add an epoch to the key ring and its copy, durable on return; returns its number. Call it `alone`.

    The copy first: nothing is ever wrapped under a key that stands in one place where two were asked for.
    Raises `errors.Unavailable` when a file cannot be written, and what `load` raises.
    """
    fresh = keys.extend(_read(path)[0], now, random)
    _put(path, second, fresh)
    return keys.parse(fresh).newest.number


def burn(path: Path, second: Path | None, numbers: Collection[int]) -> None:
    """Take epochs out of the key ring and its copy for good, durable on return. Call it `alone`.

    What is wrapped under them can be opened by nobody any more. Raises as `extend`, `errors.Conflict` for
    the newest.
    """
    _put(path, second, keys.without(_read(path)[0], numbers))


def copy(path: Path, second: Path) -> None:
    """Make the key ring's copy the same as the key ring; raises as `extend`."""
    if not is_copied(path, second):
        _replace(second, _read(path)[0])


def is_copied(path: Path, second: Path) -> bool:
    """Tell whether the copy is the same as the key ring."""
    try:
        return secrets.compare_digest(_read(path)[0], _read(second)[0])
    except (errors.Missing, errors.Broken):
        return False


def mark(path: Path) -> str:
    """Say which file the key ring at `path` is: the same on every machine that shares it, another for each copy.

    Empty while it is away. A change of the ring changes it.
    """
    try:
        status = path.stat()
    except OSError:
        return ""
    return hashlib.sha256(b"%d %d" % (status.st_ino, status.st_ctime_ns)).hexdigest()[:16]


def _read(path: Path) -> tuple[bytes, os.stat_result]:
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
        status = os.fstat(handle)
        _check_file(path, status)
        return os.read(handle, LARGEST_FILE), status
    finally:
        os.close(handle)


def _parsed(path: Path, raw: bytes, destroyed: Path | None) -> KeyRing:
    ring = keys.parse(raw)
    # Never none: what is destroyed under a ring that has a file stands in a file too.
    ring.destroyed = destroyed or path.with_name(DESTROYED)
    return ring


def _follow(path: Path, status: os.stat_result) -> Callable[[], KeyRing | None]:
    """Return what tells the ring's news: the ring as it is in the file, once each time that is another one."""
    seen = _identity(status)

    def look() -> KeyRing | None:
        nonlocal seen
        try:
            if _identity(path.stat()) == seen:
                return None
            raw, changed = _read(path)
            ring = keys.parse(raw)
        except (OSError, errors.UpholdError):
            # A ring that is away, as on a key that was pulled out, leaves what is in memory as it is.
            return None
        seen = _identity(changed)
        return ring

    return look


def _identity(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size


def _check_file(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise errors.Broken(f"The key ring {path} is not a file.", "Name the key ring's file.")
    if status.st_mode & 0o077:
        raise errors.Broken(
            f"Others on this machine may use the key ring {path} (mode {status.st_mode & 0o777:04o}).",
            f"Run: chmod 600 {path}",
        )


def _put(path: Path, second: Path | None, raw: bytes) -> None:
    if second is not None:
        _replace(second, raw)
    _replace(path, raw)


def _replace(path: Path, raw: bytes) -> None:
    """Put a new file in the place of the old one, durable, and wipe the old one."""
    place = path.resolve()
    try:
        for left in place.parent.glob(f".{place.name}.*.new"):
            _wipe_and_unlink(left)
        old = _opened(place)
        try:
            fresh = place.with_name(f".{place.name}.{secrets.token_hex(8)}.new")
            _write(fresh, raw)
            fresh.replace(place)
            _sync_folder(place.parent)
            # A hard link is somebody's own copy, whose other keys they may need.
            if old is not None and os.fstat(old).st_nlink == 0:
                _wipe(old)
        finally:
            if old is not None:
                os.close(old)
    except OSError as error:
        raise errors.Unavailable(
            f"The key ring {path} cannot be written ({error.strerror}).",
            "Check that its folder is there and may be written to, then run the command again.",
        ) from None


def _opened(path: Path) -> int | None:
    try:
        return os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None


def _wipe_and_unlink(path: Path) -> None:
    handle = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        if os.fstat(handle).st_nlink == 1:
            _wipe(handle)
        path.unlink()
    finally:
        os.close(handle)


def _wipe(handle: int) -> None:
    """Overwrite a file: of use where the disk writes in place, of no harm where it does not."""
    os.pwrite(handle, bytes(os.fstat(handle).st_size), 0)
    os.fsync(handle)


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

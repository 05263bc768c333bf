# SPDX-License-Identifier: Apache-2.0
"""The file `destroyed` beside the key ring: which parts may never come back, whatever is restored.

    uphold destroyed v1
    1280
    1281

A part's number means nothing once the vault has forgotten it. The file is only ever added to, and what was
added is durable, with the folder that holds its name, before the transaction that destroys is committed: a
destruction that the journal knows always stands here. The reverse does not hold: where a commit fails after
that, a number stands here of a part that still lives, which somebody had asked to destroy.

Limits: a last line without its end is what a crash left of an addition that nobody was told of, so it counts
for nothing. Anything else that is no number is damage.
"""

import fcntl
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, select

from uphold import errors
from uphold.database.transaction import Transaction
from uphold.vault.tables import vault_destroyed

HEADER = b"uphold destroyed v1"
MODE = 0o600
LARGEST = 2**63 - 1
_LONGEST = len(str(LARGEST))
_TAIL = 4096


def append(path: Path, numbers: Collection[int]) -> None:
    """Add the numbers of parts, durable on return, file and folder; none writes nothing. Twice is as once.

    Safe from several threads and processes at once. Raises `errors.Unavailable` when it cannot be written,
    `errors.Broken` when another file is in its place.
    """
    if numbers:
        _add(path, numbers)


def _add(path: Path, numbers: Collection[int]) -> None:
    lines = b"".join(b"%d\n" % number for number in numbers)
    with _trouble(path), _locked(path) as handle:
        size = _whole(handle)
        if size == 0:
            lines = HEADER + b"\n" + lines
        elif os.pread(handle, len(HEADER) + 1, 0) != HEADER + b"\n":
            raise _damaged(path, 1)
        # What a crash left of a line must not become the beginning of another number.
        os.ftruncate(handle, size)
        _write(handle, lines, size)
        os.fsync(handle)
        _sync_folder(path.parent)


def read(path: Path) -> frozenset[int]:
    """Return the numbers in the file, none where there is no file.

    Raises `errors.Broken` for a line that is no number, `errors.Unavailable` when it cannot be read.
    """
    with _trouble(path):
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return frozenset()
    lines = raw.split(b"\n")
    # Behind the last line's end there is nothing, or what a crash left of a line.
    lines.pop()
    if lines and lines[0] != HEADER:
        raise _damaged(path, 1)
    try:
        found = frozenset(map(int, lines[1:]))
    except ValueError:
        found = frozenset()
    for place, line in enumerate(lines[1:], 2):
        if not _is_number(line):
            raise _damaged(path, place)
    return found


def complete(reader: Connection | Transaction, path: Path) -> int:
    """Add what the database knows to be destroyed and the file does not; returns how many that were.

    A site that destroyed before there was this file, or whose file was lost, has it whole again; one that never
    destroyed anything has one that says so, which is not the same as none.
    """
    known = read(path)
    numbers = reader.execute(select(vault_destroyed.c.number)).scalars()
    missing = [number for number in numbers if number not in known]
    if missing or not path.exists():
        _add(path, missing)
    return len(missing)


def _is_number(line: bytes) -> bool:
    # `int` takes signs, spaces and underscores, which nobody here writes.
    return line.isdigit() and len(line) <= _LONGEST and (line[0] != 0x30 or line == b"0")


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _whole(handle: int) -> int:
    """Return where the last whole line ends."""
    size = os.fstat(handle).st_size
    start = max(0, size - _TAIL)
    return start + os.pread(handle, _TAIL, start).rfind(b"\n") + 1 if size else 0


def _write(handle: int, raw: bytes, at: int) -> None:
    view = memoryview(raw)
    while view:
        done = os.pwrite(handle, view, at)
        view, at = view[done:], at + done


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _trouble(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise errors.Unavailable(
            f"The list of destroyed parts {path} cannot be used ({error.strerror}).",
            "Nothing was destroyed; check the disk and the folder's rights, and try again.",
        ) from None


def _damaged(path: Path, line: int) -> errors.Broken:
    return errors.Broken(
        f"The list of destroyed parts {path} is damaged in line {line}.",
        "Put back your copy of it; without one, move it away: it is made anew from the database.",
    )

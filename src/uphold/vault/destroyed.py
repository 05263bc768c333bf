# SPDX-License-Identifier: Apache-2.0
"""The file `destroyed` beside the key ring: which parts may never come back, whatever is restored.

    uphold destroyed v2
    1281
    2048-261888
    through 52113

A line is the number of a part; or a run, the part of the same ordinal of each record from the first to the last (2048,
2304, 2560 and so on to 261888); or says that whatever the entries of the journal below this one destroyed stands in
the file. A part's number means nothing once the vault has forgotten it.

The file is added to, and what was added is durable, with the folder that holds its name, before the transaction that
destroys is committed: a destruction that the journal knows always stands here. The reverse does not hold: where a
commit fails after that, a number stands here of a part that still lives, which somebody had asked to destroy. When
it has grown to twice what it need be, it is written anew in runs and takes the old one's place: as long as a site
lives, batches of visits end one after another, and all of them together are one line.

Limits: a last line without its end is what a crash left of an addition that nobody was told of, so it counts for
nothing. Anything else that is no such line is damage. Files of version 1, which had numbers alone, are read, and
written anew when something is added.
"""

import fcntl
import os
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Set as AbstractSet
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from sqlalchemy import Connection, select

from uphold import errors
from uphold.database.transaction import Transaction
from uphold.journal import store
from uphold.vault import tables
from uphold.vault.tables import vault_destroyed

HEADER = b"uphold destroyed v2"
FIRST_HEADER = b"uphold destroyed v1"
MODE = 0o600
LARGEST = 2**63 - 1
_TAIL = 4096
# From so many lines on it is worth writing the file anew.
_FEW = 1000
# After so many rows the place is noted up to which they were looked at.
_NOTED = 256
_LINE = re.compile(rb"(0|[1-9][0-9]{0,18})(?:-([1-9][0-9]{0,18}))?|through ([1-9][0-9]{0,18})")

_Runs = Mapping[int, tuple[list[int], list[int]]]
"""By ordinal: the first and the last records of runs that neither touch nor overlap, lowest first."""


class Listed(AbstractSet[int]):
    """The numbers of destroyed parts, kept as runs. `through` is the entry up to which they are known to be all."""

    def __init__(
        self, pairs: Iterable[tuple[int, int]] = (), through: int = 0, lines: int = 0
    ) -> None:
        """Take runs as the numbers of their first and last parts, in any order; `lines` is how many were read."""
        self.runs = _runs(pairs)
        self.through = through
        self.lines = lines

    def __contains__(self, number: object) -> bool:
        """Whether a part is listed."""
        if not isinstance(number, int):
            return False
        record = tables.record_of(number)
        firsts, lasts = self.runs.get(number % tables.ORDINALS, ((), ()))
        at = bisect_right(firsts, record) - 1
        return at >= 0 and record <= lasts[at]

    def __iter__(self) -> Iterator[int]:
        """Yield every number, those of one ordinal together."""
        for first, last in self.pairs():
            yield from range(first, last + 1, tables.ORDINALS)

    def __len__(self) -> int:
        """How many parts are listed."""
        return sum((last - first) // tables.ORDINALS + 1 for first, last in self.pairs())

    @property
    def is_loose(self) -> bool:
        """Whether the file that this was read from has twice as many lines as it need have."""
        return self.lines >= _FEW and self.lines >= 2 * sum(1 for _ in self.pairs())

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield the runs by the numbers of their first and last parts."""
        for ordinal, (firsts, lasts) in self.runs.items():
            for first, last in zip(firsts, lasts, strict=True):
                yield tables.part_number(first, ordinal), tables.part_number(last, ordinal)

    @classmethod
    def _from_iterable(cls, it: Iterable[int]) -> AbstractSet[int]:  # type: ignore[override] # it need not be a list
        return frozenset(it)


def append(path: Path, numbers: Collection[int]) -> None:
    """Add the numbers of parts, durable on return, file and folder; none writes nothing. Twice is as once.

    Of another file's list only the numbers: its place is in that file's journal.

    Safe from several threads and processes at once. Raises `errors.Unavailable` when it cannot be written,
    `errors.Broken` when another file is in its place.
    """
    if numbers:
        _add(path, Listed(numbers.pairs()) if isinstance(numbers, Listed) else _listed(numbers))


def read(path: Path) -> Listed:
    """Return the numbers in the file, none where there is no file.

    Raises `errors.Broken` for a line that is none of ours, `errors.Unavailable` when it cannot be read.
    """
    with _trouble(path):
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return Listed()
    return _parsed(path, raw)


def complete(reader: Connection | Transaction, path: Path) -> int:
    """Add what the database knows to be destroyed and the file does not; returns how many that were.

    A site that destroyed before there was this file, or whose file was lost, has it whole again; one that never
    destroyed anything has one that says so, which is not the same as none. Costs what was destroyed since it was
    done last.
    """
    known = read(path)
    newest = store.last(reader)
    size = 0 if newest is None else newest.size
    query = select(vault_destroyed.c.number)
    is_placed = 0 < known.through <= size
    if is_placed:
        query = query.where(vault_destroyed.c.entry >= known.through)
    looked = 0
    missing = []
    for number in reader.execute(query).scalars():
        looked += 1
        if number not in known:
            missing.append(number)
    is_news = size > 0 and (looked >= _NOTED or not is_placed)
    if missing or is_news or not path.exists():
        _add(path, _listed(missing, size))
    if known.is_loose:
        with _trouble(path), _locked(path) as handle:
            # Somebody may have added to it meanwhile, or done this already.
            _replace(path, _parsed(path, _contents(handle)))
    return len(missing)


def _add(path: Path, added: Listed) -> None:
    with _trouble(path), _locked(path) as handle:
        size = _whole(handle)
        header = os.pread(handle, len(HEADER) + 1, 0) if size else HEADER + b"\n"
        if header == FIRST_HEADER + b"\n":
            known = _parsed(path, _contents(handle))
            both = Listed(chain(known.pairs(), added.pairs()), max(known.through, added.through))
            _replace(path, both)
            return
        if header != HEADER + b"\n":
            raise _damaged(path, 1)
        # What a crash left of a line must not become the beginning of another one.
        os.ftruncate(handle, size)
        _write(handle, (b"" if size else header) + _lines(added), size)
        os.fsync(handle)
        _sync_folder(path.parent)


def _replace(path: Path, known: Listed) -> None:
    """Put a new file in the old one's place, durable before and after; the caller holds the lock of the old one."""
    # One name for all: what a process that was killed left of it is written over by the next.
    fresh = path.with_name(f".{path.name}.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, MODE)
    try:
        _write(handle, HEADER + b"\n" + _lines(known), 0)
        os.fsync(handle)
    finally:
        os.close(handle)
    fresh.replace(path)
    _sync_folder(path.parent)


def _listed(numbers: Iterable[int], through: int = 0) -> Listed:
    return Listed(((number, number) for number in numbers), through)


def _runs(pairs: Iterable[tuple[int, int]]) -> _Runs:
    """Join runs that touch or overlap."""
    by_ordinal: dict[int, list[tuple[int, int]]] = {}
    for first, last in pairs:
        run = tables.record_of(first), tables.record_of(last)
        by_ordinal.setdefault(first % tables.ORDINALS, []).append(run)
    return {ordinal: _joined(sorted(by_ordinal[ordinal])) for ordinal in sorted(by_ordinal)}


def _joined(runs: Iterable[tuple[int, int]]) -> tuple[list[int], list[int]]:
    firsts: list[int] = []
    lasts: list[int] = []
    for first, last in runs:
        if lasts and first <= lasts[-1] + 1:
            lasts[-1] = max(lasts[-1], last)
        else:
            firsts.append(first)
            lasts.append(last)
    return firsts, lasts


def _lines(known: Listed) -> bytes:
    lines = [
        b"%d\n" % first if first == last else b"%d-%d\n" % (first, last)
        for first, last in known.pairs()
    ]
    if known.through:
        lines.append(b"through %d\n" % known.through)
    return b"".join(lines)


def _parsed(path: Path, raw: bytes) -> Listed:
    lines = raw.split(b"\n")
    # Behind the last line's end there is nothing, or what a crash left of a line.
    lines.pop()
    if lines and lines[0] not in (HEADER, FIRST_HEADER):
        raise _damaged(path, 1)
    pairs: list[tuple[int, int]] = []
    through = 0
    for place, line in enumerate(lines[1:], 2):
        found = _LINE.fullmatch(line)
        if found is None:
            raise _damaged(path, place)
        if found[3] is not None:
            through = int(found[3])
            continue
        first = int(found[1])
        last = first if found[2] is None else int(found[2])
        if last > LARGEST or last < first or (last - first) % tables.ORDINALS:
            raise _damaged(path, place)
        pairs.append((first, last))
    return Listed(pairs, through, len(lines))


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    handle = _opened(path)
    try:
        yield handle
    finally:
        os.close(handle)


def _opened(path: Path) -> int:
    """Open the file and lock it: the one that has its name once the lock is there."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        except FileNotFoundError:
            pass
        except BaseException:
            os.close(handle)
            raise
        # Another one took its place while the lock was waited for.
        os.close(handle)


def _contents(handle: int) -> bytes:
    size = os.fstat(handle).st_size
    chunks = []
    at = 0
    while at < size and (chunk := os.pread(handle, size - at, at)):
        chunks.append(chunk)
        at += len(chunk)
    return b"".join(chunks)


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

# SPDX-License-Identifier: Apache-2.0
"""Does a process grow? Memory, open files and threads, looked at between equal moments, with a robust slope.

The moments are equal where the load rests: what is under way at any other counts as growth and is none. The
slope is the median of the slopes between all pairs (Theil and Sen), which a few odd moments do not move; it is
taken when the process has warmed up, since its caches and pools are filled by then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import median

# Fewer moments than this say nothing.
FEWEST = 6
# So many of them show how a life went.
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Moment:
    """What a process holds at rest; `at` in seconds of its life, memory in KiB, `done` requests so far."""

    at: float
    memory: int
    files: int
    threads: int
    done: int


@dataclass(frozen=True, slots=True)
class Growth:
    """How a process grew while it lived: memory by the minute and by the request, the rest from first to last."""

    seconds: float
    moments: int
    requests: int
    first_kib: int
    last_kib: int
    kib_per_minute: float
    bytes_per_request: float
    files: tuple[int, int]
    threads: tuple[int, int]
    way: tuple[Moment, ...] = ()
    """Some of its moments, from its start to its end, also those before it had warmed up."""


def look(pid: int, at: float, done: int) -> Moment:
    """Look at a process (proc(5)). Raises `OSError` where it has ended."""
    folder = Path("/proc") / str(pid)
    rollup = (folder / "smaps_rollup").read_text().splitlines()
    memory = next(int(line.split()[1]) for line in rollup if line.startswith("Private_Dirty:"))
    status = (folder / "status").read_text().splitlines()
    threads = next(int(line.split()[1]) for line in status if line.startswith("Threads:"))
    files = sum(1 for _ in (folder / "fd").iterdir())
    return Moment(at, memory, files, threads, done)


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The median of the slopes between all pairs of points; 0 where there are none."""
    found = [(y - b) / (x - a) for (a, b), (x, y) in combinations(points, 2) if x != a]
    return median(found) if found else 0.0


def growth(moments: Sequence[Moment], warm: float) -> Growth | None:
    """How a process grew after `warm` seconds of its life; None where that is too little to tell."""
    told = [one for one in moments if one.at >= warm]
    if len(told) < FEWEST:
        return None
    first, last = told[0], told[-1]
    third = max(len(told) // 3, 1)
    by_minute = slope([(one.at / 60, float(one.memory)) for one in told])
    by_request = slope([(float(one.done), one.memory * 1024.0) for one in told])
    return Growth(
        seconds=last.at - first.at,
        moments=len(told),
        requests=last.done - first.done,
        first_kib=round(median(one.memory for one in told[:third])),
        last_kib=round(median(one.memory for one in told[-third:])),
        kib_per_minute=by_minute,
        bytes_per_request=by_request,
        files=_ends([one.files for one in told]),
        threads=_ends([one.threads for one in told]),
        way=tuple(moments[round(step * (len(moments) - 1) / (SHOWN - 1))] for step in range(SHOWN)),
    )


def _ends(found: Sequence[int]) -> tuple[int, int]:
    third = max(len(found) // 3, 1)
    return round(median(found[:third])), round(median(found[-third:]))


def faults(grown: Growth, kib_per_minute: float, more: int) -> list[str]:
    """Say what grew beyond what is allowed: memory by the minute, files and threads by `more`."""
    found = []
    if grown.kib_per_minute > kib_per_minute:
        found.append(
            f"memory grows by {grown.kib_per_minute:.0f} KiB a minute "
            f"({grown.bytes_per_request:.0f} bytes a request)"
        )
    for name, (first, last) in (("open files", grown.files), ("threads", grown.threads)):
        if last - first > more:
            found.append(f"{name} grow from {first} to {last}")
    return found

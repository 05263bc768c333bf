# SPDX-License-Identifier: Apache-2.0
"""What a process tree costs, read from /proc (proc(5)): CPU time and proportional memory."""

import os
import resource
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Stat(NamedTuple):
    """The fields of /proc/PID/stat that matter here; times in clock ticks."""

    pid: int
    parent: int
    ticks: int
    """User and system time of the process and of its children that were waited for."""


def parse_stat(text: str) -> Stat:
    """Parse one /proc/PID/stat line; the command may hold spaces and parentheses."""
    before, _, after = text.rpartition(")")
    fields = after.split()
    # proc(5) counts from 1 and `after` begins with field 3: parent is 4, times are 14 to 17.
    return Stat(int(before.split(" ", 1)[0]), int(fields[1]), sum(map(int, fields[11:15])))


def times(pid: int) -> tuple[int, int]:
    """Return user and system time of one living process so far, in clock ticks, without its children's."""
    after = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return int(after[11]), int(after[12])


def parse_pss(text: str) -> int:
    """Return the Pss line of /proc/PID/smaps_rollup in bytes; 0 when there is none."""
    for line in text.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def tree(roots: Iterable[int], parents: Mapping[int, int]) -> set[int]:
    """Return the roots that exist and all their descendants, given each process's parent."""
    children: dict[int, list[int]] = {}
    for pid, parent in parents.items():
        children.setdefault(parent, []).append(pid)
    found: set[int] = set()
    waiting = [pid for pid in roots if pid in parents]
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting.extend(children.get(pid, ()))
    return found


def stats() -> dict[int, Stat]:
    """Read the stat line of every process that exists now."""
    found: dict[int, Stat] = {}
    for folder in PROC.iterdir():
        if folder.name.isdecimal():
            try:
                found[int(folder.name)] = parse_stat((folder / "stat").read_text())
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended between the listing and the reading
    return found


def cpu_seconds(roots: Iterable[int]) -> float:
    """Return user and system seconds used so far by the trees under the roots.

    Children that ended are included once their parent has waited for them.
    """
    now = stats()
    members = tree(roots, {pid: stat.parent for pid, stat in now.items()})
    return sum(now[pid].ticks for pid in members) / TICKS_PER_SECOND


def of_children() -> float:
    """Return user and system seconds of all children of this process that it has waited for, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def pss_bytes(roots: Iterable[int]) -> int:
    """Return the proportional set size of the trees under the roots in bytes."""
    now = stats()
    total = 0
    for pid in tree(roots, {pid: stat.parent for pid, stat in now.items()}):
        try:
            total += parse_pss((PROC / str(pid) / "smaps_rollup").read_text())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def parse_written(text: str) -> int:
    """Return the line `write_bytes` of /proc/PID/io; 0 when there is none."""
    for line in text.splitlines():
        if line.startswith("write_bytes:"):
            return int(line.split()[1])
    return 0


def written_bytes(roots: Iterable[int]) -> int:
    """Return what the trees under the roots have had written to disk; processes that ended are not counted."""
    now = stats()
    total = 0
    for pid in tree(roots, {pid: stat.parent for pid, stat in now.items()}):
        try:
            total += parse_written((PROC / str(pid) / "io").read_text())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total

# SPDX-License-Identifier: Apache-2.0
"""What goes through a whole site, as the command that people run: how long, how much of a processor, how much memory.

audit      uphold journal verify       everything stored against the journal
backup     uphold backup               into one encrypted file
restore    uphold restore              out of it, audited, on an empty place
rotate     uphold keys rotate          every key under a new one
walk       the sweep's daily look at every record, with nothing due
prove      uphold prove                every probe once
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bench import process, uphold_site
from uphold import app as wiring, config
from uphold.retention import due

_BACKUP = b"\n[backup]\n"
_LARGEST = re.compile(r"VmHWM:\s+(\d+) kB")
_LOOK_SECONDS = 0.02
_RECIPIENT = re.compile("age1[0-9a-z]+")


def audit(root: Path) -> list[str]:
    """The command that audits a site."""
    return ["journal", "verify", str(root)]


def backup(root: Path) -> list[str]:
    """The command that backs a site up; makes its recipient first."""
    identity, made = root / "offline-identity", root / "measured.backup"
    made.unlink(missing_ok=True)
    if _BACKUP not in (root / config.FILE).read_bytes():
        identity.unlink(missing_ok=True)
        said = uphold_site.uphold("backup", "--new-recipient", str(identity))
        recipient = _RECIPIENT.search(said)
        if recipient is None:
            raise process.Failed("no recipient was made for backups")
        with (root / config.FILE).open("ab") as file:
            file.write(_BACKUP + f'recipient = "{recipient[0]}"\n'.encode())
    return ["backup", str(root), "--to", str(made)]


def restore(root: Path) -> list[str]:
    """The command that restores the backup just made."""
    named = [
        "--identity",
        str(root / "offline-identity"),
        "--keys",
        str(config.load(root).path(config.load(root).keys.ring)),
    ]
    to = root.with_name(f"{root.name}.restored")
    return ["restore", str(root / "measured.backup"), "--to", str(to), *named]


def rotate(root: Path) -> list[str]:
    """The command that rotates the keys."""
    return ["keys", "rotate", str(root)]


def prove(root: Path) -> list[str]:
    """The command that lets every probe run; what it cannot show on a bare site is no fault here."""
    return ["prove", str(root)]


def walk(root: Path) -> None:
    """Sweep as once a day, when every record is looked at."""
    with closing(wiring.open_site(config.load(root))) as app:
        app.writer.run(lambda tx: due.keep(tx, walked_at=0))
        if app.sweep().run() is None:
            raise process.Failed("another process sweeps")


WORKS: Mapping[str, Callable[[Path], list[str] | None]] = MappingProxyType(
    {
        "audit": audit,
        "backup": backup,
        "restore": restore,
        "rotate": rotate,
        "walk": walk,
        "prove": prove,
    }
)
_MAY_FAIL = frozenset({"prove"})


def run(
    sites: Mapping[int, Path], names: Sequence[str], *, say: Callable[[str], None]
) -> Iterator[dict[str, Any]]:
    """Do each work on each site once, smallest first; yields a row as soon as it is there."""
    for name in names:
        for size, root in sorted(sites.items()):
            one = {"operation": name, "submissions": size, **measured(name, root)}
            say(
                f"{name} of {size}: {one['wall_s']:.1f} s, {one['cpu_s']:.1f} s of CPU, {one['memory_mb']} MB"
            )
            yield one


def measured(name: str, root: Path) -> dict[str, Any]:
    """Run one work in a process of its own; raises `process.Failed` when it fails."""
    if name == "walk":
        command = [sys.executable, "-m", "bench.growth_whole", str(root)]
    else:
        command = [*uphold_site.PROGRAM, *(WORKS[name](root) or ())]
    started = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        memory, used = _waited(child)
        wall = time.perf_counter() - started
        said.seek(0)
        text = said.read().decode(errors="replace")
    if child.returncode and name not in _MAY_FAIL:
        raise process.Failed(f"{name} of {root.name} failed:\n{text[-800:]}")
    return {
        "wall_s": round(wall, 3),
        "cpu_s": round(used, 3),
        "memory_mb": round(memory / 1024),
        "bytes": (root / "data" / "uphold.sqlite").stat().st_size,
    }


def _waited(child: "subprocess.Popen[bytes]") -> tuple[int, float]:
    """Wait for a process; returns its largest resident size in KiB, looked at again and again, and its CPU seconds.

    Not what `wait4` says of memory: that begins with what this process had when the other was made of it.
    """
    memory = 0
    while True:
        pid, status, used = os.wait4(child.pid, os.WNOHANG)
        if pid:
            child.returncode = os.waitstatus_to_exitcode(status)
            return memory, used.ru_utime + used.ru_stime
        with suppress(OSError):
            found = _LARGEST.search(Path(f"/proc/{child.pid}/status").read_text())
            memory = max(memory, int(found[1]) if found else 0)
        time.sleep(_LOOK_SECONDS)


if __name__ == "__main__":
    walk(Path(sys.argv[1]))

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
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bench import process, uphold_site
from uphold import app as wiring, config
from uphold.retention import due

Rows = list[dict[str, Any]]
_BACKUP = b"\n[backup]\n"


def audit(root: Path) -> list[str]:
    """The command that audits a site."""
    return ["journal", "verify", str(root)]


def backup(root: Path) -> list[str]:
    """The command that backs a site up; makes its recipient first."""
    identity, made = root / "offline-identity", root / "measured.backup"
    made.unlink(missing_ok=True)
    if _BACKUP not in (root / config.FILE).read_bytes():
        said = uphold_site.uphold("backup", "--new-recipient", str(identity))
        recipient = next(word for word in said.split() if word.startswith("age1"))
        with (root / config.FILE).open("ab") as file:
            file.write(_BACKUP + f'recipient = "{recipient}"\n'.encode())
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
    return ["prove", str(root), "--json"]


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


def run(sites: Mapping[int, Path], names: Sequence[str], *, say: Callable[[str], None]) -> Rows:
    """Do each work on each site once, smallest first."""
    rows = []
    for name in names:
        for size, root in sorted(sites.items()):
            one = {"operation": name, "submissions": size, **measured(name, root)}
            say(
                f"{name} of {size}: {one['wall_s']:.1f} s, {one['cpu_s']:.1f} s of CPU, {one['memory_mb']} MB"
            )
            rows.append(one)
    return rows


def measured(name: str, root: Path) -> dict[str, Any]:
    """Run one work in a process of its own; raises `process.Failed` when it fails."""
    if name == "walk":
        command = [sys.executable, "-m", "bench.growth_whole", str(root)]
    else:
        command = [*uphold_site.PROGRAM, *(WORKS[name](root) or ())]
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = child.stdout.read() if child.stdout else b""
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if child.returncode and name not in _MAY_FAIL:
        raise process.Failed(
            f"{name} of {root.name} failed:\n{said.decode(errors='replace')[-800:]}"
        )
    return {
        "wall_s": round(wall, 3),
        "cpu_s": round(used.ru_utime + used.ru_stime, 3),
        "memory_mb": round(used.ru_maxrss / 1024),
        "bytes": (root / "data" / "uphold.sqlite").stat().st_size,
    }


if __name__ == "__main__":
    walk(Path(sys.argv[1]))

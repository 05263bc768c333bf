# SPDX-License-Identifier: Apache-2.0
"""`python -m tools.soak --minutes 30`: soak a site on each engine at the same time; exit code 1 if anything failed.

It needs root (for small disks), a C compiler and PostgreSQL. FILE.json and FILE.md tell what came of it.
"""

import argparse
import asyncio
import json
import os
import platform
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests import network
from tools.soak import plan, report, stage
from tools.soak.run import Result, Size, Soak
from tools.soak.shim import Shim
from tools.soak.stage import MEGABYTE, Stage

ENGINES = ("sqlite", "postgresql")
WARM_SECONDS = 300.0
DISK = 2048 * MEGABYTE
Only = frozenset[plan.Kind]


@dataclass(frozen=True, slots=True)
class Told:
    """How large a soak is, and who is told what happens."""

    size: Size
    say: Callable[[str], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak, write the report, tell whether all held."""
    told = _parser().parse_args(arguments)
    network.forbid()
    # Told to stop, it takes away what it has mounted and started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    seed = told.seed or secrets.randbits(32)
    begun = datetime.now(UTC)
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="soak-", dir=told.folder) as name:
        results = _soak(Path(name), told, seed)
    found = {
        "date": begun.strftime("%Y-%m-%d %H:%M UTC"),
        "seed": seed,
        "minutes_asked": told.minutes,
        "machine": f"{os.cpu_count()} CPUs, {platform.system()} {platform.release()}.",
        "versions": f"Python {platform.python_version()}.",
        "load": ", ".join(f"{one:.1f}" for one in os.getloadavg()),
        "results": [asdict(one) for one in results],
    }
    told.out.parent.mkdir(parents=True, exist_ok=True)
    told.out.with_suffix(".json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    text = report.page(found)
    told.out.with_suffix(".md").write_text(text)
    print(text)
    return 1 if any(one.faults for one in results) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--engine", action="append", choices=ENGINES, help="only this one")
    parser.add_argument("--seed", type=int, default=0, help="repeat the plan of this seed")
    parser.add_argument("--people", type=int, default=12, help="how many write at the same time")
    parser.add_argument(
        "--only",
        action="append",
        type=lambda name: plan.Kind[name.upper()],
        metavar="KIND",
        help=f"let nothing else happen, of: {', '.join(plan.Kind.__members__)}".lower(),
    )
    parser.add_argument("--out", type=Path, default=Path("build/soak"), metavar="FILE")
    parser.add_argument("--folder", type=Path, default=None, help="where the sites are made")
    return parser


def _soak(root: Path, told: argparse.Namespace, seed: int) -> list[Result]:
    root.chmod(0o755)
    shares = told.minutes * 60
    # What is remembered for some minutes is there by then: tokens that were just used, states of rules, pools.
    warm = min(WARM_SECONDS, shares / 6)
    size = Size(rough=shares * 0.5, long=shares * 0.5, people=told.people, warm=warm)
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:7.1f} s  {text}", flush=True)

    with ExitStack() as stack:
        sites = []
        for engine in told.engine or ENGINES:
            folder = root / engine
            folder.mkdir(mode=0o755)
            shim = Shim(folder)
            sites.append(stack.enter_context(stage.on(folder, engine, shim, DISK, image=True)))
        only = frozenset(told.only or plan.Kind)
        return asyncio.run(_all(sites, seed, only, Told(size, say)))


async def _all(sites: Sequence[Stage], seed: int, only: Only, told: Told) -> list[Result]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_one(site, seed, only, told)) for site in sites]
    return [task.result() for task in tasks]


async def _one(site: Stage, seed: int, only: Only, told: Told) -> Result:
    server = site.server is not None
    rough, calm = (
        (one for one in plan.events(seed, server=server, ends=ends) if one.kind in only)
        for ends in (True, False)
    )
    return await Soak(site, seed, told.size, told.say).run(rough, calm)


if __name__ == "__main__":
    sys.exit(main())

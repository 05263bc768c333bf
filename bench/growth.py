# SPDX-License-Identifier: Apache-2.0
"""`python -m bench.growth make DIR SUBMISSIONS`: make a site of any size, or let the one there grow to it."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench import growth_site

SEED = 20261123


def arguments(given: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED, help="who writes what")
    commands = parser.add_subparsers(dest="command", required=True)
    made = commands.add_parser("make", help="make a site, or let the one there grow")
    made.add_argument("folder", type=Path)
    made.add_argument("submissions", type=int)
    return parser.parse_args(given)


def make(chosen: argparse.Namespace) -> None:
    """Make the site, with a bar."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    started = time.process_time(), time.monotonic()
    with Progress(*columns) as bar:
        task = bar.add_task("submissions", total=chosen.submissions)
        growth_site.make(
            chosen.folder,
            chosen.submissions,
            lambda done: bar.update(task, completed=done),
            chosen.seed,
        )
        bar.update(task, completed=chosen.submissions)
    cpu, wall = time.process_time() - started[0], time.monotonic() - started[1]
    print(f"{chosen.folder}: {chosen.submissions} submissions; {wall:.0f} s, {cpu:.0f} s of CPU")


def main(given: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it was done."""
    chosen = arguments(sys.argv[1:] if given is None else given)
    make(chosen)
    return 0


if __name__ == "__main__":
    sys.exit(main())

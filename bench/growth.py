# SPDX-License-Identifier: Apache-2.0
"""How a site's costs grow with what it holds.

make DIR SUBMISSIONS       make a site of any size, or let the one there grow to it, with a progress bar
measure SITE...            do everything on sites made so, which changes them: measure copies
whole SITE...              what goes through the whole site: audit, backup, restore, rotation, sweep, proof
page                       write docs/reference/growth.md and its picture from what was measured

A site is made once, copied when it has a size, and made larger: what is measured is then all of one history.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench import (
    growth_measure,
    growth_operations,
    growth_page,
    growth_site,
    growth_whole,
    kept,
    machine,
    process,
)
from uphold import app as wiring, config

SEED = 20261123
RESULTS = Path(__file__).parent / "results" / "growth.json"
PAGE = Path("docs/reference/growth.md")


def arguments(given: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.growth",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seed", type=int, default=SEED, help="who writes what, in which order")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where figures are kept")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    made = commands.add_parser("make")
    made.add_argument("folder", type=Path)
    made.add_argument("submissions", type=int)
    measured = commands.add_parser("measure")
    measured.add_argument("--rounds", type=int, default=9)
    measured.add_argument("--only", default="", help="operations whose name has this")
    whole = commands.add_parser("whole")
    whole.add_argument("--only", default="", help=", ".join(growth_whole.WORKS))
    for one in (measured, whole):
        one.add_argument("sites", type=Path, nargs="+", metavar="SITE")
    commands.add_parser("page")
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


def measure(chosen: argparse.Namespace) -> None:
    """Do everything on each site, interleaved."""
    operations = {
        name: work for name, work in growth_operations.OPERATIONS.items() if chosen.only in name
    }
    rows = growth_measure.run(
        sizes(chosen.sites), operations, rounds=chosen.rounds, seed=chosen.seed, say=say
    )
    keep(chosen.out, "operations", rows)


def whole(chosen: argparse.Namespace) -> None:
    """Go through each site whole, one work after another."""
    names = [name for name in growth_whole.WORKS if chosen.only in ("", name)]
    for row in growth_whole.run(sizes(chosen.sites), names, say=say):
        keep(chosen.out, "whole", [row])


def sizes(sites: Sequence[Path]) -> dict[int, Path]:
    """Tell sites by the power or the round number that they were made with; raises Failed for two of one size."""
    found: dict[int, Path] = {}
    for root in sites:
        app = wiring.open_site(config.load(root))
        try:
            held = growth_site.count(app)
        finally:
            app.close()
        # Measuring adds a few: a site made with 1000 and measured twice is still the one of 1000.
        size = max(one for one in growth_site.SIZES if one <= held) if held >= 1000 else held
        if size in found:
            raise process.Failed(f"{root} and {found[size]} are both of {size} submissions")
        found[size] = root
    return found


def keep(file: Path, name: str, rows: list[dict[str, Any]]) -> None:
    """Put rows in place of those about the same thing at the same size; what else is there stays."""
    held = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    told = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "revision": kept.revision(),
        "load": round(os.getloadavg()[0], 1),
    }
    fresh = {(one["operation"], one["submissions"]): {**one, **told} for one in rows}
    old = {(one["operation"], one["submissions"]): one for one in held.get(name, [])}
    merged = old | fresh
    held |= {
        "machine": machine.describe(sys.executable),
        name: [merged[at] for at in sorted(merged)],
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def page(chosen: argparse.Namespace) -> None:
    """Write the page and its picture."""
    held = json.loads(chosen.out.read_text(encoding="utf-8"))
    PAGE.write_text(growth_page.page(held), encoding="utf-8")
    PAGE.with_suffix(".svg").write_text(growth_page.picture(held), encoding="utf-8")
    print(f"written: {PAGE} and its picture")


def say(text: str) -> None:
    """Tell how far it is."""
    print(f"{datetime.now(UTC):%H:%M:%S}  {text}", flush=True)


COMMANDS = {"make": make, "measure": measure, "whole": whole, "page": page}


def main(given: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it was done, 1 where something could not be measured."""
    chosen = arguments(sys.argv[1:] if given is None else given)
    try:
        COMMANDS[chosen.command](chosen)
    except process.Failed as error:
        print(f"growth: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

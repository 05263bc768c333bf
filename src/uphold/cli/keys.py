# SPDX-License-Identifier: Apache-2.0
"""`uphold keys rotate|burn DIR`: a new epoch key for everything that lives, and the end of the old one."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.app import App
    from uphold.config import Settings
    from uphold.continuity.rotate import Keeper, Watch


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser("keys", help="rotate the key of what is stored, burn old ones")
    acts = topic.add_subparsers(metavar="ACT", required=True)
    rotate = acts.add_parser("rotate", help="make a new epoch key and move every key under it")
    rotate.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    rotate.add_argument("--json", action="store_true", help="print JSON")
    rotate.set_defaults(func=run_rotate)
    burn = acts.add_parser("burn", help="remove old epoch keys whose time has come, for good")
    burn.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    burn.add_argument("--json", action="store_true", help="print JSON")
    burn.set_defaults(func=run_burn)


def run_rotate(arguments: argparse.Namespace) -> int:
    """Rotate, or finish a rotation that was broken off; the site may go on serving meanwhile."""
    from uphold import app

    with app.opened(arguments.dir) as site, _progress(show=not arguments.json) as watch:
        keeper = _keeper(site)
        done = keeper.rotate(watch)
        waits = _waits(keeper)
        notes = warnings(site.settings)
    if arguments.json:
        told = {
            "epoch": done.epoch,
            "moved": done.moved,
            "resumed": done.resumed,
            "burnable": {str(number): _day(at) for number, at in waits},
            "warnings": notes,
        }
        print(json.dumps(told, indent=2))
        return 0
    begun = "Finished the rotation to" if done.resumed else "Rotated to"
    print(f"{begun} epoch {done.epoch}: {done.moved} key(s) moved, no part was opened.")
    _tell(waits, notes)
    return 0


def run_burn(arguments: argparse.Namespace) -> int:
    """Burn what is ripe; says from when the rest may be burned."""
    import time

    from uphold import app

    with app.opened(arguments.dir) as site:
        keeper = _keeper(site)
        burned = keeper.burn(time.time_ns() // 1_000_000)
        waits = _waits(keeper)
        notes = warnings(site.settings)
    if arguments.json:
        told = {
            "burned": burned,
            "burnable": {str(number): _day(at) for number, at in waits},
            "warnings": notes,
        }
        print(json.dumps(told, indent=2))
        return 0
    for number in burned:
        print(f"Burned the key of epoch {number}. Copies of the key ring elsewhere still hold it.")
    if not burned:
        print("There is nothing to burn yet." if waits else "There is no old epoch to burn.")
    _tell(waits, notes)
    return 0


def warnings(settings: "Settings") -> list[str]:
    """Say that the key ring has no copy, or one that is not the same as it."""
    from uphold import errors
    from uphold.continuity import rotate

    if not settings.keys.copy:
        note = "[keys] copy names no second place for the key ring: if its disk is lost, so is all that is stored."
        return [note]
    try:
        if rotate.is_copied(settings):
            return []
    except errors.UpholdError:
        return []
    note = f"The copy of the key ring at {settings.keys.copy} is missing or is another one"
    return [f"{note}; `uphold keys burn` writes it anew."]


def _keeper(site: "App") -> "Keeper":
    from uphold.continuity.rotate import Keeper

    return Keeper(site.settings, site.ring, site.log, site.database, site.writer)


def _waits(keeper: "Keeper") -> list[tuple[int, int]]:
    return [(one.number, one.from_ms) for one in keeper.olds() if one.from_ms is not None]


def _tell(waits: list[tuple[int, int]], notes: list[str]) -> None:
    for number, at in waits:
        print(f"Epoch {number} may be burned from {_day(at)}: uphold keys burn DIR")
    for note in notes:
        print(f"Warning: {note}")


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


@contextmanager
def _progress(*, show: bool) -> "Iterator[Watch | None]":
    """Show on a terminal how many keys are moved; anywhere else show nothing."""
    if not show or not sys.stdout.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with Progress(TextColumn("Moving keys"), BarColumn(), MofNCompleteColumn()) as bar:
        task = bar.add_task("keys", total=None)

        def watch(done: int, all_: int) -> None:
            bar.update(task, completed=done, total=all_)

        yield watch

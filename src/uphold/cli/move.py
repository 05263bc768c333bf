# SPDX-License-Identifier: Apache-2.0
"""`uphold move DIR --to URL`: into another database, while the site goes on serving."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.continuity.carry import Watch
    from uphold.continuity.move import Moved

_STEPS = {
    "copy": "Copying rows",
    "compare": "Reading them back",
    "audit": "Auditing the journal",
    "follow": "Following changes",
    "switch": "Switching over",
}
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
# Painting the terminal more often would cost more than the copying itself.
_SECONDS_BETWEEN = 0.2
_DAY_MS = 86_400_000


def register(commands: Any) -> None:
    """Add the command of this topic."""
    topic = commands.add_parser(
        "move", help="move a site into another database while it goes on serving"
    )
    topic.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    to = topic.add_mutually_exclusive_group(required=True)
    to.add_argument("--to", metavar="URL", help="an empty database, by a URL without a password")
    to.add_argument(
        "--to-file", type=Path, metavar="FILE", help="a secret file (mode 0600) that holds the URL"
    )
    topic.add_argument(
        "--thorough", action="store_true", help="compare every row once more while writes wait"
    )
    topic.add_argument("--json", action="store_true", help="print JSON")
    topic.set_defaults(func=run_move)


def run_move(arguments: argparse.Namespace) -> int:
    """Move the site; says for how long nobody could write."""
    from uphold.continuity import move

    if not arguments.json:
        for note in _warnings(arguments.dir):
            print(f"Warning: {note}", flush=True)
    wanted = move.Wanted(
        arguments.dir, arguments.to or "", arguments.to_file, thorough=arguments.thorough
    )
    with _progress(show=not arguments.json) as watch:
        done = move.run(wanted, watch)
    if arguments.json:
        print(json.dumps(asdict(done), indent=2))
        return 0
    _tell(done)
    return 0


def _warnings(folder: Path) -> Iterator[str]:
    """Say that there is no fresh backup: a move changes nothing in what it copies, and yet."""
    import time

    from uphold import app, errors
    from uphold.continuity import backup

    try:
        with app.reading(folder) as connection:
            made = backup.newest(connection)
    except errors.Moved:
        return
    if made is None or time.time_ns() // 1_000_000 - made.made_at > _DAY_MS:
        yield "No backup was made within a day. Make one first: uphold backup DIR"


def _tell(done: "Moved") -> None:
    before, after = _NAMES[done.before], _NAMES[done.after]
    if done.pause is None:
        print("The site had moved already but for its last steps, which are done now.")
        return
    print(
        f"Moved from {before} to {after}: {done.rows} rows of {done.tables} tables in {done.seconds:.1f} s, then"
        f" {done.changes} changes in {done.rounds} round{'' if done.rounds == 1 else 's'}."
    )
    print(
        "Both sides were compared row by row; their journals are whole and end at the same head, of"
        f" {done.entries} entries."
    )
    print(
        f"Writes waited {done.pause:.2f} s. A process that serves the site opens it anew by itself."
    )
    print(
        "The old database is marked, and nobody can write to it. What is erased from now on stands in it still:"
        " delete it when you have seen the site serve."
    )


@contextmanager
def _progress(*, show: bool) -> "Iterator[Watch | None]":
    """Show on a terminal how far each step is; anywhere else show nothing."""
    if not show or not sys.stdout.isatty():
        yield None
        return
    import time

    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn()) as bar:
        tasks: dict[str, Any] = {}
        painted = 0.0

        def watch(step: str, done: int, all_: int) -> None:
            nonlocal painted
            if step not in tasks:
                tasks[step] = bar.add_task(_STEPS[step], total=all_ or None)
            now = time.monotonic()
            if now - painted > _SECONDS_BETWEEN or done >= all_:
                painted = now
                bar.update(tasks[step], completed=done, total=all_ or None)

        yield watch

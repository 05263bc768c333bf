# SPDX-License-Identifier: Apache-2.0
"""`uphold visits read DIR`: open the latest visits for the purpose they are kept for, in somebody's name."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uphold.cli import staff

if TYPE_CHECKING:
    from uphold.access.permission import Actor
    from uphold.access.reading import Denied
    from uphold.app import App
    from uphold.visits.batch import Facts

MOST = 1_000
FEW = 20
_ORDER = ("time", "ip", "page", "cookie", "browser")


def register(acts: Any) -> None:
    """Add the command to those on visits."""
    read = acts.add_parser("read", help="open the latest visits; each opening is journaled")
    read.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    read.add_argument("--by", required=True, metavar="LOGIN", help="who reads")
    read.add_argument(
        "--batches",
        type=int,
        default=FEW,
        metavar="N",
        help=f"how many batches, each of what came within a second (default: {FEW})",
    )
    read.add_argument("--json", action="store_true", help="print JSON")
    read.set_defaults(func=run_read)


def run_read(arguments: argparse.Namespace) -> int:
    """Print visits, the latest batch first; 1 when the gate refuses, which is journaled like a yes."""
    from uphold import app, errors
    from uphold.access.reading import Denied

    if not 1 <= arguments.batches <= MOST:
        raise errors.Invalid(f"--batches is from 1 to {MOST}.", "Each batch is an opening.")
    visits: list[dict[str, str]] = []
    with app.opened(arguments.dir) as site:
        actor = staff.active(site, arguments.by)
        for stored in _living(site, arguments.batches):
            opened = _open(site, actor, stored)
            if isinstance(opened, Denied):
                print(f"Refused: {opened.reason}. The refusal is in the journal.")
                return 1
            visits += opened
    if arguments.json:
        print(json.dumps({"visits": visits}, indent=2, ensure_ascii=False))
    else:
        for one in visits:
            print("  ".join(_printable(one[name]) or "-" for name in _ORDER))
        print(f"{len(visits)} visit(s).")
    return 0


def _printable(text: str) -> str:
    """Keep what a browser wrote of itself from steering the terminal."""
    return "".join(one if one.isprintable() else "?" for one in text)


def _living(site: "App", most: int) -> list["Facts"]:
    """The latest batches whose part is not destroyed, the newest first."""
    from uphold.vault import remains
    from uphold.visits import batch

    with site.database.read() as connection:
        newest = batch.newest(connection, most)
        return [one for one in newest if remains.live(connection, one.number)]


def _open(site: "App", actor: "Actor", stored: "Facts") -> "list[dict[str, str]] | Denied":
    """Open one batch by the door through which staff read everything: gate, journal, commit, and only then."""
    from uphold.access import reading
    from uphold.access.reading import Denied, Question

    given, current = site.shelf.edition(stored.edition), site.shelf.in_force()
    question = Question(
        actor=actor,
        record=stored.number,
        form="",
        purpose=given.policy.technical,
        given=given,
        current=current,
        exercise=False,
    )
    found = reading.open_record(site.writer, site.ring, question)
    if isinstance(found, Denied):
        return found
    rows = zip(*found.values.values(), strict=True)
    return [dict(zip(found.values, row, strict=True)) for row in rows]

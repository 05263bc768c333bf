# SPDX-License-Identifier: Apache-2.0
"""`uphold policy unused`: which fields of the forms nobody reads."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.assurance.unused import Used


def register(acts: Any) -> None:
    """Add the command to those of `uphold policy`."""
    command = acts.add_parser("unused", help="tell which fields of the forms nobody reads")
    command.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(func=run)


def run(arguments: argparse.Namespace) -> int:
    """Show when each field was last read and for what. Exit 1 if nobody read one for longer than is set."""
    from uphold import app
    from uphold.assurance import unused

    with app.opened(arguments.dir) as site:
        now = datetime.now(UTC)
        days = site.settings.minimal.unused_days
        current, every = site.shelf.in_force(), site.shelf.all()
        with site.database.read() as connection:
            found = unused.fields(connection, every, current)
    reported = unused.reported(found, int(now.timestamp() * 1000), days)
    if arguments.json:
        listed = [{**asdict(one), "unused": one in reported} for one in found]
        told = {"edition": current.number, "days": days, "fields": listed}
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print(found, reported, days)
    return 1 if reported else 0


def _print(found: Sequence["Used"], reported: Sequence["Used"], days: int) -> None:
    for one in found:
        read = f"last read {_day(one.at)} for {one.purpose}" if one.at else "never read"
        asked = f"with submissions since {_day(one.since)}" if one.since else "no submission yet"
        mark = "unused" if one in reported else ""
        print(f"{mark:<8}{one.form}.{one.field}: {read}, {asked}")
    print(
        f"{len(reported)} field(s) that nobody read for {days} days: drop them, or say what they are for."
        if reported
        else f"No field is unread for {days} days."
    )


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()

# SPDX-License-Identifier: Apache-2.0
"""`uphold egress DIR`: whom the site may speak to, and what was refused because it may not."""

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from uphold.journal.entry import Entry

_HIGHEST_PORT = 65_535


def place(text: str) -> tuple[str, int]:
    """Read `host:port` for argparse; without a port it is the look-up of a name."""
    host, colon, port = text.rpartition(":") if text[-1:].isdigit() else (text, "", "")
    if not colon:
        return text.lower(), 0
    if host and port.isascii() and port.isdigit() and int(port) <= _HIGHEST_PORT:
        return host.strip("[]").lower(), int(port)
    raise argparse.ArgumentTypeError(f"{text!r} is no host: write it as HOST:PORT")


def register(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "egress", help="list whom the site may speak to; what was refused"
    )
    command.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    command.add_argument(
        "--was",
        type=place,
        metavar="HOST:PORT",
        help="mark the refusals that were of this host; without a port, look-ups of its name",
    )
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(func=run)


def run(arguments: argparse.Namespace) -> int:
    """Show what the configuration declares and what the journal says was refused."""
    from uphold import app, config, egress

    declared = egress.by_section(config.load(arguments.dir))
    with app.reading(arguments.dir) as connection:
        refusals = [_told(one, arguments.was) for one in _refusals(connection)]
    if arguments.json:
        listed = {name: [list(one) for one in sorted(found)] for name, found in declared.items()}
        print(json.dumps({"declared": listed, "refused": refusals}, indent=2))
        return 0
    for section, found in declared.items():
        for host, port in sorted(found):
            print(f"{section:<10}{host}:{port}")
    print(f"{len(refusals)} refusal(s) in the journal.")
    for one in refusals:
        was = "  this host" if one.get("was") else ""
        print(f"  {one['at']}  {one['times']:>5} x  {one['net']:<5} {one['by']}{was}")
    return 0


def _refusals(connection: "Connection") -> "Iterator[Entry]":
    from uphold.assurance import refused
    from uphold.journal import audit, entry

    for _, raw in audit.readable(connection):
        if refused.KIND.encode() in raw:
            found = entry.decode(raw)
            if found.kind == refused.KIND:
                yield found


def _told(one: "Entry", was: tuple[str, int] | None) -> dict[str, Any]:
    from uphold.assurance import refused

    told = {
        "at": datetime.fromtimestamp(one.at_ms / 1000, UTC).isoformat().replace("+00:00", "Z"),
        **{name: one.codes[name] for name in ("net", "by", "times")},
    }
    return told if was is None else {**told, "was": refused.confirms(one, *was)}

# SPDX-License-Identifier: Apache-2.0
"""`uphold client add|list|revoke DIR`: the programs that use the API, from the command line."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.access.client import Client

ROLES = ("officer", "clerk", "analyst", "auditor")


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser("client", help="make, list and revoke machine clients of the API")
    acts = topic.add_subparsers(metavar="ACT", required=True)
    add = acts.add_parser("add", help="make a machine client; its token is printed this once")
    _name(add)
    add.add_argument("--role", choices=ROLES, default="clerk", help="the role it acts under")
    add.add_argument(
        "--scope",
        action="append",
        default=[],
        metavar="PERMISSION",
        help="what it may do, such as enquiry:item:list; may stand several times",
    )
    add.add_argument(
        "--purpose",
        action="append",
        default=[],
        metavar="PURPOSE",
        help="a purpose of the policy that it may open records for; may stand several times",
    )
    add.add_argument(
        "--days", type=int, default=90, metavar="N", help="how long its token lives (1 to 366)"
    )
    add.set_defaults(func=run_add)
    revoke = acts.add_parser("revoke", help="end a machine client's token at once")
    _name(revoke)
    revoke.set_defaults(func=run_revoke)
    listed = acts.add_parser("list", help="list machine clients")
    listed.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    listed.add_argument("--json", action="store_true", help="print JSON")
    listed.set_defaults(func=run_list)


def _name(command: argparse.ArgumentParser) -> None:
    command.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    command.add_argument("name", metavar="NAME", help="what the client is called")
    command.add_argument("--json", action="store_true", help="print JSON")


def run_add(arguments: argparse.Namespace) -> int:
    """Make a client and print its token."""
    from uphold import app, errors
    from uphold.access import client, staff
    from uphold.access.permission import Permission, Role

    unknown = sorted(set(arguments.scope) - set(client.SCOPES))
    if unknown:
        raise errors.Invalid(
            f"No machine client can be given {unknown[0]}.",
            f"It can be given: {', '.join(client.SCOPES)}.",
        )
    scopes = frozenset(Permission(name) for name in arguments.scope)
    purposes = frozenset(arguments.purpose)
    terms = client.Terms(
        arguments.name, Role(arguments.role), scopes, purposes, life_days=arguments.days
    )
    with app.opened(arguments.dir) as site:
        edition = site.shelf.in_force()
        made = site.writer.run(lambda tx: client.make(tx, terms, edition, staff.COMMAND_LINE))
    until = _day(made.expires_at)
    if arguments.json:
        print(json.dumps({"name": made.name, "token": made.token, "expires_at": until}, indent=2))
        return 0
    print(f"The token of {made.name}, good until {until}; it is shown this once:")
    print(made.token)
    return 0


def run_revoke(arguments: argparse.Namespace) -> int:
    """End a client's token."""
    from uphold import app, errors
    from uphold.access import client, staff

    with app.opened(arguments.dir) as site:
        with site.database.read() as connection:
            numbers = {one.name: one.actor.staff for one in client.clients(connection)}
        name = staff.normalise(arguments.name)
        if name not in numbers:
            raise errors.Missing(
                f"There is no machine client {name}.",
                f"See them all: uphold client list {arguments.dir}",
            )
        site.writer.run(lambda tx: client.revoke(tx, numbers[name], staff.COMMAND_LINE))
    print(json.dumps({"name": name}) if arguments.json else f"{name} is revoked.")
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """List clients with what they may do and until when."""
    import time

    from uphold import app
    from uphold.access import client

    now = time.time_ns() // 1_000_000
    with app.reading(arguments.dir) as connection:
        rows = [_row(one, now) for one in client.clients(connection)]
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for row in rows:
        print(f"{row['name']:24} {row['role']:8} {row['state']:8} until {row['expires_at']}")
        print(f"{'':24} may: {', '.join(row['scopes']) or 'nothing'}")
        print(f"{'':24} for: {', '.join(row['purposes']) or 'no purpose'}")
    if not rows:
        print(f"None yet. Make one: uphold client add {arguments.dir} NAME")
    return 0


def _row(one: "Client", now: int) -> dict[str, Any]:
    from uphold.access.permission import Permission

    ended = one.ended(now)
    own = {Permission.ACCOUNT_OWN}
    return {
        "name": one.name,
        "role": str(one.actor.role),
        "state": ended.removeprefix("token-") if ended else "good",
        "scopes": sorted((one.actor.scopes or set()) - own),
        "purposes": sorted(one.actor.purposes or ()),
        "made_at": _day(one.made_at),
        "expires_at": _day(one.expires_at),
        "seen_at": _day(one.seen_at) if one.seen_at else None,
    }


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

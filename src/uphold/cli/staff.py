# SPDX-License-Identifier: Apache-2.0
"""`uphold staff add|list DIR`: the operator's people, from the command line of whoever holds the key ring."""

import argparse
import json
from pathlib import Path
from typing import Any

ROLES = ("owner", "clerk")


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser("staff", help="invite and list staff")
    acts = topic.add_subparsers(metavar="ACT", required=True)
    add = acts.add_parser("add", help="invite somebody by a link that sets the password")
    add.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    add.add_argument("login", help="the name to sign in with")
    add.add_argument("--role", choices=ROLES, default="clerk", help="what the account may do")
    add.set_defaults(func=run_add)
    listed = acts.add_parser("list", help="list accounts")
    listed.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    listed.add_argument("--json", action="store_true", help="print JSON")
    listed.set_defaults(func=run_list)


def run_add(arguments: argparse.Namespace) -> int:
    """Invite somebody and print the link; it is shown this once."""
    from uphold import app, config
    from uphold.access import staff
    from uphold.access.permission import Role

    settings = config.load(arguments.dir)
    site = app.open_site(settings)
    try:
        life = settings.console.invitation_minutes * 60_000
        invitation = site.writer.run(
            lambda tx: staff.invite(
                tx, arguments.login, Role(arguments.role), staff.COMMAND_LINE, life_ms=life
            )
        )
    finally:
        site.close()
    print(f"Give this link to {arguments.login}; it works once:")
    print(f"{settings.site.address.rstrip('/')}/console/welcome/{invitation.token}")
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """List accounts with role and state."""
    from uphold import config
    from uphold.access import staff
    from uphold.database.engine import Database

    settings = config.load(arguments.dir)
    with Database(settings.database_url).read() as connection:
        accounts = staff.accounts(connection)
    if arguments.json:
        rows = [{"login": a.login, "role": a.role, "state": a.state} for a in accounts]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for account in accounts:
        print(f"{account.login:24} {account.role:8} {account.state}")
    return 0

# SPDX-License-Identifier: Apache-2.0
"""`uphold staff add|renew|list DIR`: the operator's people, from the command line of whoever holds the key ring."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.access.permission import Actor, Permission
    from uphold.access.staff import Invitation
    from uphold.app import App

ROLES = ("owner", "officer", "clerk", "analyst", "auditor")


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser("staff", help="invite and list staff")
    acts = topic.add_subparsers(metavar="ACT", required=True)
    add = acts.add_parser("add", help="invite somebody by a link that sets the password")
    _name(add)
    add.add_argument("--role", choices=ROLES, default="clerk", help="what the account may do")
    add.set_defaults(func=run_add)
    renew = acts.add_parser("renew", help="make a new link for somebody who forgot the password")
    _name(renew)
    renew.add_argument(
        "--drop-factor",
        action="store_true",
        help="take a lost second factor away as well: the password alone is enough then",
    )
    renew.set_defaults(func=run_renew)
    listed = acts.add_parser("list", help="list accounts")
    listed.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    listed.add_argument("--json", action="store_true", help="print JSON")
    listed.set_defaults(func=run_list)


def _name(command: argparse.ArgumentParser) -> None:
    command.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    command.add_argument("login", metavar="LOGIN", help="the name to sign in with")
    command.add_argument("--json", action="store_true", help="print JSON")


def run_add(arguments: argparse.Namespace) -> int:
    """Invite somebody and print the link; it is shown this once."""
    from uphold import app
    from uphold.access import staff
    from uphold.access.permission import Role

    role = Role(arguments.role)
    with app.opened(arguments.dir) as site:
        life = site.settings.console.invitation_minutes * 60_000
        made = site.writer.run(
            lambda tx: staff.invite(tx, arguments.login, role, staff.COMMAND_LINE, life_ms=life)
        )
        return _print_link(made, site.settings.site.address, as_json=arguments.json)


def run_renew(arguments: argparse.Namespace) -> int:
    """Print a new link for an account; its password stays good until the link is used."""
    from uphold import app, errors
    from uphold.access import factor, session, staff

    with app.opened(arguments.dir) as site:
        life = site.settings.console.invitation_minutes * 60_000
        with site.database.read() as connection:
            numbers = {one.login: one.number for one in staff.accounts(connection)}
        login = staff.normalise(arguments.login)
        if login not in numbers:
            raise errors.Missing(
                f"There is no account {login}.", f"See them all: uphold staff list {arguments.dir}"
            )
        number = numbers[login]
        made = site.writer.run(lambda tx: staff.renew(tx, number, staff.COMMAND_LINE, life_ms=life))
        if arguments.drop_factor:
            site.writer.run(lambda tx: factor.drop(tx, number, staff.COMMAND_LINE))
            site.writer.run(lambda tx: session.end_all(tx, number))
        return _print_link(made, site.settings.site.address, as_json=arguments.json)


def run_list(arguments: argparse.Namespace) -> int:
    """List accounts with role and state."""
    from uphold import app
    from uphold.access import staff

    with app.reading(arguments.dir) as connection:
        accounts = staff.accounts(connection)
    if arguments.json:
        rows = [{"login": a.login, "role": a.role, "state": a.state} for a in accounts]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for account in accounts:
        print(f"{account.login:24} {account.role:8} {account.state}")
    if not accounts:
        print(f"Nobody yet. Invite the owner: uphold staff add {arguments.dir} NAME --role owner")
    return 0


def active(site: "App", login: str) -> "Actor":
    """Return who an active account is; raises `errors.Missing` where there is none of that login."""
    from uphold import errors
    from uphold.access import staff

    with site.database.read() as connection:
        known = {one.login: one for one in staff.accounts(connection)}
        account = known.get(staff.normalise(login))
        actor = staff.actor(connection, account.number) if account is not None else None
    if actor is None:
        raise errors.Missing("There is no such active account.", "See: uphold staff list DIR")
    return actor


def entitled(site: "App", login: str, wanted: "Permission") -> int:
    """Return the number of an active account whose role has a permission that owners and officers have.

    Raises as `active`, and `errors.Invalid` for another role.
    """
    from uphold import errors
    from uphold.access import permission

    who = active(site, login)
    if not permission.holds(who.role, wanted):
        raise errors.Invalid(f"The role {who.role} may not do this.", "An owner or an officer may.")
    return who.staff


def _print_link(made: "Invitation", address: str, *, as_json: bool) -> int:
    from datetime import UTC, datetime

    link = f"{address.rstrip('/')}/console/welcome/{made.token}"
    until = datetime.fromtimestamp(made.expires_at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if as_json:
        print(json.dumps({"login": made.login, "link": link, "expires_at": until}, indent=2))
        return 0
    print(f"Give this link to {made.login}; it sets the password once, until {until}:")
    print(link)
    return 0

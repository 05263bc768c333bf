# SPDX-License-Identifier: Apache-2.0
"""`uphold canary plant|list DIR`: what is there for nobody to touch, for the owner at the machine alone."""

import argparse
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.app import App

_ROLES = ("clerk", "analyst", "auditor")
_FILE = """# Access to the reports, for the nightly job. Do not commit.
UPHOLD_API={address}/api/v1
UPHOLD_TOKEN={token}
"""


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser(
        "canary", help="lay out what nobody has a reason to touch, and list it"
    )
    acts = topic.add_subparsers(metavar="ACT", required=True)
    plant = acts.add_parser("plant", help="lay out an account, a token or a record")
    plant.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    plant.add_argument(
        "--staff", metavar="LOGIN", help="an account of this login, which nobody can sign in to"
    )
    plant.add_argument("--role", choices=_ROLES, default="clerk", help="the role of the account")
    plant.add_argument(
        "--token", type=Path, metavar="FILE", help="a file, not there yet, with a token in it"
    )
    plant.add_argument("--form", metavar="FORM", help="a closed enquiry of this form")
    plant.add_argument("--json", action="store_true", help="print JSON")
    plant.set_defaults(func=run_plant)
    listed = acts.add_parser("list", help="list what is laid out")
    listed.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    listed.add_argument("--json", action="store_true", help="print JSON")
    listed.set_defaults(func=run_list)


def run_plant(arguments: argparse.Namespace) -> int:
    """Lay out what is asked for."""
    from uphold import app, errors

    if not (arguments.staff or arguments.token or arguments.form):
        raise errors.Invalid(
            "Nothing is named that should be laid out.", "Add --staff, --token or --form."
        )
    told: dict[str, object] = {}
    with app.opened(arguments.dir) as site:
        if arguments.form:
            told["record"] = _record(site, arguments.form)
        if arguments.staff:
            told["staff"] = _account(site, arguments.staff, arguments.role)
        if arguments.token:
            told["token"] = _token(site, arguments.token)
    if arguments.json:
        print(json.dumps(told))
    else:
        print("Laid out. Nobody is told but you: uphold canary list", arguments.dir)
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """List what is laid out, by the names that the console shows."""
    from uphold import app
    from uphold.access import decoy, staff
    from uphold.access.decoy import What
    from uphold.vault import identifier

    with app.opened(arguments.dir) as site, site.database.read() as connection:
        names, ids = staff.names(connection), site.ring.identifiers
        rows = [
            {
                "what": str(one.what),
                "name": names.get(one.of, "")
                if one.what is What.STAFF
                else ids.encode(identifier.ENQUIRY, one.of)
                if one.of
                else "",
                "since": datetime.fromtimestamp(one.planted_at / 1000, UTC).date().isoformat(),
            }
            for one in decoy.laid_out(connection)
        ]
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for row in rows:
        print(f"{row['what']:8} {row['since']}  {row['name']}")
    if not rows:
        print(f"Nothing is laid out. See: uphold canary plant {arguments.dir} --help")
    return 0


def _account(site: "App", login: str, role: str) -> int:
    from uphold.access import decoy
    from uphold.access.permission import Role

    return decoy.plant_account(site.writer, login, Role(role))


def _record(site: "App", key: str) -> int:
    from urllib.parse import urlsplit

    from uphold.assurance import decoys

    settings = site.settings
    domain = settings.copies.canary_domain or urlsplit(settings.site.address).hostname or "invalid"
    edition = site.shelf.in_force()
    return decoys.plant(site.intake, site.writer, site.ring, edition, key, domain)


def _token(site: "App", path: Path) -> str:
    """Write the file first: a token that lies nowhere would be found by nobody."""
    from uphold import errors
    from uphold.access import decoy

    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise errors.Invalid(
            f"The file {path} cannot be made ({error.strerror}).", "Name one that is not there yet."
        ) from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        token = site.writer.run(decoy.plant_token)
        file.write(_FILE.format(address=site.settings.site.address, token=token))
    return str(path)

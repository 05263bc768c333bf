# SPDX-License-Identifier: Apache-2.0
"""`uphold upgrade DIR`: bring the database to the schema of this version, while the site is stopped."""

import argparse
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    """Add the command of this topic."""
    topic = commands.add_parser("upgrade", help="bring the database to this version's schema")
    topic.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    topic.set_defaults(func=run_upgrade)


def run_upgrade(arguments: argparse.Namespace) -> int:
    """Apply what the database lacks; says so when there is nothing to do."""
    from uphold import app, config, errors
    from uphold.database import upgrade
    from uphold.database.engine import Database

    settings = config.load(arguments.dir)
    database = Database(settings.database_url)
    try:
        app.require_begun(settings, database)
        before = upgrade.version(database)
        if before is None:
            raise errors.Invalid(
                "The database is empty.", f"Publish first: uphold policy publish {arguments.dir}"
            )
        upgrade.run(database)
    finally:
        database.dispose()
    done = "is up to date" if before == upgrade.HEAD else f"went from {before} to {upgrade.HEAD}"
    print(f"The database {done}.")
    return 0

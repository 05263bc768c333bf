# SPDX-License-Identifier: Apache-2.0
"""Bring a database to the schema of this version, by Alembic, and refuse to run on another one."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text

from uphold import errors
from uphold.database.engine import Database

HEAD = "0001"
_MIGRATIONS = Path(__file__).parent / "migrations"


def run(database: Database) -> None:
    """Apply every migration that the database lacks; does nothing when it is up to date."""
    if version(database) == HEAD:
        return
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with database.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def require(database: Database) -> None:
    """Refuse a database of another version; raises `errors.Invalid` with what to do."""
    found = version(database)
    if found == HEAD:
        return
    if found is None:
        raise errors.Invalid("The database is empty.", "Make the site with `uphold init`, or check its URL.")
    raise errors.Invalid(
        f"The database has schema {found}, this version of Uphold needs {HEAD}.",
        "Back it up, then run: uphold upgrade DIR",
    )


def version(database: Database) -> str | None:
    """Return the schema's version, None for an empty database."""
    with database.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return None if found is None else str(found)

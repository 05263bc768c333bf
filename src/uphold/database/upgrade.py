# SPDX-License-Identifier: Apache-2.0
"""Bring a database to the schema of this version, by Alembic, and refuse to run on another one."""

from pathlib import Path

import alembic.command
import alembic.config
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from uphold import errors
from uphold.database import engine, moved
from uphold.database.engine import Database

HEAD = "0031"
_MIGRATIONS = Path(__file__).parent / "migrations"
# Any number will do, as long as nothing else in the database locks the same one.
_LOCK = text("SELECT pg_advisory_xact_lock(8673658)")


def run(database: Database, to: str = HEAD) -> None:
    """Apply every migration that the database lacks, up to `to`; does nothing when it is up to date.

    All of them are one transaction, and only one process at a time runs them: a database is of one version
    or another, whatever stops in between.
    """
    found = version(database)
    if found == to:
        return
    if found is not None:
        with database.read() as connection:
            moved.refuse(connection)
    config = alembic.config.Config()
    # Alembic reads this as an INI file, in which % begins a reference.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with engine.storage_errors(), database.connect() as connection:
        _begin(connection)
        config.attributes["connection"] = connection
        try:
            alembic.command.upgrade(config, to)
        except DBAPIError as error:
            raise errors.Invalid(
                f"The database cannot be upgraded ({engine.name(error)}); it is as it was.",
                "It must be Uphold's own: name an empty one, or restore a backup and try again.",
            ) from error
        connection.commit()


def _begin(connection: Connection) -> None:
    """Begin by hand, since the writer's connections are in autocommit; closing one rolls back."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    connection.exec_driver_sql("BEGIN")
    connection.execute(_LOCK)


def require(database: Database) -> None:
    """Refuse a database of another version, or one that was moved away from.

    Raises `errors.Invalid` with what to do, `errors.Moved`.
    """
    found = version(database)
    if found is not None:
        with database.read() as connection:
            moved.refuse(connection)
    if found == HEAD:
        return
    if found is None:
        raise errors.Invalid(
            "The database is empty.",
            "Publish first (uphold policy publish DIR), or check its URL.",
        )
    raise errors.Invalid(
        f"The database has schema {found}, this version of Uphold needs {HEAD}.",
        "Back it up, then run: uphold upgrade DIR",
    )


def known(revision: str) -> bool:
    """Tell whether this version of Uphold has the migration."""
    return any(
        file.name.startswith(f"{revision}_") for file in (_MIGRATIONS / "versions").glob("0*.py")
    )


def version(database: Database) -> str | None:
    """Return the schema's version, None for an empty database."""
    with database.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return None if found is None else str(found)

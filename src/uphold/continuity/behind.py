# SPDX-License-Identifier: Apache-2.0
"""A backup of a database that is behind its head file, such as a replica that took over without the end.

Nobody may sign on such a journal: people hold receipts of what is missing. It is written down as it is, without a word
in the journal, and restored at once: the restore opens another journal, which names the last head that was known.
"""

from pathlib import Path

from uphold import errors
from uphold.config import Settings
from uphold.continuity import backup
from uphold.continuity.backup import Made
from uphold.database import transfer, upgrade
from uphold.database.engine import Database
from uphold.database.writer import Writer
from uphold.journal.head import HeadFile
from uphold.journal.log import Log
from uphold.vault import destroyed, signing, unlock


def run(settings: Settings, to: Path, identity: Path) -> Made:
    """Write the backup to a new file and open it again whole.

    Raises `errors.Conflict` for a file that is there, and where the database is not behind: an ordinary backup is
    right then. Else as `Maker.make`, `errors.Unavailable` when the database cannot be reached.
    """
    if to.exists():
        raise errors.Conflict(f"{to} is there already.", "Name a file that is not.")
    database = Database(settings.database_url)
    try:
        upgrade.require(database)
        transfer.require_whole(database)
        ring = unlock.load(
            settings.path(settings.keys.ring), settings.path(settings.keys.destroyed)
        )
        log = Log(
            settings.origin,
            signing.signer(settings, ring),
            HeadFile(settings.path(settings.keys.head)),
            confirm=database.confirm,
        )
        _require_behind(database, log)
        with database.read() as connection:
            destroyed.complete(connection, settings.path(settings.keys.destroyed))
        # It never writes: whoever made it do so would be refused as here.
        writer = Writer(database, log, on_connect=log.verify_head)
        try:
            return backup.Maker(settings, ring, database, writer).aside(to, identity)
        finally:
            writer.close()
    finally:
        database.dispose()


def _require_behind(database: Database, log: Log) -> None:
    with database.read() as connection:
        try:
            log.verify_head(connection)
        except errors.Broken:
            return
    raise errors.Conflict(
        "The database is not behind the head file.", "Make an ordinary backup: uphold backup DIR"
    )

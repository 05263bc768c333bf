# SPDX-License-Identifier: Apache-2.0
"""Restore the newest backup aside, prove that it gives a whole site, and throw that away again.

Aside is a folder of this machine that nobody but its user may enter, with a SQLite database whatever the site's own is.
The key ring is not copied there. What comes of it is remembered and journaled, well or not.
"""

import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Column, Connection, Table, Text, func, insert, select

from uphold import config, errors
from uphold.config import DatabaseSettings, Settings
from uphold.continuity import backup, restore
from uphold.continuity.restore import Examine, Restored, Wanted, Watch
from uphold.database import transfer, walk
from uphold.database.engine import Database
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry, store
from uphold.retention import due
from uphold.statistics import budget
from uphold.vault import carry, destroyed, sample, unlock
from uphold.vault.unlock import KeyRing

DONE = "drill.done"
WELL, BROKEN, NOT_WHOLE = "well", "broken", "not-whole"
SEALED, BACK = "does-not-open", "came-back"
continuity_drill = Table(
    "continuity_drill",
    metadata,
    Column("number", Number, primary_key=True),
    Column("at", Number, nullable=False),
    # The digest of the backup that was restored aside.
    Column("backup", Text, nullable=False),
    # `well`, or the code of what was found.
    Column("outcome", Text, nullable=False),
    Column("entry", Number, nullable=False),
)

# Tables in which a restore itself writes.
_CHANGED = store.TABLES | carry.TABLES | {due.TABLE, budget.BUDGETS}


@dataclass(frozen=True, slots=True)
class Drilled:
    """What came of a drill: `outcome` is `well` or says what was wrong, `why` in words for the operator."""

    at: int
    backup: str
    outcome: str
    why: str = ""
    number: int = 0
    made_at: int = 0
    entries: int = 0
    parts: int = 0
    opened: int = 0


def run(
    settings: Settings,
    writer: Writer,
    identity: Path,
    examine: Examine,
    watch: Watch | None = None,
) -> Drilled:
    """Try the newest backup in `[backup] folder`; journals drill.done whether it is well or not.

    Raises `errors.Missing` when there is none, `errors.Invalid` for an identity that does not open it.
    """
    number, file = _newest(settings)
    with tempfile.TemporaryDirectory(prefix="uphold-drill-") as aside:
        found = attempt(settings, file, identity, Path(aside) / "site", examine, watch)
    at = writer.run(partial(_remember, found=found))
    return Drilled(at, *_words(found), number, *_figures(found))


def attempt(
    settings: Settings,
    file: Path,
    identity: Path,
    folder: Path,
    examine: Examine,
    watch: Watch | None = None,
) -> Drilled:
    """Restore a backup of the site into a folder and prove it; nothing is remembered.

    It is judged by what stood at the beginning in the key ring and in the list of destroyed parts, as the restore
    reads them then: the site serves on, and what it destroys or burns meanwhile may well be in what was brought back.
    """
    path = settings.path
    wanted = Wanted(
        file,
        folder,
        identity,
        path(settings.keys.ring),
        path(settings.keys.destroyed),
        path(settings.keys.head),
        DatabaseSettings().url,
        is_aside=True,
    )
    try:
        ring = unlock.load(wanted.keys)
        ring.settle()
        listed = destroyed.read(path(settings.keys.destroyed))
        done = restore.run(wanted, examine, watch)
    except errors.Broken as error:
        return Drilled(0, backup.digest(file), BROKEN, error.message)
    return prove(config.load(folder), done, ring, listed)


def newest(connection: Connection) -> Drilled | None:
    """Return the last drill that is remembered."""
    columns = continuity_drill.c
    query = select(continuity_drill).order_by(columns.number.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else Drilled(row.at, row.backup, row.outcome)


def rows(connection: Connection) -> walk.Rows:
    """Walk through what is remembered of every drill as it lies, for an audit."""
    return walk.rows(connection, continuity_drill)


def prove(settings: Settings, done: Restored, ring: KeyRing, listed: Collection[int]) -> Drilled:
    """Hold a restored site against its backup: as many rows, parts that open, nothing of what was destroyed."""
    database = Database(settings.database_url)
    try:
        with database.read() as connection:
            tried = sample.of(connection, ring)
            back = sample.back(connection, listed)
            fewer = _fewer(connection, done)
    finally:
        database.dispose()
    outcome, why = WELL, ""
    if tried.opened < tried.tried:
        outcome = SEALED
        why = f"Of {tried.tried} parts that were tried {tried.opened} open."
    if fewer:
        outcome, why = (
            NOT_WHOLE,
            f"Tables that do not hold what the backup does: {', '.join(fewer)}.",
        )
    if back:
        outcome, why = BACK, f"Destroyed parts that came back: {back}."
    return Drilled(
        at=0,
        backup=done.digest,
        outcome=outcome,
        why=why,
        made_at=done.made_at,
        entries=done.kept,
        parts=done.rows.get(carry.PARTS, 0),
        opened=tried.opened,
    )


def _newest(settings: Settings) -> tuple[int, Path]:
    kept = backup.kept_in(settings, backup.folder_of(settings))
    if not kept:
        raise errors.Missing(
            "There is no backup to try.",
            "Make one: uphold backup DIR",
        )
    return kept[-1]


def _fewer(connection: Connection, done: Restored) -> list[str]:
    """List the tables whose rows are not as many as the backup says, less what was destroyed since."""
    gone = done.erased + done.burned
    found = {}
    for table in transfer.tables(connection):
        query = select(func.count()).select_from(table)
        found[str(table.name)] = int(connection.execute(query).scalar_one())
    plain = [name for name in done.rows if name not in _CHANGED]
    fewer = [name for name in plain if found.get(name) != done.rows[name]]
    parts = done.rows.get(carry.PARTS, 0) - gone
    return fewer + [name for name in (carry.PARTS, carry.KEYS) if found.get(name) != parts]


def _remember(tx: Transaction, found: Drilled) -> int:
    codes: dict[str, str | int] = {"backup": found.backup, "outcome": found.outcome}
    index = tx.append(entry.encode(DONE, tx.now, entry.salt(), codes))
    row = {"at": tx.now, "backup": found.backup, "outcome": found.outcome, "entry": index}
    tx.execute(insert(continuity_drill).values(**row))
    return tx.now


def _words(found: Drilled) -> tuple[str, str, str]:
    return found.backup, found.outcome, found.why


def _figures(found: Drilled) -> tuple[int, int, int, int]:
    return found.made_at, found.entries, found.parts, found.opened

# SPDX-License-Identifier: Apache-2.0
"""A site with so many submissions, made in minutes: one is sent, and its rows are copied under other numbers.

The copies have the shape and size of real rows and stand in every index; what is sealed in them opens for nobody,
and nobody opens it. The journal is written for real, one entry for each.
"""

import contextlib
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from bench import journal_store
from uphold.app import App
from uphold.database.transaction import Transaction

FIRST = 1 << 32
"""The number of the first copy: above any that the site gives out by itself."""
CHUNK = 50_000
BATCH = 1_000

_PART = "({n} << 8) | ({old} & 255)"
_OF = "{key} BETWEEN ({of} << 8) AND ({of} << 8 | 255)"
# By table: which rows are the pattern's, and what a copy has in place of a column.
_COPIES = {
    "submission_record": ("number = {of}", {"number": "{n}", "nonce": "randomblob(16)"}),
    "consent_event": (_OF.replace("{key}", "number"), {"number": _PART.replace("{old}", "number")}),
    "vault_part": (_OF.replace("{key}", "number"), {"number": _PART.replace("{old}", "number")}),
    "vault_key": (_OF.replace("{key}", "number"), {"number": _PART.replace("{old}", "number")}),
    "vault_index": (
        _OF.replace("{key}", "part"),
        {"value": "randomblob(16)", "part": _PART.replace("{old}", "part")},
    ),
    "enquiry_item": ("number = {of}", {"number": "{n}"}),
    "retention_due": ("record = {of}", {"record": "{n}"}),
}


def fill(database: Path, of: int, count: int) -> None:
    """Copy the rows of a record so many times into the file of a site that is closed."""
    connection = sqlite.connect(database)
    with contextlib.closing(connection):
        connection.execute("PRAGMA synchronous=OFF")
        for start in range(FIRST, FIRST + count, CHUNK):
            stop = min(start + CHUNK, FIRST + count)
            with connection:
                for table in _COPIES:
                    connection.execute(_copy(connection, table, of), (start, stop))


def journal(app: App, count: int) -> None:
    """Append so many entries of the commonest kind."""

    def append(tx: Transaction, batch: int) -> None:
        for _ in range(batch):
            tx.append(journal_store.record(tx.now))

    for start in range(0, count, BATCH):
        batch = min(BATCH, count - start)
        app.writer.run(lambda tx, batch=batch: append(tx, batch))  # type: ignore[misc] # mypy infers no lambda with a default


def _copy(connection: sqlite.Connection, table: str, of: int) -> str:
    where, changed = _COPIES[table]
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    chosen = ", ".join(changed.get(name, f'"{name}"').format(n="crowd.n") for name in names)
    named = ", ".join(f'"{name}"' for name in names)
    return (
        "WITH RECURSIVE crowd(n) AS (SELECT ? UNION ALL SELECT n + 1 FROM crowd WHERE n + 1 < ?)"  # noqa: S608 - names of our own schema
        f" INSERT INTO {table} ({named}) SELECT {chosen} FROM crowd, {table} WHERE {where.format(of=of)}"
    )

# SPDX-License-Identifier: Apache-2.0
"""A site with so many submissions, made in minutes: one is sent, and its rows are copied under other numbers.

The copies have the shape and size of real rows and stand in every index; what is sealed in them opens for nobody,
and nobody opens it. The journal is written for real, one entry for each.
"""

import asyncio
import contextlib
import time
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from bench import journal_store, uphold_site
from uphold.app import App
from uphold.database.transaction import Transaction
from uphold.submission import form, token
from uphold.submission.submit import Post, Technical
from uphold.submission.validate import Accepted

FIRST = 1 << 32
"""The number of the first copy: above any that the site gives out by itself."""
CHUNK = 50_000
BATCH = 1_000

_TECHNICAL = Technical("192.0.2.7", "", "Browser/1.0", "2026-01-02T03:04:05Z", "/f/feedback")
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


def submit(app: App, address: str) -> int:
    """Send one submission through the intake, with every box ticked; returns its number."""
    edition = app.shelf.in_force()
    offer = form.derive(edition, uphold_site.FORM, "en")
    at = time.time_ns() // 1_000_000
    values = {"name": "A. Person", "email": address, "message": "A question. " * 40}
    consents = tuple(box.purpose for box in offer.boxes.values())
    accepted = Accepted(values, consents)
    made = Post(offer, edition, token.issue(offer, at), accepted, _TECHNICAL, at)
    received = asyncio.run(app.intake.take(made))
    return int(getattr(received, "number", 0))


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

# SPDX-License-Identifier: Apache-2.0
"""What was found of threats cannot be unmade by hand: rows are only added, and findings are never deleted."""

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from uphold.database import engine, upgrade
from uphold.threats import tables

ADDED = {
    tables.threats_model: (1, "ab", b"{}", 2, 3),
    tables.threats_change: (1, "a@b:c", "added", "none", "open", 0, 3, "[]", 4, 5, 6),
    tables.threats_acceptance: (1, "a@b:c", 1, "why", 3, 4, 5, 6),
    tables.threats_attestation: (1, "media", 1, 2, 3, 4),
}


def test_rows_are_only_added(engine_url: str) -> None:
    database = engine.create(engine_url)
    upgrade.run(database)
    finding = ("a@b:c", "a", "b:c", "open", 3, 1, 1)
    with database.connect() as connection:
        for table, row in {**ADDED, tables.threats_finding: finding}.items():
            connection.execute(insert(table).values(row))
    refused = [
        statement for table in ADDED for statement in (table.update().values(at=9), table.delete())
    ]
    for statement in (*refused, tables.threats_finding.delete()):
        with database.connect() as connection, pytest.raises(IntegrityError, match="append-only"):
            connection.execute(statement)
    with database.connect() as connection:
        connection.execute(tables.threats_finding.update().values(state="resolved"))
    with database.read() as connection:
        assert connection.execute(select(tables.threats_finding.c.state)).scalar_one() == "resolved"
    database.dispose()

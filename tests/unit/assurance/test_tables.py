# SPDX-License-Identifier: Apache-2.0
"""Evidence and attestations stay as they were written; a run may end and an alert may be seen."""

from typing import Any

import pytest
from sqlalchemy import Table, insert, update
from sqlalchemy.exc import IntegrityError

from uphold.assurance import tables
from uphold.database import engine, upgrade

ROWS: dict[Table, tuple[Any, ...]] = {
    tables.assurance_evidence: (1, 1, "a.b.c", "a.b", "kept", 2, 3, b"note", 4),
    tables.assurance_attestation: (1, "4.2.2", 1, 2, 3, 4, 5),
}


@pytest.mark.parametrize("table", ROWS, ids=lambda table: table.name)
def test_what_was_shown_cannot_be_rewritten_by_hand(engine_url: str, table: Table) -> None:
    database = engine.create(engine_url)
    upgrade.run(database)
    with database.connect() as connection:
        connection.execute(insert(table).values(ROWS[table]))
    for statement in (update(table).values(at=9), table.delete()):
        with database.connect() as connection, pytest.raises(IntegrityError, match="append-only"):
            connection.execute(statement)
    database.dispose()


def test_a_run_may_end_and_an_alert_be_seen(engine_url: str) -> None:
    database = engine.create(engine_url)
    upgrade.run(database)
    run, alert = tables.assurance_run, tables.assurance_alert
    with database.connect() as connection:
        connection.execute(insert(run).values((1, 2, None, 1, "a" * 64, 0, 3)))
        connection.execute(insert(alert).values((1, 1, "a.b.c", "a.b", 2, None, None, 4)))
        connection.execute(update(run).values(ended_at=5))
        connection.execute(update(alert).values(seen_at=6, seen_by=7))
        assert connection.execute(run.select()).one().ended_at == 5
        assert connection.execute(alert.select()).one().seen_by == 7
    database.dispose()

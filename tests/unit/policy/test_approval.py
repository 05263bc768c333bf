# SPDX-License-Identifier: Apache-2.0
"""Who approved an edition stays on record."""

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from uphold.database import engine, upgrade
from uphold.policy.approval import policy_approval


def test_an_approval_cannot_be_rewritten_by_hand(engine_url: str) -> None:
    database = engine.create(engine_url)
    upgrade.run(database)
    with database.connect() as connection:
        connection.execute(
            insert(policy_approval).values(edition=1, staff=4, reason="a", at=2, entry=3)
        )
    for statement in (update(policy_approval).values(at=9), policy_approval.delete()):
        with database.connect() as connection, pytest.raises(IntegrityError, match="append-only"):
            connection.execute(statement)
    database.dispose()

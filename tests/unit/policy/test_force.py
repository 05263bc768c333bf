# SPDX-License-Identifier: Apache-2.0
"""Nobody takes an edition out of force by hand."""

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from uphold.database import engine, upgrade
from uphold.policy.force import policy_force


def test_what_came_into_force_cannot_be_rewritten_by_hand(engine_url: str) -> None:
    database = engine.create(engine_url)
    upgrade.run(database)
    with database.connect() as connection:
        connection.execute(insert(policy_force).values(edition=1, at=2, entry=3))
    for statement in (update(policy_force).values(at=9), policy_force.delete()):
        with database.connect() as connection, pytest.raises(IntegrityError, match="append-only"):
            connection.execute(statement)
    database.dispose()

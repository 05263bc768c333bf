# SPDX-License-Identifier: Apache-2.0
"""Who was asked anew stays on record."""

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from uphold.consent.asked import consent_asked
from uphold.database import engine, upgrade

ASKED = (1, 2, "communication", 3, "a" * 64, "visit", 4, 5)


def test_what_was_asked_cannot_be_rewritten_by_hand(engine_url: str) -> None:
    database = engine.create(engine_url)
    upgrade.run(database)
    with database.connect() as connection:
        connection.execute(insert(consent_asked).values(ASKED))
    for statement in (update(consent_asked).values(at=9), consent_asked.delete()):
        with database.connect() as connection, pytest.raises(IntegrityError, match="append-only"):
            connection.execute(statement)
    database.dispose()

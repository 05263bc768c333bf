# SPDX-License-Identifier: Apache-2.0
"""Who was asked anew stays on record."""

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from tests import site
from tests.editions import PURPOSE
from uphold.app import App
from uphold.consent import asked
from uphold.consent.asked import Asking, consent_asked
from uphold.database import engine, upgrade, walk
from uphold.journal import entry

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


def test_who_was_asked_is_remembered_and_journaled(app: App) -> None:
    record = site.submit(app).number
    asking = Asking(PURPOSE, 3, "a" * 64)
    app.writer.run(lambda tx: asked.note(tx, app.ring, record, asking, asked.BY_MAIL))
    with app.database.read() as connection:
        assert asked.before(connection, record, 3) == {PURPOSE}
        assert asked.before(connection, record, 2) == frozenset()
        assert asked.before(connection, record + 1, 3) == frozenset()
        (row,) = asked.rows(connection)
        assert isinstance(row, walk.Row)
        said = entry.decode(app.log.entry(connection, row.values["entry"]))
    assert (row.values["record"], row.values["how"]) == (record, "mail")
    assert said.kind == "consent.asked"
    assert said.codes == {"purpose": PURPOSE, "edition": 3, "wording": "a" * 64}
    assert len(said.commitments) == 1

# SPDX-License-Identifier: Apache-2.0
"""Trying whether parts open, with nobody seeing what is in them."""

from pathlib import Path

from sqlalchemy import update

from tests import rings, site
from uphold.vault import sample
from uphold.vault.destroyed import Listed
from uphold.vault.tables import vault_key


def test_what_is_whole_opens_and_what_is_not_does_not(tmp_path: Path) -> None:
    app = site.build(tmp_path)
    first, second = site.submit(app), site.submit(app)
    with app.database.read() as connection:
        assert sample.of(connection, app.ring) == (6, 6)
        assert sample.of(connection, app.ring, 2) == (2, 2)
        assert sample.of(connection, rings.ring()) == (6, 0)
        there = [first.number << 8, second.number << 8 | 1, 1 << 40]
        assert sample.back(connection, there) == 2
        assert sample.back(connection, []) == 0
        # As many as batches of visits leave over the years, in one run.
        assert sample.back(connection, Listed([(0, 1 << 48)])) == 2
    one = vault_key.c.number == second.number << 8
    app.writer.run(lambda tx: tx.execute(update(vault_key).where(one).values(wrapped=b"x" * 60)))
    with app.database.read() as connection:
        assert sample.of(connection, app.ring) == (6, 5)
    app.close()

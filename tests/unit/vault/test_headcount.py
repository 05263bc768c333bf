# SPDX-License-Identifier: Apache-2.0
"""People are counted by their addresses: by e-mail, and by telephone where there is no other."""

from tests import cast, site
from tests.site import app
from uphold.app import App
from uphold.vault import headcount, subject

__all__ = ["app"]

MANY = 1000


def count(app: App, most: int = MANY) -> int:
    with app.database.read() as connection:
        return headcount.people(connection, most)


def test_each_person_counts_once_merged_or_waiting(app: App) -> None:
    assert count(app) == 0
    site.submit(app)
    site.submit(app)
    assert count(app) == 1
    app.writer.run(lambda tx: subject.merge(tx, 100))
    assert count(app) == 1
    site.submit(app)
    site.submit(app, doubts=(), **cast.stranger.values())
    assert count(app) == 2, "one waits, and is in the index already"
    assert count(app, most=1) == 1


def test_a_telephone_counts_where_there_is_no_address(app: App) -> None:
    site.submit(app, phone=cast.subject.phone, message="x")
    assert count(app) == 1
    app.writer.run(lambda tx: subject.merge(tx, 100))
    site.submit(app, doubts=(), **cast.subject.values())
    assert count(app) == 2, "nothing tells that the number is of the person with the address"
    app.writer.run(lambda tx: subject.merge(tx, 100))
    assert count(app) == 2

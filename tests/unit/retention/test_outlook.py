# SPDX-License-Identifier: Apache-2.0
"""What ends when is counted by purpose and month, before and after a sweep has looked."""

from pathlib import Path

import pytest

from tests import site
from uphold.app import App
from uphold.enquiry import desk
from uphold.retention import ends, orders, outlook
from uphold.retention.ends import Rules
from uphold.retention.orders import Terms
from uphold.retention.outlook import Outlook

DAY = 24 * 60 * 60 * 1000


@pytest.fixture
def app(tmp_path: Path) -> App:
    opened = site.build(tmp_path)
    site.submit(opened)
    site.submit(opened)
    return opened


def ahead(app: App, days: int = 0, most: int = outlook.MOST) -> Outlook:
    rules = Rules(app.shelf.edition, app.shelf.in_force(), desk.happened)
    with app.database.read() as connection:
        return outlook.of(connection, rules, site.now() + days * DAY, most)


def test_each_part_is_counted_where_it_ends(app: App) -> None:
    found = ahead(app)
    assert found.records == 2
    assert not found.due
    (first, *_) = sorted(found.months)
    # The technical data of a visit end after two weeks.
    assert first == outlook.month(site.now() + 14 * DAY)
    assert found.months[first]["security"] == 2
    parts = sum(outlook.total(counted) for counted in found.months.values())
    assert parts + outlook.total(found.endless) == living(app)


def living(app: App) -> int:
    rules = Rules(app.shelf.edition, app.shelf.in_force(), desk.happened)
    with app.database.read() as connection:
        return sum(map(len, ends.of_records(connection, rules, [1, 2]).values()))


def test_a_sweep_changes_nothing_in_the_count(app: App) -> None:
    before = ahead(app)
    app.sweep().run()
    assert ahead(app) == before


def test_what_is_due_is_told_apart_from_what_an_order_keeps(app: App) -> None:
    assert ahead(app, 15).due["security"] == 2
    terms = Terms(1, None, "Case 7", 0, None)
    app.writer.run(lambda tx: orders.place(tx, terms, 0))
    found = ahead(app, 15)
    assert (found.due["security"], found.kept["security"]) == (1, 1)


def test_those_that_end_later_are_counted_up_to_a_bound(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.submit(app)
    app.sweep().run()
    monkeypatch.setattr(outlook, "COUNTED", 2)
    found = ahead(app, most=1)
    assert (found.records, found.beyond, found.more) == (1, 1, True)
    monkeypatch.setattr(outlook, "COUNTED", 3)
    found = ahead(app, most=1)
    assert (found.beyond, found.more) == (2, False)


def test_only_so_many_are_reckoned_and_the_others_counted(app: App) -> None:
    site.submit(app)
    app.sweep().run()
    found = ahead(app, most=2)
    assert (found.records, found.beyond) == (2, 1)

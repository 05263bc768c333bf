# SPDX-License-Identifier: Apache-2.0
"""A withdrawal is one step: the ledger, the journal and the sweep learn of it together."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import cast, site
from tests.editions import PURPOSE
from tests.office import Office, quick_hashing
from uphold.app import App
from uphold.consent import ledger
from uphold.enquiry import reply
from uphold.retention import due, orders, schedule
from uphold.retention.orders import Terms
from uphold.rights import withdraw
from uphold.rights.withdraw import Meaning

__all__ = ["quick_hashing"]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = site.build(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def office(app: App, quick_hashing: None) -> Office:
    return Office(app)


def meaning(app: App, record: int, at: int) -> Meaning:
    with app.database.read() as connection:
        return withdraw.meaning(connection, app.holdings().rules, record, PURPOSE, at)


def test_it_is_said_before_when_the_data_go_and_the_proof(app: App) -> None:
    received = site.submit(app)
    at = site.now()
    found = meaning(app, received.number, at)
    assert (found.is_left, found.is_barred, found.waiting) == (True, False, 0)
    assert found.ends_at == schedule.after(at, "P30D")
    # Four years from receipt, whenever it is withdrawn.
    assert found.evidence_at is not None
    assert found.evidence_at > schedule.after(at, "P3Y")
    assert meaning(app, received.number, at + 1000).ends_at == found.ends_at + 1000
    app.writer.run(lambda tx: withdraw.withdraw(tx, app.ring, received.number, PURPOSE))
    # From then on the day stands, whenever one looks.
    ends = {meaning(app, received.number, later).ends_at for later in (at, at + 10_000_000)}
    assert len(ends) == 1


def test_an_answer_that_waits_is_counted_and_an_order_told(office: Office) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    question = office.question(clerk, record)
    reply.answer(office.writer, office.ring, question, "Yes", "Come.", language="ru")
    terms = Terms(record, None, "case 7", 0, None)
    office.run(lambda tx: orders.place(tx, terms, 1))
    found = meaning(office.app, record, site.now())
    assert (found.waiting, found.is_barred) == (1, True)


def test_the_sweep_looks_at_the_record_at_once(app: App) -> None:
    received = site.submit(app)
    index = app.writer.run(lambda tx: withdraw.withdraw(tx, app.ring, received.number, PURPOSE))
    with app.database.read() as connection:
        assert ledger.acts(connection, received.number)[-1].entry == index
        assert due.ready(connection, site.now() + 1, 10) == [received.number]

# SPDX-License-Identifier: Apache-2.0
"""What a withdrawal will mean is said before, in the reader's language, with dates by the policy's own rules."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import personal, site, visitor
from tests.editions import PURPOSE
from uphold.app import App
from uphold.consent import ledger
from uphold.retention import orders, schedule
from uphold.retention.orders import Terms
from uphold.submission import record
from uphold.submission.record import Facts
from uphold.submission.submit import Received
from uphold.web import documents, withdrawals
from uphold.web.receipt_views import Agreement


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = site.build(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def facts(app: App) -> Facts:
    number = site.submit(app).number
    with app.database.read() as connection:
        return record.facts(connection, [number])[number]


def shown(app: App, facts: Facts, language: str = "en") -> Agreement:
    with app.database.read() as connection:
        acts = ledger.acts(connection, facts.number)
        agreed = documents.agreements(app.shelf.in_force(), acts, language)
        return withdrawals.view(app, connection, facts, "x", language, agreed)[-1]


def test_before_it_says_what_goes_when_and_what_stays(app: App, facts: Facts) -> None:
    before = site.now()
    button = shown(app, facts).withdraw
    assert button is not None
    means = button.meaning
    assert means.data == ("Name", "E-mail", "Telephone", "Message")
    assert schedule.after(before, "P30D") <= means.until_at <= schedule.after(site.now(), "P30D")
    assert means.evidence_until_at == schedule.after(facts.received_at, "P4Y")
    assert (means.is_left, means.is_barred, means.answers, means.waiting) == (True, False, True, 0)
    assert means.others == ("Keeping the site safe from attack and abuse",)
    russian = shown(app, facts, "ru").withdraw
    assert russian is not None
    assert russian.meaning.data[0] == "Имя"


def test_an_order_that_keeps_the_data_is_told_without_its_ground(app: App, facts: Facts) -> None:
    terms = Terms(None, PURPOSE, "case 7 of the court", 0, None)
    app.writer.run(lambda tx: orders.place(tx, terms, 1))
    button = shown(app, facts).withdraw
    assert button is not None
    assert button.meaning.is_barred
    assert "court" not in str(button)


def test_after_it_the_date_stands_still_and_agreeing_is_offered(app: App, facts: Facts) -> None:
    visitor.withdraw(app, facts.number)
    first, second = shown(app, facts), shown(app, facts)
    assert first.withdraw is None
    assert first.gone is not None
    assert first.gone == second.gone
    assert first.gone.until_at == schedule.after(first.withdrawn_at, "P30D")
    assert first.again is not None
    assert first.again.box.name == f"consent.{PURPOSE}"


def test_once_the_data_are_gone_nothing_is_offered(app: App, facts: Facts) -> None:
    visitor.withdraw(app, facts.number)
    terms = app.shelf.in_force().policy.withdrawal
    later = schedule.after(site.now(), terms.within) + 1
    app.sweep().run(later)
    after = shown(app, facts)
    assert after.gone is not None
    assert not after.gone.is_left
    assert after.again is None


def test_a_consent_to_have_forms_filled_in_says_so_and_nothing_of_answers(app: App) -> None:
    personal.write(app.settings.folder)
    site.publish_policy(app)
    app.shelf.look()
    post = site.post(app, consents=(PURPOSE, personal.PURPOSE))
    received = asyncio.run(app.intake.take(post))
    assert isinstance(received, Received)
    with app.database.read() as connection:
        facts = record.facts(connection, [received.number])[received.number]
        acts = ledger.acts(connection, facts.number)
        agreed = documents.agreements(app.shelf.in_force(), acts, "en")
        both = withdrawals.view(app, connection, facts, "x", "en", agreed)
    told = {one.id: one.withdraw.meaning for one in both if one.withdraw}
    assert (told[PURPOSE].answers, told[PURPOSE].fills) == (True, False)
    assert (told[personal.PURPOSE].answers, told[personal.PURPOSE].fills) == (False, True)

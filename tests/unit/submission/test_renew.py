# SPDX-License-Identifier: Apache-2.0
"""A consent taken anew is one act more in the ledger, for what is due and nothing else."""

from dataclasses import replace

import pytest

from tests import site
from tests.editions import FORM, PURPOSE
from uphold.app import App
from uphold.consent import ledger
from uphold.consent.renewal import Judge
from uphold.policy.document import Edition
from uphold.submission import record, renew
from uphold.submission.record import Facts


@pytest.fixture
def wider(app: App) -> Edition:
    old = app.shelf.in_force()
    one = old.policy.purposes[PURPOSE]
    purposes = {**old.policy.purposes, PURPOSE: replace(one, actions=(*one.actions, "accumulate"))}
    return replace(old, number=2, policy=replace(old.policy, purposes=purposes))


def stored(app: App) -> Facts:
    number = site.submit(app).number
    with app.database.read() as connection:
        return record.facts(connection, [number])[number]


def take(app: App, wider: Edition, facts: Facts, *ticked: str) -> tuple[str, ...]:
    known = {1: app.shelf.in_force(), 2: wider}.__getitem__
    judge = Judge(wider)
    return app.writer.run(lambda tx: renew.take(tx, app.ring, judge, facts, known, ticked, "en"))


def test_what_was_ticked_and_is_due_is_stored_once(app: App, wider: Edition) -> None:
    facts = stored(app)
    assert take(app, wider, facts) == ()
    assert take(app, wider, facts, "security", "news") == ()
    assert take(app, wider, facts, PURPOSE) == (PURPOSE,)
    assert take(app, wider, facts, PURPOSE) == ()
    with app.database.read() as connection:
        first, second = ledger.acts(connection, facts.number)
    assert (first.edition, second.edition) == (1, 2)
    assert second.wording == wider.wording(FORM, PURPOSE, "en").digest
    assert (first.language, second.language) == ("ru", "en")


def test_nothing_is_due_under_the_edition_that_was_agreed_to(app: App) -> None:
    facts = stored(app)
    current = app.shelf.in_force()
    assert take(app, replace(current, number=2), facts, PURPOSE) == ()

# SPDX-License-Identifier: Apache-2.0
"""Asking anew from the console: counted first, confirmed with the number, written once, one letter each."""

import time
from collections.abc import Iterator

import pytest

from tests import cast, visitor, wider
from tests.visitor import Visitor
from uphold.app import App
from uphold.journal import entry
from uphold.web import asking_desk

pytestmark = pytest.mark.usefixtures("quick_hashing")

ASK = asking_desk.ASK
PATIENCE = 30.0


@pytest.fixture
def owner(one_app: App) -> Iterator[Visitor]:
    visitor.employ(one_app, cast.owner)
    with visitor.visiting(one_app) as anna:
        for _ in range(3):
            anna.receipt()
    wider.write(one_app.settings.folder)
    visitor.publish(one_app)
    with visitor.visiting(one_app) as who:
        assert who.sign_in(cast.owner).status == 303
        yield who


def kinds(app: App) -> list[str]:
    with app.database.read() as connection:
        return [entry.decode(raw).kind for _, raw in app.log.entries(connection)]


def rest(who: Visitor) -> None:
    """Wait until the round is over."""
    until = time.monotonic() + PATIENCE
    while "being written" in who.get(ASK).page.text:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_people_are_counted_and_then_asked_once(owner: Visitor) -> None:
    assert ASK in owner.get("/console/policy").page.links
    before = kinds(owner.app)
    page = owner.get(ASK).page
    assert "Ask 3 people" in page.text
    # Counting opens nothing.
    assert kinds(owner.app) == before
    done = owner.post(ASK, page.fields)
    assert (done.status, done.location) == (303, f"{ASK}?done=asking")
    rest(owner)
    assert kinds(owner.app).count("consent.asked") == 3
    page = owner.get(ASK).page
    assert "There is nobody to ask by mail." in page.text
    again = owner.act(ASK, edition="2", people="3")
    assert again.status == 409
    assert kinds(owner.app).count("consent.asked") == 3


def test_another_number_than_was_shown_asks_nobody(owner: Visitor) -> None:
    for fields in ({"people": "2"}, {"edition": "1"}, {"people": ""}, {"people": "3; 4"}):
        answer = owner.act(ASK, **{"edition": "2", "people": "3", **fields})
        assert answer.status == 409
        assert "the numbers have changed" in answer.page.text
    assert "consent.asked" not in kinds(owner.app)


def test_no_asking_without_the_token(owner: Visitor) -> None:
    assert owner.post(ASK, {"edition": "2", "people": "3"}).status == 403
    assert "consent.asked" not in kinds(owner.app)

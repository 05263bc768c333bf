# SPDX-License-Identifier: Apache-2.0
"""Searching and opening several at the console: journaled first, an address in no address, limits that hold."""

from collections.abc import Iterator

import msgspec
import pytest

from tests import cast, visitor
from tests.editions import PURPOSE
from tests.office import quick_hashing
from tests.visitor import Answer, Visitor
from uphold.app import App
from uphold.journal import entry
from uphold.vault import identifier
from uphold.web.search_desk import SEARCH, SEVERAL

__all__ = ["quick_hashing"]

pytestmark = pytest.mark.usefixtures("quick_hashing")


@pytest.fixture
def owner(here: App, somebody: Visitor) -> Iterator[Visitor]:
    somebody.send()
    yield from signed_in(here, cast.owner)


@pytest.fixture
def clerk(here: App, somebody: Visitor) -> Iterator[Visitor]:
    somebody.send()
    yield from signed_in(here, cast.clerk)


def signed_in(app: App, person: cast.Staff) -> Iterator[Visitor]:
    visitor.employ(app, person)
    with visitor.visiting(app) as who:
        assert who.sign_in(person).status == 303
        yield who


def entries(app: App) -> list[entry.Entry]:
    with app.database.read() as connection:
        return [entry.decode(raw) for _, raw in app.log.entries(connection)]


def look(who: Visitor, contact: str = cast.subject.email, purpose: str = PURPOSE) -> Answer:
    return who.act(SEARCH, contact=contact, purpose=purpose)


def box(app: App, number: int = 1) -> str:
    return f"pick-{app.ring.identifiers.encode(identifier.ENQUIRY, number)}"


def narrow(app: App, **limits: int) -> None:
    copies = msgspec.structs.replace(app.settings.copies, **limits)
    object.__setattr__(app, "settings", msgspec.structs.replace(app.settings, copies=copies))


def test_an_address_leads_to_the_enquiry_and_shows_nothing_of_it(clerk: Visitor) -> None:
    assert "30 searches left" in clerk.get(SEARCH).page.text
    found = look(clerk)
    assert found.status == 200
    assert "1 enquiry found" in found.page.text
    assert any("/console/enquiry/" in link for link in found.page.links)
    assert cast.leaks(found.body) == []
    assert "no-store" in found.headers["cache-control"]
    said = entries(clerk.app)[-1]
    assert (said.kind, said.codes["hits"], said.codes["purpose"]) == ("search.made", 1, PURPOSE)


def test_an_address_of_nobody_finds_nothing(clerk: Visitor) -> None:
    found = look(clerk, cast.stranger.email)
    assert "None that you may open" in found.page.text
    assert cast.leaks(found.body) == []


def test_without_an_address_or_a_purpose_nothing_is_looked_up(clerk: Visitor) -> None:
    for contact, purpose, anchor in (("anna", PURPOSE, "contact"), ("a@b.example", "", "purpose")):
        before = len(entries(clerk.app))
        again = look(clerk, contact, purpose)
        assert again.status == 422
        assert again.page.problems == [anchor]
        assert again.page.fields["contact"] == contact
        assert len(entries(clerk.app)) == before


def test_a_purpose_of_others_is_refused_in_the_journal(clerk: Visitor) -> None:
    technical = clerk.app.shelf.in_force().policy.technical
    refused = look(clerk, purpose=technical)
    assert refused.status == 403
    assert "does not give your role this purpose" in refused.page.text
    assert entries(clerk.app)[-1].kind == "copy.refused"
    # What is no id of a purpose cannot even be journaled.
    assert look(clerk, purpose="No Purpose").status == 400


def test_searches_end_for_this_hour(clerk: Visitor) -> None:
    narrow(clerk.app, searches_per_hour=1)
    assert look(clerk).status == 200
    refused = look(clerk)
    assert refused.status == 429
    assert "more than may be taken" in refused.page.text


def test_what_was_found_is_opened_together_by_who_may(owner: Visitor) -> None:
    app = owner.app
    found = look(owner)
    assert SEVERAL in found.page.actions
    opened = owner.act(SEVERAL, **{"purpose": PURPOSE, box(app): "yes"})
    assert opened.status == 200
    assert cast.subject.email in opened.page.text
    kinds = [one.kind for one in entries(app)]
    assert kinds[-2:] == ["record.opened", "copy.opened"]


def test_a_clerk_searches_and_opens_one_by_one(clerk: Visitor) -> None:
    assert SEVERAL not in look(clerk).page.actions
    assert clerk.get(SEVERAL).status == 404


def test_choosing_from_the_list(owner: Visitor) -> None:
    app = owner.app
    page = owner.get(SEVERAL)
    assert box(app) in page.html
    assert cast.leaks(page.body) == []
    none = owner.act(SEVERAL, purpose=PURPOSE)
    assert (none.status, none.page.problems) == (422, ["picks"])
    assert owner.get(f"{SEVERAL}?state=closed").status == 200
    # An id of another sort of thing is no box.
    receipt = f"pick-{app.ring.identifiers.encode(identifier.RECEIPT, 1)}"
    assert owner.act(SEVERAL, **{"purpose": PURPOSE, receipt: "yes"}).status == 422


def test_more_than_may_be_opened_is_refused(owner: Visitor) -> None:
    app = owner.app
    narrow(app, open_at_once=1, open_per_day=1)
    first = owner.act(SEVERAL, **{"purpose": PURPOSE, box(app): "yes"})
    assert first.status == 200
    second = owner.act(SEVERAL, **{"purpose": PURPOSE, box(app): "yes"})
    assert second.status == 429
    assert cast.leaks(second.body) == []


def test_what_the_gate_refuses_is_said_at_each(owner: Visitor) -> None:
    app = owner.app
    technical = app.shelf.in_force().policy.technical
    opened = owner.act(SEVERAL, **{"purpose": technical, box(app): "yes"})
    assert opened.status == 200
    assert "192.0.2.7" in opened.page.text


def test_opening_several_asks_for_a_fresh_proof(
    owner: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uphold.access.second.FRESH_MS", 0)
    asked = owner.act(SEVERAL, **{"purpose": PURPOSE, box(owner.app): "yes"})
    assert asked.status in {303, 401}
    assert "record.opened" not in [one.kind for one in entries(owner.app)]

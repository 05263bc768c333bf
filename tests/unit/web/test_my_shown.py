# SPDX-License-Identifier: Apache-2.0
"""What a person sees without any value opened, and who is named how."""

import pytest

from tests import cast, person, visitor
from tests.editions import PURPOSE
from tests.visitor import Visitor
from uphold import typeset
from uphold.access.permission import Role
from uphold.app import App
from uphold.journal import entry


def kinds(app: App) -> list[str]:
    with app.database.read() as connection:
        return [entry.decode(raw).kind for _, raw in app.log.entries(connection)]


def test_the_page_tells_what_is_held_and_opens_nothing(somebody: Visitor) -> None:
    visitor.employ(somebody.app, cast.clerk)
    somebody.receipt()
    home = person.enter(somebody)
    assert home.status == 200
    (href,) = person.submissions(somebody)
    page = somebody.get(href)
    leaked = [text for text in cast.subject.secrets() if text in page.body]
    assert leaked == []
    for said in ("Nobody yet", "edition 1", "If you withdraw this consent", "by "):
        assert said in page.page.text
    before = kinds(somebody.app)
    assert "subject.opened" not in before
    shown = person.act(somebody, f"{href}/open")
    assert shown.status == 200
    assert cast.subject.name in shown.page.text
    assert shown.headers["cache-control"] == "no-store"
    assert kinds(somebody.app).count("subject.opened") == 3
    assert "you" in somebody.get(href).page.text


def test_staff_are_named_by_role(somebody: Visitor, stranger: Visitor) -> None:
    visitor.employ(somebody.app, cast.clerk)
    somebody.receipt()
    stranger.sign_in(cast.clerk)
    (row,) = [x for x in stranger.get("/console").page.links if x.startswith("/console/enquiry/")]
    assert stranger.act(f"{row}/open", purpose=PURPOSE).status == 200
    person.enter(somebody)
    page = somebody.get(person.submissions(somebody)[0])
    assert str(Role.CLERK) in page.page.text
    assert cast.clerk.login not in page.html
    assert "E-mail" in page.page.text


def test_a_pdf_is_offered_only_where_one_can_be_made(
    somebody: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody.receipt()
    assert 'value="pdf"' in person.enter(somebody).html
    monkeypatch.setattr(typeset, "is_there", lambda: False)
    shown = somebody.get("/my").html
    assert 'value="pdf"' not in shown
    assert 'value="json"' in shown

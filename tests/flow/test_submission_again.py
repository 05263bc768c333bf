# SPDX-License-Identifier: Apache-2.0
"""A form that is sent again, late, or after it changed: once stored, never too late, never against another text."""

from pathlib import Path

import pytest

from tests import cast, site, visitor
from tests.visitor import BOX, JSON, Visitor
from uphold.app import App
from uphold.submission import form

YEAR = 365 * 24 * 3600 * 1000


def edit(app: App, name: str, old: str, new: str) -> None:
    """Change a file of the site's folder and publish it."""
    file = app.settings.folder / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    visitor.publish(app)


def test_the_same_post_twice_is_one_submission(anna: Visitor) -> None:
    page = anna.form()
    first = anna.send(page)
    before = visitor.stored(anna.app)
    again = anna.send(page)
    assert (again.status, again.location) == (303, first.location)
    assert visitor.stored(anna.app) == before


def test_after_a_restart_too(anna: Visitor) -> None:
    page = anna.form()
    first = anna.send(page)
    anna.app.intake._recent.clear()
    before = visitor.stored(anna.app)
    assert anna.send(page).location == first.location
    assert visitor.stored(anna.app) == before


@pytest.mark.parametrize("forgotten", [False, True], ids=["at once", "after a restart"])
def test_other_contents_under_the_same_token(anna: Visitor, forgotten: bool) -> None:
    page = anna.form()
    first = anna.send(page)
    if forgotten:
        anna.app.intake._recent.clear()
    before = visitor.stored(anna.app)
    again = anna.send(page, message="Something else")
    assert again.status == 409
    shown = again.page
    receipt = first.location.partition("?")[0]
    assert any(link.startswith(receipt) for link in shown.links)
    assert shown.fields["message"] == "Something else"
    assert shown.ticked == []
    assert visitor.stored(anna.app) == before
    # With the fresh token given there, it is a message of its own.
    assert shown.token != page.token
    sent = anna.send(shown, message="Something else")
    assert sent.status == 303
    assert sent.location != first.location


def test_a_changed_form_is_stale(one: Visitor) -> None:
    page = one.form()
    edit(one.app, "forms/feedback.toml", "Any name will do", "Any name at all will do")
    before = visitor.stored(one.app)
    sent = one.send(page)
    assert sent.status == 422
    shown = sent.page
    assert shown.title.startswith("Not sent yet: ")
    assert "The questions of the form" in shown.text
    assert shown.fields["message"] == cast.subject.message
    assert shown.ticked == []
    assert shown.token != page.token
    assert visitor.stored(one.app) == before
    assert one.send(shown).status == 303


def test_a_changed_wording_is_stale(one: Visitor) -> None:
    page = one.form()
    edit(one.app, "policy/policy.toml", 'at-most = "P1Y"', 'at-most = "P2Y"')
    sent = one.program(page)
    assert sent.status == 422
    told = sent.json
    assert [e["code"] for e in told["errors"]] == ["stale"]
    assert told["changes"][0]["what"] == "wording"
    fields = {**cast.subject.values(), BOX: "yes", form.TOKEN: told["token"]}
    assert one.post("/f/feedback", fields, JSON).status == 201


def test_an_edition_that_changes_neither_makes_nothing_stale(one: Visitor) -> None:
    page = one.form()
    edit(one.app, "policy/policy.toml", "# What the policy", "# All that the policy")
    assert one.app.shelf.in_force().number == 2
    sent = one.send(page)
    assert sent.status == 303
    # What was agreed to stays with the edition that was shown.
    assert "/policy?edition=1" in "".join(one.get(sent.location).page.links)


def test_no_token_is_ever_too_old(one: Visitor) -> None:
    old = visitor.old_token(one.app, site.now() - 2 * YEAR)
    assert one.send(**{form.TOKEN: old}).status == 303


def test_a_token_of_another_site_or_a_changed_one(one: Visitor, tmp_path: Path) -> None:
    other = site.anew(tmp_path / "other")
    foreign = visitor.old_token(other, site.now())
    other.close()
    good = one.form().token
    before = visitor.stored(one.app)
    broken = good[:-2] + ("AA" if good[-2:] != "AA" else "BB")
    for token in (foreign, broken, good[:-4], "", "🙂", "A" * 5000, "="):
        sent = one.send(**{form.TOKEN: token})
        assert sent.status == 200
        assert sent.page.title.startswith("Not sent yet: ")
    assert visitor.stored(one.app) == before

# SPDX-License-Identifier: Apache-2.0
"""A locked session proves itself, and what was posted meanwhile goes on: nothing is lost, nothing is done before."""

import html
import re

import pytest

from tests import cast, visitor
from tests.editions import PURPOSE
from tests.office import quick_hashing
from tests.unit.web.second import ACCOUNT, clerk, code, set_up
from tests.visitor import Answer, Visitor
from uphold.access import session
from uphold.app import App
from uphold.enquiry import desk
from uphold.vault import identifier
from uphold.web import showing, staffed

__all__ = ["clerk", "quick_hashing"]

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
SUBJECT = 'Your <order> & the "rest"'
TEXT = "Dear customer,\r\n\r\nit left today.  Two  spaces & <b>signs</b>."


def lock(here: App, who: Visitor) -> str:
    """Let a session do nothing for long; returns its anti-forgery token."""
    token = who.cookies[staffed.COOKIE]
    by = here.settings.console.lock_minutes * 60_000
    here.writer.run(lambda tx: session.grow_old(tx, token, by))
    return session.csrf(token)


def hidden(page: Answer) -> dict[str, str]:
    return {name: html.unescape(text) for name, text in HIDDEN.findall(page.html)}


@pytest.fixture
def enquiry(here: App, clerk: Visitor) -> str:
    """The address of an enquiry of the subject's."""
    clerk.send()
    return f"/console/enquiry/{here.ring.identifiers.encode(identifier.ENQUIRY, 1)}"


def test_what_a_locked_session_posts_waits_for_the_proof_and_goes_on(
    here: App, clerk: Visitor, enquiry: str
) -> None:
    csrf, answer = lock(here, clerk), f"{enquiry}/answer"
    written = {"_csrf": csrf, "purpose": PURPOSE, "subject": SUBJECT, "text": TEXT}
    asked = clerk.post(answer, written)
    assert asked.status == 403
    assert f'action="{answer}' in asked.html
    carried = hidden(asked)
    assert (carried["kept.subject"], carried["kept.text"]) == (SUBJECT, TEXT)
    assert state(here) == desk.State.NEW
    wrong = clerk.post(answer, {**carried, "given": "a guess of nobody's"})
    assert wrong.status == 422
    assert hidden(wrong) == carried
    assert state(here) == desk.State.NEW
    assert clerk.get("/console").status == 303
    done = clerk.post(answer, {**carried, "given": cast.clerk.password})
    assert done.status == 303, done.html
    assert done.location.endswith("?done=answered")
    assert clerk.get("/console").status == 200
    # Sent once more from another window, when nothing is locked any more: still what was written, no proof.
    again = clerk.post(answer, {**carried, "kept.text": ""})
    assert again.status == 422
    assert "kept." not in again.html


def test_the_second_factor_unlocks_where_there_is_one_and_the_password_does_not(
    here: App, clerk: Visitor
) -> None:
    secret, _ = set_up(clerk)
    csrf = lock(here, clerk)
    for place, fields in (
        ("/console/again", {"next": "/console"}),
        (f"{ACCOUNT}/session/9/end", {showing.UNLOCK: "1"}),
    ):
        tried = clerk.post(place, {"_csrf": csrf, **fields, "given": cast.clerk.password})
        assert tried.status == 422
        assert clerk.get("/console").status == 303
    proof = {"_csrf": csrf, showing.UNLOCK: "1", "given": code(secret, 1)}
    assert clerk.post(f"{ACCOUNT}/session/9/end", proof).status == 404, "let on, and nothing there"
    assert clerk.get("/console").status == 200


def test_without_the_forms_token_a_locked_session_is_not_even_asked(
    here: App, clerk: Visitor
) -> None:
    lock(here, clerk)
    forged = {"_csrf": "made up", showing.UNLOCK: "1", "given": cast.clerk.password}
    assert clerk.post(f"{ACCOUNT}/factor", forged).status == 403
    assert clerk.get("/console").status == 303


def test_many_guesses_at_a_lock_must_wait(here: App, clerk: Visitor) -> None:
    csrf = lock(here, clerk)
    guess = {"_csrf": csrf, showing.UNLOCK: "1", "given": "a guess of nobody's", "kept.x": "1"}
    told = [clerk.post(f"{ACCOUNT}/factor", guess) for _ in range(8)]
    assert told[-1].status == 429
    assert int(told[-1].headers["retry-after"]) >= 1
    assert visitor.stored(here)["access_session"] == 1


def state(here: App) -> str:
    with here.database.read() as connection:
        return desk.find(connection, 1).state


def test_a_password_is_not_carried() -> None:
    posted = {"_csrf": "x", "current": "one", "password": "two", "again": "two", "text": "Words"}
    assert dict(showing.carried(posted)) == {showing.UNLOCK: "1", f"{showing.KEPT}text": "Words"}

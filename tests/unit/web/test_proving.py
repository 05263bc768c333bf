# SPDX-License-Identifier: Apache-2.0
"""The second step of a sign-in, and the proof asked for anew: who has only the password gets nowhere."""

import pytest

from tests import cast, visitor
from tests.office import quick_hashing
from tests.sabotage import stage
from tests.unit.web.second import ACCOUNT, clerk, code, set_up
from tests.visitor import Visitor
from uphold.access import second
from uphold.app import App
from uphold.enquiry import desk
from uphold.submission.form import HONEYPOT
from uphold.vault import identifier

__all__ = ["clerk", "quick_hashing"]

CODE = "/console/login/code"


def second_step(who: Visitor, given: str) -> visitor.Answer:
    csrf = who.get(CODE).page.fields["_csrf"]
    return who.post(CODE, {"_csrf": csrf, "given": given})


def test_a_password_alone_opens_nothing_any_more(here: App, clerk: Visitor) -> None:
    secret, recovery = set_up(clerk)
    spent, good = code(secret), code(secret, 1)
    # Whoever set it goes on; the secret and the codes are shown no more.
    page = clerk.get(ACCOUNT).html
    assert secret not in page
    assert recovery[0] not in page
    with visitor.visiting(here) as thief:
        assert thief.sign_in(cast.clerk).status == 303
        assert thief.get("/console").location.startswith(CODE)
        assert thief.get(ACCOUNT).location.startswith(CODE)
        assert thief.post("/console/logout", {"_csrf": "x"}).location.startswith(CODE)
        assert second_step(thief, "123").status == 422
        assert thief.get("/console").status == 303
        assert second_step(thief, good).location == "/console"
        assert thief.get("/console").status == 200
    with visitor.visiting(here) as later:
        later.sign_in(cast.clerk)
        assert second_step(later, good).status == 422, "it was used"
        assert second_step(later, spent).status == 422, "it is older"
        assert second_step(later, recovery[3]).status == 303
    with visitor.visiting(here) as last:
        last.sign_in(cast.clerk)
        assert second_step(last, recovery[3]).status == 422


def test_codes_cannot_be_guessed_at(here: App, clerk: Visitor) -> None:
    set_up(clerk)
    with visitor.visiting(here) as thief:
        thief.sign_in(cast.clerk)
        told = [second_step(thief, "abcdef") for _ in range(8)]
        assert {answer.status for answer in told[:6]} == {422}
        assert told[-1].status == 429
        assert int(told[-1].headers["retry-after"]) >= 1


def test_without_the_forms_token_no_code_is_looked_at(here: App, clerk: Visitor) -> None:
    secret, _ = set_up(clerk)
    with visitor.visiting(here) as other:
        other.sign_in(cast.clerk)
        assert other.post(CODE, {"given": code(secret, 1)}).status == 403
        assert other.get("/console").status == 303
    with visitor.visiting(here) as stranger:
        assert stranger.get(CODE).location == "/console/login"
        assert stranger.post(CODE, {"given": code(secret, 1)}).location == "/console/login"


def test_what_weighs_much_needs_a_fresh_proof(
    here: App, somebody: Visitor, quick_hashing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.employ(here, cast.owner)
    somebody.sign_in(cast.owner)
    monkeypatch.setattr(second, "FRESH_MS", 0)
    invited = {"login": "newcomer", "role": "clerk"}
    refused = somebody.act("/console/staff", **invited)
    assert refused.location.startswith("/console/again")
    assert "newcomer" not in somebody.get("/console/staff").html
    assert "password" in somebody.get("/console/again").html
    assert somebody.act("/console/again", given="not it at all").status == 422
    monkeypatch.undo()
    with stage.quick_hashing():
        assert somebody.act("/console/again", given=cast.owner.password).status == 303
    assert somebody.act("/console/staff", **invited).status == 200


@pytest.mark.parametrize(
    "place",
    [
        *("/console/retention/run", "/console/request/1/fulfil", "/console/request/1/package"),
        *("/console/policy/publish", "/console/staff", "/console/policy/ask"),
        "/console/enquiry/{id}/glass",
    ],
)
def test_each_act_that_weighs_much_waits_for_a_fresh_proof(
    here: App, somebody: Visitor, quick_hashing: None, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    visitor.employ(here, cast.owner)
    somebody.sign_in(cast.owner)
    monkeypatch.setattr(second, "FRESH_MS", 0)
    assert somebody.act(place.format(id="x")).location.startswith("/console/again")


def test_to_destroy_what_was_set_aside_waits_for_a_fresh_proof(
    here: App, somebody: Visitor, quick_hashing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody.send(**{HONEYPOT: "filled in"})
    visitor.employ(here, cast.owner)
    somebody.sign_in(cast.owner)
    enquiry = f"/console/enquiry/{here.ring.identifiers.encode(identifier.ENQUIRY, 1)}"
    with monkeypatch.context() as late:
        late.setattr(second, "FRESH_MS", 0)
        asked = somebody.act(f"{enquiry}/move", to="discarded")
        assert asked.location.startswith("/console/again?next=%2Fconsole%2Fenquiry%2F")
        with here.database.read() as connection:
            assert desk.find(connection, 1).state == desk.State.ASIDE
    assert somebody.act(f"{enquiry}/move", to="discarded").location.endswith("done=discarded")

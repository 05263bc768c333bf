# SPDX-License-Identifier: Apache-2.0
"""Passkeys at the pages: made with a fresh proof, shown at the second step and for a proof, taken away."""

import pytest

from tests import cast, visitor
from tests.office import quick_hashing
from tests.unit.web.second import ACCOUNT, RECOVERY, clerk
from tests.visitor import Answer, Visitor
from uphold.access import second
from uphold.app import App
from uphold.assurance.authenticator import Authenticator

__all__ = ["clerk", "quick_hashing"]

PASSKEY, CODE, AGAIN = f"{ACCOUNT}/passkey", "/console/login/code", "/console/again"


def device() -> Authenticator:
    return Authenticator("https://uphold.example", "uphold.example")


def add(who: Visitor, one: Authenticator, name: str = "Stick") -> Answer:
    options = who.act(f"{PASSKEY}/options")
    assert options.status == 200, options.html
    return who.act(PASSKEY, credential=one.make(options.json), name=name)


def at_second_step(who: Visitor, path: str = CODE, **fields: str) -> Answer:
    csrf = who.get(CODE).page.fields["_csrf"]
    return who.post(path, {"_csrf": csrf, **fields})


def test_the_first_comes_with_recovery_codes_and_is_asked_for_from_then_on(
    here: App, clerk: Visitor
) -> None:
    one, other = device(), device()
    made = add(clerk, one)
    assert made.status == 200
    recovery = RECOVERY.findall(made.html)
    assert len(recovery) == 10
    assert add(clerk, other, "Telephone").location == f"{ACCOUNT}?done=passkey-added"
    page = clerk.get(ACCOUNT).html
    assert "Telephone" in page
    assert recovery[0] not in page
    with visitor.visiting(here) as who:
        assert who.sign_in(cast.clerk).status == 303
        assert who.get("/console").location.startswith(CODE)
        assert "data-passkey" in who.get(CODE).html
        asked = at_second_step(who, f"{CODE}/options").json
        assert len(asked["publicKey"]["allowCredentials"]) == 2
        assert at_second_step(who, credential=device().show(asked)).status == 422
        answer = other.show(at_second_step(who, f"{CODE}/options").json)
        assert at_second_step(who, credential=answer, next=ACCOUNT).location == ACCOUNT
        assert who.get(ACCOUNT).status == 200
    with visitor.visiting(here) as later:
        later.sign_in(cast.clerk)
        assert at_second_step(later, credential=answer).status == 422, "played again"
        assert at_second_step(later, given=recovery[0]).status == 303, "recovery stays"


def test_what_is_asked_of_a_passkey_is_told_to_nobody_else(here: App, clerk: Visitor) -> None:
    add(clerk, device())
    with visitor.visiting(here) as stranger:
        assert stranger.post(f"{CODE}/options", {"_csrf": "x"}).status == 403
        stranger.sign_in(cast.clerk)
        assert stranger.post(f"{CODE}/options", {"a": "b"}).status == 403, (
            "without the form's token"
        )


def test_a_fresh_proof_is_a_passkey_where_there_is_one(
    clerk: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = device()
    add(clerk, one)
    (path,) = [at for at in clerk.get(ACCOUNT).page.actions if at.endswith("/remove")]
    with monkeypatch.context() as stale:
        stale.setattr(second, "FRESH_MS", 0)
        options = clerk.act(f"{PASSKEY}/options")
        assert (options.status, options.json["to"]) == (409, f"{AGAIN}?next=%2Fconsole%2Faccount")
        assert clerk.act(path).location.startswith(AGAIN)
    assert clerk.act(AGAIN, given=cast.clerk.password).status == 422, "the password is no proof now"
    asked = clerk.act(f"{AGAIN}/options").json
    assert clerk.act(AGAIN, credential=one.show(asked), next=ACCOUNT).location == ACCOUNT
    assert clerk.act(path).location == f"{ACCOUNT}?done=passkey-removed"
    assert clerk.act(path).status == 404
    assert clerk.act(f"{AGAIN}/options").status == 404, "none is left"
    assert clerk.act(AGAIN, given=cast.clerk.password).status == 303


def test_an_answer_to_nothing_keeps_nothing(clerk: Visitor) -> None:
    options = clerk.act(f"{PASSKEY}/options").json
    foreign = Authenticator("https://uphold.example.net", "uphold.example")
    for credential in (foreign.make(options), device().make(options), "", "{}"):
        refused = clerk.act(PASSKEY, credential=credential)
        assert refused.status == 422
        assert "Error: " in refused.page.title
    assert "There is none" in clerk.get(ACCOUNT).html


def test_a_copy_is_shown_to_its_owner_and_to_the_owner_of_the_site(
    here: App, clerk: Visitor
) -> None:
    one = device()
    add(clerk, one)
    for _ in range(2):
        answer = one.show(clerk.act(f"{AGAIN}/options").json)
        status = clerk.act(AGAIN, credential=answer).status
        one.counter -= 1
    assert status == 422
    assert "There is a copy of it somewhere" in clerk.get(ACCOUNT).html
    assert "Recovery code" in clerk.get(AGAIN).html, "the password alone is not enough"
    visitor.employ(here, cast.owner)
    with visitor.visiting(here) as owner:
        owner.sign_in(cast.owner)
        (link,) = [at for at in owner.get("/console/staff").page.links if "/staff/" in at][:1]
        assert "1 blocked" in owner.get(link).html
        assert owner.act(f"{link}/factor").status == 303
    with visitor.visiting(here) as anew:
        anew.sign_in(cast.clerk)
        assert anew.get(ACCOUNT).status == 200, "all of it was taken away"

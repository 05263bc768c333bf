# SPDX-License-Identifier: Apache-2.0
"""An answer proves a passkey only to the site, the question and the act that it was made for."""

import json
from typing import Any

import pytest
from hypothesis import given, settings, strategies as some

from uphold.access import webauthn
from uphold.access.webauthn import Site
from uphold.assurance.authenticator import Authenticator

SITE = Site("uphold.example", "https://uphold.example", "uphold.example")
ONE, OTHER = b"1" * 32, b"2" * 32


def device(**otherwise: Any) -> Authenticator:
    return Authenticator(**{"origin": SITE.origin, "host": SITE.host, **otherwise})


def creation(challenge: bytes = ONE) -> dict[str, Any]:
    return webauthn.creation(SITE, b"somebody", "clerk", (), challenge)


def kept(one: Authenticator) -> bytes:
    found = webauthn.made(SITE, ONE, one.make(creation()))
    assert found is not None
    return found.attested


@pytest.mark.parametrize(
    ("address", "host", "origin"),
    [
        ("https://uphold.example", "uphold.example", "https://uphold.example"),
        ("https://uphold.example:8443", "uphold.example", "https://uphold.example:8443"),
        ("http://127.0.0.1:8000", "localhost", "http://localhost:8000"),
        ("http://[::1]:8000", "localhost", "http://localhost:8000"),
        ("http://localhost", "localhost", "http://localhost"),
    ],
)
def test_passkeys_are_made_to_a_name(address: str, host: str, origin: str) -> None:
    assert webauthn.site(address) == Site(host, origin, host)


@pytest.mark.parametrize("address", ["http://uphold.example", "https://192.0.2.7", "http://[::2]"])
def test_no_name_or_no_tls_has_none(address: str) -> None:
    assert webauthn.site(address) is None


def test_what_is_asked_for_is_no_more_than_needed() -> None:
    asked = creation()["publicKey"]
    assert asked["attestation"] == "none"
    assert [one["alg"] for one in asked["pubKeyCredParams"]] == list(webauthn.ALGORITHMS)
    assert asked["authenticatorSelection"]["residentKey"] == "discouraged"
    assert asked["rp"]["id"] == SITE.host
    mine = kept(device())
    again = webauthn.creation(SITE, b"somebody", "clerk", (mine,), ONE)["publicKey"]
    shown = webauthn.question(SITE, (mine,), ONE)["publicKey"]
    assert len(again["excludeCredentials"]) == 1
    assert again["excludeCredentials"] == shown["allowCredentials"]


def test_one_is_made_and_shown() -> None:
    mine = device(counter=4)
    attested = kept(mine)
    answer = mine.show(webauthn.question(SITE, (attested,), OTHER))
    found = webauthn.shown(SITE, OTHER, (kept(device()), attested), answer)
    assert found == webauthn.Shown(mine.credential, 5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://uphold.example.net"},
        {"origin": "http://uphold.example"},
        {"origin": "https://sub.uphold.example"},
        {"origin": "https://uphold.example:444"},
        {"host": "sub.uphold.example"},
        {"flags": 0},
    ],
)
def test_another_place_or_nobody_there_proves_nothing(wrong: dict[str, Any]) -> None:
    assert webauthn.made(SITE, ONE, device(**wrong).make(creation())) is None
    mine = device()
    attested = kept(mine)
    for name, value in wrong.items():
        setattr(mine, name, value)
    answer = mine.show(webauthn.question(SITE, (attested,), ONE))
    assert webauthn.shown(SITE, ONE, (attested,), answer) is None


def test_another_question_another_key_and_another_act_prove_nothing() -> None:
    mine, thief = device(), device()
    attested = kept(mine)
    asked = webauthn.question(SITE, (attested,), ONE)
    answer = mine.show(asked)
    assert webauthn.shown(SITE, ONE, (attested,), answer) is not None
    assert webauthn.shown(SITE, OTHER, (attested,), answer) is None
    thief.credential = mine.credential
    assert webauthn.shown(SITE, ONE, (attested,), thief.show(asked)) is None
    assert webauthn.shown(SITE, ONE, (), answer) is None
    assert webauthn.made(SITE, ONE, answer) is None
    assert webauthn.shown(SITE, ONE, (attested,), mine.make(creation())) is None


def test_what_was_asked_for_from_within_anothers_page_proves_nothing() -> None:
    mine = device()
    attested = kept(mine)

    class Framed(Authenticator):
        def _told(self, act: str, options: Any) -> bytes:
            told = json.loads(Authenticator._told(self, act, options))
            return json.dumps({**told, "crossOrigin": True}).encode()

    framed = Framed(SITE.origin, SITE.host, credential=mine.credential, key=mine.key)
    asked = webauthn.question(SITE, (attested,), ONE)
    assert webauthn.shown(SITE, ONE, (attested,), framed.show(asked)) is None
    assert webauthn.made(SITE, ONE, framed.make(creation())) is None


@pytest.mark.parametrize(
    ("before", "now", "copied"),
    [(0, 0, False), (0, 1, False), (4, 5, False), (4, 4, True), (4, 3, True), (4, 0, True)],
)
def test_a_counter_goes_on_or_tells_of_a_copy(before: int, now: int, *, copied: bool) -> None:
    assert webauthn.is_copied(before, now) is copied


@settings(derandomize=True, max_examples=60, deadline=None)
@given(some.binary(min_size=1, max_size=64), some.integers(0, 400), some.booleans())
def test_bytes_of_anothers_choice_prove_nothing_and_raise_nothing(
    raw: bytes, at: int, is_new: bool
) -> None:
    mine = DEVICE
    good = mine.make(creation()) if is_new else mine.show(webauthn.question(SITE, (KEPT,), ONE))
    answer = json.loads(good)
    name = "attestationObject" if is_new else "authenticatorData"
    whole = answer["response"][name]
    answer["response"][name] = whole[:at] + raw.hex() + whole[at + len(raw) :]
    for text in (json.dumps(answer), good[:at], raw.hex(), "[" * 5000, "null", "1"):
        assert webauthn.shown(SITE, ONE, (KEPT,), text) is None
        webauthn.made(SITE, ONE, text)
    assert webauthn.made(SITE, ONE, " " * (webauthn.LONGEST + 1)) is None


DEVICE = device()
KEPT = kept(DEVICE)

# SPDX-License-Identifier: Apache-2.0
"""Verdicts on signing in, from hand-made traces."""

import ipaddress
from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.guessing import Guesses
from uphold.assurance.probe import Status
from uphold.assurance.probes import signin
from uphold.assurance.probes.signin import Sessions, Wrong

SLOWED = Guesses((422,) * 6 + (429,) * 8, waits=8)
SESSIONS = Sessions(
    cookies=1,
    http_only=True,
    same_site="lax",
    secure=True,
    must_be_secure=True,
    path="/console",
    max_age=43_200,
    longest=43_200,
    length=43,
    forged=(("no-token", 403), ("login", 403)),
    replayed=303,
    aged=303,
)


@pytest.mark.parametrize(
    ("guesses", "status"),
    [
        (SLOWED, Status.KEPT),
        (replace(SLOWED, statuses=(422,) * 14, waits=0), Status.BROKEN),
        (replace(SLOWED, statuses=(422,) * 9 + (429,) * 5), Status.BROKEN),
        (replace(SLOWED, statuses=(303, *SLOWED.statuses)), Status.BROKEN),
        (replace(SLOWED, waits=0), Status.BROKEN),
        # Slowed down is not locked out.
        (replace(SLOWED, right=429), Status.BROKEN),
    ],
)
def test_guesses_at_one_account(guesses: Guesses, status: Status) -> None:
    assert signin.judge_guesses(guesses).status == status


def test_guesses_at_many_accounts() -> None:
    many = Guesses((422,) * 21 + (429,) * 11, waits=11)
    assert signin.judge_spray(many).status == Status.KEPT
    assert signin.judge_spray(replace(many, statuses=(422,) * 32)).status == Status.BROKEN
    assert signin.judge_spray(None).status == Status.NOT_APPLICABLE


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_site_on_this_machine_is_asked_from_an_address_of_its_own(host: str) -> None:
    found = signin.own_address(host)
    assert ipaddress.IPv4Address(found).is_loopback
    assert found != "127.0.0.1"
    assert found != signin.own_address(host)


@pytest.mark.parametrize("host", ["example.org", "192.0.2.1", "::1", ""])
def test_a_site_elsewhere_is_not(host: str) -> None:
    assert signin.own_address(host) == ""


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        (Wrong(422, 1), Status.KEPT),
        (Wrong(429, 2), Status.KEPT),
        (Wrong(422, 0), Status.BROKEN),
        (Wrong(303, 1), Status.BROKEN),
    ],
)
def test_a_refused_sign_in_is_in_the_journal(wrong: Wrong, status: Status) -> None:
    assert signin.judge_wrong(wrong).status == status


def test_a_safe_session_is_kept() -> None:
    assert signin.judge_sessions(SESSIONS).status == Status.KEPT
    plain = replace(SESSIONS, secure=False, must_be_secure=False, same_site="strict")
    assert signin.judge_sessions(plain).status == Status.KEPT


@pytest.mark.parametrize(
    "fault",
    [
        {"http_only": False},
        {"same_site": "none"},
        {"same_site": ""},
        {"secure": False},
        {"path": "/"},
        {"max_age": 43_201},
        {"length": 16},
        {"forged": (("no-token", 303),)},
        {"replayed": 200},
        {"aged": 200},
    ],
    ids=str,
)
def test_a_session_that_can_be_taken_over_breaks_it(fault: dict[str, Any]) -> None:
    assert signin.judge_sessions(replace(SESSIONS, **fault)).status == Status.BROKEN


def test_without_a_cookie_nothing_is_shown() -> None:
    assert signin.judge_sessions(replace(SESSIONS, cookies=0)).status == Status.NOT_SHOWN

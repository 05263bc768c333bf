# SPDX-License-Identifier: Apache-2.0
"""Searches as seen: found by one entry, nothing told beside it, and an end to trying."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import searches
from uphold.assurance.probes.searches import Guess, Guessed, Looked

LOOKED = Looked(200, True, False, 1, True, 1, False, False)
GUESSES = (Guess("no-purpose", 422, False, 0), Guess("not-the-roles", 403, False, 1))
GUESSED = Guessed(GUESSES, 30, 30)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, Status.KEPT),
        ({"entries": 0, "hits": 0}, Status.BROKEN),
        ({"entries": 2}, Status.BROKEN),
        ({"proven": False}, Status.BROKEN),
        ({"hits": 0}, Status.BROKEN),
        ({"values": True}, Status.BROKEN),
        ({"kept": True}, Status.BROKEN),
        ({"stranger_listed": True}, Status.BROKEN),
        ({"status": 429}, Status.NOT_SHOWN),
        ({"listed": False, "hits": 0}, Status.NOT_SHOWN),
    ],
)
def test_a_search(changed: dict[str, Any], status: Status) -> None:
    assert searches.judge_look(replace(LOOKED, **changed)).status is status


def test_a_site_that_asks_for_no_address_has_nothing_to_hold() -> None:
    assert searches.judge_look(None).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("guess", "status"),
    [
        (Guess("not-the-roles", 403, False, 1), Status.KEPT),
        (Guess("not-the-roles", 400, False, 0), Status.BROKEN),
        (Guess("not-the-roles", 200, False, 1), Status.BROKEN),
        (Guess("no-purpose", 422, True, 0), Status.BROKEN),
    ],
)
def test_a_guess(guess: Guess, status: Status) -> None:
    guessed = replace(GUESSED, guesses=(*GUESSES, guess))
    assert searches.judge_guesses(guessed).status is status


@pytest.mark.parametrize(
    ("limit", "stopped", "status"),
    [
        (30, 0, Status.BROKEN),
        (30, 12, Status.KEPT),
        (9000, 0, Status.NOT_SHOWN),
    ],
)
def test_trying_ends(limit: int, stopped: int, status: Status) -> None:
    guessed = Guessed(GUESSES, limit, stopped)
    assert searches.judge_guesses(guessed).status is status

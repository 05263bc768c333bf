# SPDX-License-Identifier: Apache-2.0
"""Codes, the lock, guesses and passwords, judged by traces made by hand."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.access import password
from uphold.assurance.guessing import Guesses
from uphold.assurance.probe import Status
from uphold.assurance.probes import factors
from uphold.assurance.probes.factors import Codes, Lock, Passwords

WRONG = (("none", False), ("used", False), ("again", False))
CODES = Codes(right=True, recovered=True, wrong=WRONG, is_demanded=True, early=False)
LOCK = Lock(looked=303, acted=403, kept=True, guessed=303, unlocked=200, is_short=False)
PASSWORDS = Passwords(known=(422, 422), login=422, good=303)


def test_good_ones_are_kept() -> None:
    assert factors.judge_codes(CODES).status is Status.KEPT
    assert factors.judge_codes(replace(CODES, is_demanded=False, early=True)).status is Status.KEPT
    assert factors.judge_lock(LOCK).status is Status.KEPT
    assert factors.judge_passwords(PASSWORDS).status is Status.KEPT
    guesses = Guesses((422, 422, 422, 429), 1)
    assert factors.judge_code_guesses(guesses).status is Status.KEPT


@pytest.mark.parametrize(
    "changed",
    [
        {"right": False},
        {"recovered": False},
        {"early": True},
        {"wrong": (("none", False), ("again", True))},
    ],
    ids=str,
)
def test_each_fault_of_codes_breaks_it(changed: dict[str, Any]) -> None:
    assert factors.judge_codes(replace(CODES, **changed)).status is Status.BROKEN


@pytest.mark.parametrize(
    "changed",
    [{"looked": 200}, {"guessed": 200}, {"acted": 303}, {"kept": False}, {"unlocked": 303}],
    ids=str,
)
def test_each_fault_of_the_lock_breaks_it(changed: dict[str, Any]) -> None:
    assert factors.judge_lock(replace(LOCK, **changed)).status is Status.BROKEN


def test_a_session_that_ends_before_it_locks_has_nothing_to_unlock() -> None:
    ended = replace(LOCK, acted=303, kept=False, unlocked=303, is_short=True)
    assert factors.judge_lock(ended).status is Status.KEPT
    assert factors.judge_lock(replace(ended, looked=200)).status is Status.BROKEN


def test_guesses_at_codes_and_known_passwords_that_get_through_break_it() -> None:
    assert factors.judge_code_guesses(Guesses((422,) * 14, 0)).status is Status.BROKEN
    for changed in (replace(PASSWORDS, known=(422, 303)), replace(PASSWORDS, login=303)):
        assert factors.judge_passwords(changed).status is Status.BROKEN


def test_what_could_not_be_tried_is_not_shown() -> None:
    assert factors.judge_codes(None).status is Status.NOT_SHOWN
    assert factors.judge_code_guesses(None).status is Status.NOT_SHOWN
    assert factors.judge_passwords(replace(PASSWORDS, good=422)).status is Status.NOT_SHOWN


def test_what_the_probe_tries_is_long_enough_to_be_refused_for_what_it_is() -> None:
    assert {password.weakness(one, "somebody") for one in factors.KNOWN} == {
        password.Weakness.COMMON
    }

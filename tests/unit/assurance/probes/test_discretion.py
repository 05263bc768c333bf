# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import discretion
from uphold.assurance.probes.discretion import Guessed, Looked

LOOKED = Looked("page", 200, "no-store", "no-referrer", "noindex", 0)


@pytest.mark.parametrize(
    "changed",
    [
        {"status": 500},
        {"leaks": 1},
        {"cache": "public, max-age=60"},
        {"cache": ""},
        {"referrer": "same-origin"},
        {"robots": ""},
    ],
    ids=str,
)
def test_a_receipt_that_tells_others(changed: dict[str, Any]) -> None:
    assert discretion.TELLS_NOTHING.oracle((LOOKED,)).status is Status.KEPT
    outcome = discretion.TELLS_NOTHING.oracle((LOOKED, replace(LOOKED, **changed)))
    assert (outcome.status, len(outcome.saw)) == (Status.BROKEN, 1)


def test_an_address_that_was_guessed() -> None:
    assert discretion.NOT_GUESSED.oracle((Guessed("number", 404),)).status is Status.KEPT
    for status in (200, 410, 500):
        trace = (Guessed("number", 404), Guessed("next-number", status))
        assert discretion.NOT_GUESSED.oracle(trace).status is Status.BROKEN


@pytest.mark.parametrize("id_", ["abcdefa", "a234567", "b23456a", "zzzzzzz", "a2345ba"])
def test_no_guess_is_the_address_itself(id_: str) -> None:
    guesses = discretion.near(id_, 256)
    assert len(guesses) == 8
    assert id_ not in guesses.values()

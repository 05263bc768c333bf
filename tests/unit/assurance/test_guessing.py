# SPDX-License-Identifier: Apache-2.0
"""Guesses are judged by how many were looked at."""

import pytest

from uphold.assurance import guessing
from uphold.assurance.guessing import Guesses
from uphold.assurance.probe import Status

WAIT = (429,) * 6


@pytest.mark.parametrize(
    ("guesses", "status"),
    [
        (Guesses((422,) * 8 + WAIT, 6), Status.KEPT),
        (Guesses((422,) * 9 + WAIT, 6), Status.BROKEN),
        (Guesses((422,) * 7 + (303, *WAIT), 6), Status.BROKEN),
        (Guesses((422,) * 8 + WAIT, 0), Status.BROKEN),
        (Guesses((422,) * 8 + WAIT, 6, right=429), Status.BROKEN),
    ],
    ids=["few", "many", "let in", "told nobody", "locked out"],
)
def test_guesses_are_judged(guesses: Guesses, status: Status) -> None:
    assert guessing.judge(guesses).status is status

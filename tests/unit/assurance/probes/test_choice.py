# SPDX-License-Identifier: Apache-2.0
"""What came of asking for a cookie, judged from hand-made traces; that it is found is in tests/sabotage."""

from dataclasses import replace

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import choice
from uphold.assurance.probes.choice import Chosen

GOOD = Chosen(is_offered=True, status=200)


def test_a_cookie_for_who_agreed_is_kept() -> None:
    assert choice.judge_choice(GOOD).status is Status.KEPT
    assert choice.judge_choice(Chosen(is_offered=False)).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "trace",
    [
        replace(GOOD, status=404),
        replace(GOOD, is_ticked=True),
        replace(GOOD, unasked=("gpc",)),
        replace(GOOD, attributes=("HttpOnly",)),
        replace(GOOD, attributes=None),
        replace(GOOD, is_ended=False),
    ],
)
def test_each_fault_is_broken(trace: Chosen) -> None:
    found = choice.judge_choice(trace)
    assert (found.status, len(found.saw)) == (Status.BROKEN, 1)

# SPDX-License-Identifier: Apache-2.0
"""Verdicts on attempts to leave, from hand-made traces."""

from dataclasses import replace

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import leaving
from uphold.assurance.probes.leaving import REFUSED, TRIED, Attempts

GOOD = Attempts(REFUSED, REFUSED, frozenset({"door", "past"}))


def test_refused_and_journaled_is_kept() -> None:
    assert leaving.judge(GOOD).status == Status.KEPT


@pytest.mark.parametrize(
    "changed",
    [
        {"door": TRIED},
        {"past": TRIED},
        {"noted": frozenset({"door"})},
        {"noted": frozenset({"past"})},
    ],
    ids=["door", "past", "past-untold", "door-untold"],
)
def test_each_fault_breaks_it(changed: dict[str, object]) -> None:
    outcome = leaving.judge(replace(GOOD, **changed))  # type: ignore[arg-type] # each by its own name
    assert outcome.status == Status.BROKEN
    assert len(outcome.saw) == 1

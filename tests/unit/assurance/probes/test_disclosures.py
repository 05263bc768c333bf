# SPDX-License-Identifier: Apache-2.0
"""Verdicts on the register of disclosures, from hand-made traces."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import disclosures
from uphold.assurance.probes.disclosures import APPROVED, PREPARED, REFUSED, SENT, Line, Registered

STEPS = (
    (PREPARED, 1, "authorities court-proceedings communication name 0"),
    (APPROVED, 2, ""),
    (SENT, 1, "ab" * 32),
)
WELL = Line(1, STEPS, STEPS)


def judged(*lines: Line) -> Status:
    return disclosures.judge_registered(Registered(lines)).status


def test_a_register_that_the_journal_confirms_is_kept() -> None:
    refused = ((REFUSED, 1, "not-entitled"),)
    assert judged(WELL, Line(2, refused, refused)) == Status.KEPT


def test_where_nothing_was_ever_disclosed_there_is_nothing_to_hold_about() -> None:
    assert judged() == Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "fault",
    [
        {"rows": ()},
        {"rows": STEPS[:2]},
        {"steps": ()},
        {"rows": (STEPS[0], (APPROVED, 3, ""), STEPS[2])},
        {"declared": False},
        {"silence": False},
        {"opened_more": 1},
    ],
    ids=str,
)
def test_each_fault_is_broken(fault: dict[str, Any]) -> None:
    assert judged(WELL, replace(WELL, number=2, **fault)) == Status.BROKEN


@pytest.mark.parametrize(
    "steps",
    [
        (STEPS[0], STEPS[2]),
        (STEPS[0], (APPROVED, 1, ""), STEPS[2]),
        (STEPS[0], STEPS[2], STEPS[1]),
    ],
    ids=["by-nobody", "by-who-prepared", "afterwards"],
)
def test_what_left_without_another_is_broken_though_both_say_so(
    steps: tuple[tuple[str, int, str], ...],
) -> None:
    assert judged(Line(1, steps, steps)) == Status.BROKEN

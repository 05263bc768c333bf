# SPDX-License-Identifier: Apache-2.0
"""Verdicts on what recipients are told, from hand-made traces."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import recipients
from uphold.assurance.probes.recipients import Heard, Owed

CORRECTED, ERASED = Owed(3, 1, "corrected", 5), Owed(3, 1, "erased", 6)
KEPT = Heard(
    1,
    frozenset({CORRECTED, ERASED}),
    frozenset({CORRECTED, ERASED}),
    {1: ("due", 0, 0), 2: ("told", 1, 0), 3: ("answered", 1, 2)},
)


def test_everything_owed_is_noted_and_journaled() -> None:
    outcome = recipients.judge_heard(KEPT)
    assert outcome.status == Status.KEPT
    assert outcome.saw[-1].values == {"left": 1, "count": 3, "waits": 1}


def test_nothing_left_is_nothing_to_tell() -> None:
    nothing = Heard(0, frozenset(), frozenset(), {})
    assert recipients.judge_heard(nothing).status == Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "fault",
    [
        {"noted": frozenset({ERASED})},
        {"noted": frozenset({CORRECTED})},
        {"steps": {1: ("told", 0, 0)}},
        {"steps": {1: ("due", 1, 0)}},
        {"steps": {1: ("answered", 1, 0)}},
        {"steps": {1: ("told", 1, 1)}},
        {"steps": {1: ("told", 2, 0)}},
    ],
)
def test_each_fault_breaks_it(fault: dict[str, Any]) -> None:
    outcome = recipients.judge_heard(replace(KEPT, **fault))
    assert outcome.status == Status.BROKEN
    assert len(outcome.saw) == 1

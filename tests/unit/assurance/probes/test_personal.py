# SPDX-License-Identifier: Apache-2.0
"""Verdicts on forms that come filled in, from hand-made traces."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import personal
from uphold.assurance.probes.personal import Fitted

NOWHERE = Fitted(declared=False, public=0, refused=0, opened=0)
WELL = Fitted(declared=True, public=0, refused=0, opened=0, expected=2, filled=2, read=1)


@pytest.mark.parametrize("trace", [NOWHERE, WELL])
def test_empty_without_the_consent_is_kept(trace: Fitted) -> None:
    assert personal.judge_fitted(trace).status == Status.KEPT


@pytest.mark.parametrize("trace", [NOWHERE, WELL])
@pytest.mark.parametrize("fault", [{"public": 1}, {"refused": 2}, {"opened": 1}], ids=str)
def test_filled_in_for_who_did_not_agree_breaks_it(trace: Fitted, fault: dict[str, Any]) -> None:
    assert personal.judge_fitted(replace(trace, **fault)).status == Status.BROKEN


@pytest.mark.parametrize(
    "fault",
    [
        {"foreign": 1},
        {"filled": 1},
        {"read": 0},
        {"read": 2},
        {"off": 403},
        {"after": 1},
        {"reread": 1},
    ],
    ids=str,
)
def test_with_the_consent_it_is_held_to_it(fault: dict[str, Any]) -> None:
    assert personal.judge_fitted(replace(WELL, **fault)).status == Status.BROKEN

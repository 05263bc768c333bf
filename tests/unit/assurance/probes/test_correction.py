# SPDX-License-Identifier: Apache-2.0
"""Verdicts on correction, from hand-made traces."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import correction
from uphold.assurance.probes.correction import Corrected

FINE = Corrected(
    status=200,
    intruded=0,
    purposes=1,
    journaled=1,
    fields=2,
    pages=2,
    old=0,
    new=4,
    proven=True,
    again=0,
    states=("fulfilled",),
    late=0,
    others=0,
)


@pytest.mark.parametrize("seen", [{}, {"new": 5}, {"states": ("fulfilled", "fulfilled")}], ids=str)
def test_what_everybody_sees_corrected_is_kept(seen: dict[str, Any]) -> None:
    assert correction.judge_corrected(replace(FINE, **seen)).status == Status.KEPT


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"intruded": 1}, "Others than the person"),
        ({"status": 404}, "answers 404"),
        ({"old": 1}, "still shown: 1"),
        ({"new": 3}, "Of 4 corrected values that pages should show 3"),
        ({"journaled": 0}, "0 are in the journal"),
        ({"proven": False}, "digest"),
        ({"again": 1}, "once more"),
        ({"states": ("in-work",)}, "fulfilled in time"),
        ({"states": ()}, "fulfilled in time"),
        ({"late": 1}, "fulfilled in time"),
    ],
    ids=str,
)
def test_what_is_wrong_breaks_it(fault: dict[str, Any], told: str) -> None:
    outcome = correction.judge_corrected(replace(FINE, **fault, others=1))
    assert outcome.status == Status.BROKEN
    assert told in str(outcome.saw[0])


def test_whom_nothing_tells_is_not_passed_over() -> None:
    outcome = correction.judge_corrected(replace(FINE, others=1))
    assert outcome.status == Status.NOT_SHOWN
    assert "nothing tells them: 1" in str(outcome.saw[0])


@pytest.mark.parametrize("seen", [None, replace(FINE, fields=0), replace(FINE, purposes=0)])
def test_where_nothing_can_be_corrected_there_is_nothing_to_hold_about(
    seen: Corrected | None,
) -> None:
    assert correction.judge_corrected(seen).status == Status.NOT_APPLICABLE

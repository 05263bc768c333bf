# SPDX-License-Identifier: Apache-2.0
"""Openings in an emergency, judged by traces made by hand."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import glass
from uphold.assurance.probes.glass import Emergency

GOOD = Emergency(
    before=403,
    lame=(422, 422, 422),
    begun=303,
    opened=200,
    other=403,
    after=403,
    seconds=900,
    proven=1,
    reads=1,
    ends=1,
    told=False,
    alarmed=True,
    own_look=409,
)


def test_a_good_one_is_kept() -> None:
    assert glass.judge_emergency(GOOD).status is Status.KEPT


@pytest.mark.parametrize(
    "changed",
    [
        {"before": 200},
        {"other": 200},
        {"after": 200},
        {"lame": (422, 303, 422)},
        {"lame": (422, 303, 422), "begun": 0},
        {"seconds": glass.MOST_SECONDS + 1},
        {"proven": 0},
        {"proven": 2},
        {"reads": 0},
        {"ends": 0},
        {"told": True},
        {"alarmed": False},
        {"own_look": 303},
    ],
    ids=str,
)
def test_each_fault_breaks_it(changed: dict[str, Any]) -> None:
    assert glass.judge_emergency(replace(GOOD, **changed)).status is Status.BROKEN


def test_where_nothing_could_be_tried_nothing_is_shown() -> None:
    assert glass.judge_emergency(replace(GOOD, begun=0)).status is Status.NOT_SHOWN
    assert glass.judge_emergency(replace(GOOD, opened=403)).status is Status.NOT_SHOWN
    assert glass.judge_emergency(None).status is Status.NOT_APPLICABLE

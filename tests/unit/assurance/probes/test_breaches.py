# SPDX-License-Identifier: Apache-2.0
"""The terms that a breach starts, judged by traces made by hand."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import breaches
from uphold.assurance.probes.breaches import Breach

DUE = {"ru-152fz-first": 86_400, "ru-152fz-second": 259_200}
GOOD = Breach(opened=303, due=DUE, shown=DUE)


def test_a_good_one_is_kept() -> None:
    assert breaches.judge_breach(GOOD).status is Status.KEPT


@pytest.mark.parametrize(
    "changed",
    [
        {"shown": {}},
        {"shown": {**DUE, "ru-152fz-second": 86_400 + 259_200}},
        {"ahead": 303},
        {"moved": 303},
        {"hasty": 303},
        {"closed": 422},
        {"banner": False},
        {"missing": False},
        {"entries": 0},
        {"told": True},
        {"apart": False},
    ],
    ids=str,
)
def test_each_fault_breaks_it(changed: dict[str, Any]) -> None:
    assert breaches.judge_breach(replace(GOOD, **changed)).status is Status.BROKEN


def test_where_none_could_be_opened_nothing_is_shown() -> None:
    assert breaches.judge_breach(Breach(opened=404)).status is Status.NOT_SHOWN

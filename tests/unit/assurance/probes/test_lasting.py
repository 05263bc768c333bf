# SPDX-License-Identifier: Apache-2.0
"""Verdicts on terms, from hand-made traces."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import lasting
from uphold.assurance.probes.lasting import GRACE, Lasting

FINE = Lasting(True, living=7, overdue=0, late=0, barred=1, since=1000, under_way=False)


@pytest.mark.parametrize(
    "seen", [{}, {"since": None, "under_way": True}, {"since": 9 * GRACE, "under_way": True}], ids=str
)  # fmt: skip
def test_what_ends_in_time_is_kept(seen: dict[str, Any]) -> None:
    assert lasting.judge(replace(FINE, **seen)).status == Status.KEPT


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"overdue": 2, "late": 5 * lasting.HOUR}, "2 records hold technical data up to 5 hours"),
        ({"since": None}, "ever looked for"),
        ({"since": GRACE + 1}, "3 hours ago"),
        ({"overdue": 1, "late": GRACE, "under_way": True}, "1 records"),
    ],
    ids=str,
)
def test_what_outlives_its_term_breaks_it(fault: dict[str, Any], told: str) -> None:
    outcome = lasting.judge(replace(FINE, **fault))
    assert outcome.status == Status.BROKEN
    assert told in str(outcome.saw[0])


def test_without_technical_data_there_is_nothing_to_hold_about() -> None:
    assert lasting.judge(replace(FINE, declared=False)).status == Status.NOT_APPLICABLE

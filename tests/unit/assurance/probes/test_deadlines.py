# SPDX-License-Identifier: Apache-2.0
"""Verdicts on the law's terms, from hand-made traces."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import deadlines
from uphold.assurance.probes.deadlines import Stamp, Terms

RIGHT = Stamp(1, "ru-152fz", "access.answer", due=1000, stored=1000)
FINE = Terms(
    entered=(303, 303, 303),
    stamps=(RIGHT, RIGHT),
    sections=("late", "soon", "others"),
    alarmed=True,
    extended=False,
    people=1,
    unreminded=0,
)


def test_terms_that_are_right_and_seen_are_kept() -> None:
    outcome = deadlines.judge(FINE)
    assert outcome.status == Status.KEPT
    assert "2 terms" in str(outcome.saw[0])


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"stamps": (replace(RIGHT, stored=0),)}, "has no clock access.answer under ru-152fz"),
        ({"stamps": (replace(RIGHT, stored=1000 + 48 * 3_600_000),)}, "48 hours off"),
        ({"sections": ("others", "soon", "others")}, "not listed as overdue"),
        ({"sections": ("late", "", "others")}, "not listed as due soon"),
        ({"alarmed": False}, "No page of the console"),
        ({"extended": True}, "made longer"),
        ({"unlisted": 3}, "3 overdue requests"),
        ({"unreminded": 2}, "Of 2 requests"),
    ],
    ids=str,
)
def test_each_fault_breaks_it(fault: dict[str, Any], told: str) -> None:
    outcome = deadlines.judge(replace(FINE, **fault))
    assert outcome.status == Status.BROKEN
    assert told in str(outcome.saw[0])


def test_a_desk_that_takes_no_letter_shows_nothing() -> None:
    assert deadlines.judge(replace(FINE, entered=(303, 422, 303))).status == Status.NOT_SHOWN


def test_without_a_form_there_is_nothing_to_ask() -> None:
    assert deadlines.judge(replace(FINE, applies=False)).status == Status.NOT_APPLICABLE

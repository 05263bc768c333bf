# SPDX-License-Identifier: Apache-2.0
"""Verdicts on the site's own letters, from hand-made traces."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.notified import Received
from uphold.assurance.probe import Status
from uphold.assurance.probes import notices
from uphold.assurance.probes.notices import Kept, Letters

LETTER = Received("my-link", "ru", True, 0, ("text/plain", "text/html"), 0)
LETTERS = Letters(asked=303, verdict="exercise-only", open=0, strays=0, misled=0, letters=(LETTER,))
KEPT = Kept(asked=303, states=("queued",), lost=0)


def test_letters_that_give_nothing_away_are_kept() -> None:
    assert notices.judge_letters(LETTERS).status == Status.KEPT
    assert notices.judge_letters(replace(LETTERS, verdict="-")).status == Status.KEPT


@pytest.mark.parametrize(
    "fault",
    [
        {"verdict": "sent"},
        {"verdict": "link-over"},
        {"open": 1},
        {"strays": 1},
        {"misled": 1},
        {"letters": (LETTER, replace(LETTER, automatic=False))},
        {"letters": (LETTER, replace(LETTER, told=1))},
        {"letters": (LETTER, replace(LETTER, sides=("text/plain",)))},
        {"letters": (LETTER, replace(LETTER, fetches=1))},
    ],
    ids=str,
)
def test_each_fault_breaks_it(fault: dict[str, Any]) -> None:
    outcome = notices.judge_letters(replace(LETTERS, **fault))
    assert outcome.status == Status.BROKEN
    assert len(outcome.saw) == 1


def test_a_letter_that_waits_once_is_kept() -> None:
    assert notices.judge_kept(KEPT).status == Status.KEPT
    assert notices.judge_kept(replace(KEPT, states=("exercise",))).status == Status.KEPT


@pytest.mark.parametrize(
    "fault",
    [{"states": ()}, {"states": ("queued", "queued")}, {"states": ("sent",)}, {"lost": 1}],
    ids=str,
)
def test_a_letter_that_is_lost_breaks_it(fault: dict[str, Any]) -> None:
    assert notices.judge_kept(replace(KEPT, **fault)).status == Status.BROKEN


def test_where_nothing_was_asked_nothing_is_shown() -> None:
    assert notices.judge_letters(replace(LETTERS, asked=429)).status == Status.NOT_SHOWN
    assert notices.judge_kept(replace(KEPT, asked=404)).status == Status.NOT_SHOWN
    assert notices.judge_letters(None).status == Status.NOT_APPLICABLE
    assert notices.judge_kept(None).status == Status.NOT_APPLICABLE

# SPDX-License-Identifier: Apache-2.0
"""Incidents, broken: terms that run from elsewhere, times moved in silence, exercises that pass for the real thing."""

from dataclasses import replace
from typing import Any

from tests.sabotage.sabotage import Ground, several
from uphold.incident import case, clock, draft

HOUR = 3_600_000


def run_from_the_first(ground: Ground) -> None:
    """The 72 hours are counted from the first notice, as somebody once wrote."""

    def later(before: Any, found: Any, notice: Any, *more: Any) -> tuple[int, int]:
        started, due = before(found, notice, *more)
        return (started, due + 24 * HOUR) if notice.rule == "breach.result" else (started, due)

    ground.wrap(clock, "_term", later)


def ask_no_reason(ground: Ground) -> None:
    """Whatever changes a clock needs no reason."""
    ground.patch.setattr(case, "_needs_reason", lambda *_: False)


def learn_nothing(ground: Ground) -> None:
    """An incident is closed without a lesson."""

    def without(before: Any, *given: Any) -> tuple[str, ...]:
        return tuple(one for one in before(*given) if one != "lesson")

    ground.wrap(case, "bars", without)


def pass_for_real(ground: Ground) -> None:
    """The draft of an exercise looks like a notice."""
    ground.wrap(draft, "of", lambda before, *given: replace(before(*given), banner=""))


SABOTAGES = several(
    "law.deadlines",
    ("breach-first", "The 72 hours run from the first notice", run_from_the_first),
    ("breach-moved", "The detection is moved without a reason", ask_no_reason),
    ("breach-lesson", "An incident is closed without a lesson", learn_nothing),
    ("breach-banner", "The draft of an exercise does not say so", pass_for_real),
)

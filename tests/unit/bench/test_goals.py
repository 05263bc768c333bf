# SPDX-License-Identifier: Apache-2.0
"""A goal is one figure of one section; the page says which are reached, and why others are not."""

from typing import Any

import pytest

from bench import goals, kept
from bench.goals import GOALS, Goal
from bench.medians import Spread
from bench.sections import NAMED


def load(number: int, variant: str, clients: int, rate: float) -> dict[str, Any]:
    of = {"round": number, "variant": variant, "connections": clients, "per_second": rate}
    return {**of, "cpu_us": 1e6 / rate, "p50_ms": 1.0, "p99_ms": 9.0, "fdatasync_us": 500.0}


SUBMISSIONS = [
    load(number, variant, clients, rate)
    for number in (1, 2)
    for clients in (1, 64, 256)
    for variant, rate in (("uphold-sqlite", 9000.0), ("django-sqlite-tuned", 200.0))
]


def test_every_goal_is_of_a_section() -> None:
    assert {goal.section for goal in GOALS} <= set(NAMED)
    assert len({goal.name for goal in GOALS}) == len(GOALS)


def test_less_may_be_better() -> None:
    assert Goal("x", "start", 3, lambda _: None, at_most=True).reached(Spread(3, 1, 9))
    assert not Goal("x", "start", 3, lambda _: None).reached(Spread(2.9, 1, 9))


def test_ratios_are_those_of_the_rounds() -> None:
    told = {one.goal.name: one for one in goals.found({"submissions": {"rows": SUBMISSIONS}})}
    first = told["1. submissions a second, times Django on tuned SQLite, 64 clients"]
    assert (first.measured.figure.median, first.reached) == (45, True)
    assert (first.measured.ours, first.measured.other) == ("9 000 /s", "200 /s")
    lone = told["7. a lone submission's median, times one fdatasync of then"]
    assert (lone.measured.figure.median, lone.reached) == (2, True)
    assert "2. submissions a second, times Django on PostgreSQL, 64 clients" not in told


def test_the_limit_is_what_its_parts_take_together() -> None:
    rows = [
        {"round": 1, "variant": name, "cpu_us": used}
        for name, used in (("uphold-submission", 60.0), ("echo-c", 10.0), ("rows", 20.0))
    ]
    measured = goals._of_limit(("echo-c", "rows"), rows)
    assert measured is not None
    assert measured == (Spread(2, 2, 2), "60.0 us", "30.0 us")


def test_what_is_not_reached_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    goal = Goal("audit", "history", 7, goals._audited, at_most=True, why="Disks.")
    monkeypatch.setattr(goals, "GOALS", (goal,))
    rows = {"audit, CPU us per entry": 8.0}
    assert "| audit | <= 7.00 | 8.00 [8.00-8.00] | - | - | **no** |" in goals.page(
        {"history": {"rows": rows}}
    )
    assert "- **audit**: Disks." in goals.page({"history": {"rows": rows}})
    rows["audit, CPU us per entry"] = 6.0
    assert "Disks" not in goals.page({"history": {"rows": rows}})
    assert goals.page({}) == ""


def test_what_is_kept_can_be_judged() -> None:
    assert goals.found(kept.newest())

# SPDX-License-Identifier: Apache-2.0
"""Verdicts on reading, from hand-made traces."""

from dataclasses import replace

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import reading
from uphold.assurance.probes.reading import Stated, Try, Visited

NONE: frozenset[int] = frozenset()
ALLOWED = Try("clerk", "communication", frozenset({0, 1}), 200, frozenset({0, 1}))
REFUSED = Try("clerk", "security", None, 403, NONE)
VISITED = Visited(
    role="officer",
    status=200,
    values=("127.0.0.1", "", "Exercise/1", "2026-01-02T03:04:05Z", "/f/feedback"),
    browser="Exercise/1",
    page="/f/feedback",
    sent_at=1_767_323_045_000,
)
STATED = Stated(200, {"name": "O'Neil  <b>"}, {"name": "O'Neil  <b>"}, 0)


def test_what_the_policy_says_and_no_more_is_kept() -> None:
    assert reading.judge_purposes((ALLOWED, REFUSED)).status == Status.KEPT


@pytest.mark.parametrize(
    "wrong",
    [
        replace(REFUSED, status=200),
        replace(REFUSED, status=404),
        replace(REFUSED, seen=frozenset({0})),
        replace(ALLOWED, seen=frozenset({0, 1, 2})),
        replace(ALLOWED, seen=frozenset({0})),
        replace(ALLOWED, status=500, seen=NONE),
    ],
)
def test_any_other_reading_breaks_it(wrong: Try) -> None:
    assert reading.judge_purposes((ALLOWED, wrong)).status == Status.BROKEN


def test_a_hold_hides_the_answer() -> None:
    held = replace(ALLOWED, status=403, seen=NONE)
    assert reading.judge_purposes((held, REFUSED)).status == Status.NOT_SHOWN


def test_five_data_are_kept() -> None:
    assert reading.judge_visit(VISITED).status == Status.KEPT


@pytest.mark.parametrize("missing", range(5))
def test_each_of_the_five_is_asked_for(missing: int) -> None:
    values = (*VISITED.values[:missing], "x", *VISITED.values[missing + 1 :])
    assert reading.judge_visit(replace(VISITED, values=values)).status == Status.BROKEN


def test_a_sixth_breaks_it() -> None:
    values = (*VISITED.values, "en-GB")
    assert reading.judge_visit(replace(VISITED, values=values)).status == Status.BROKEN


def test_what_a_browser_sent_besides_breaks_it() -> None:
    assert reading.judge_visit(replace(VISITED, strange=1)).status == Status.BROKEN


def test_a_time_that_is_another_breaks_it() -> None:
    assert reading.judge_visit(replace(VISITED, sent_at=0)).status == Status.BROKEN


def test_a_visit_that_nobody_may_open() -> None:
    assert reading.judge_visit(replace(VISITED, role="")).status == Status.NOT_APPLICABLE
    assert reading.judge_visit(replace(VISITED, status=403)).status == Status.NOT_SHOWN


def test_values_come_back_as_typed() -> None:
    assert reading.judge_stated(STATED).status == Status.KEPT
    assert reading.judge_stated(replace(STATED, looked_up=None)).status == Status.KEPT


@pytest.mark.parametrize("returned", ["O'Neil <b>", "O&#x27;Neil  <b>", "", "o'neil  <b>"])
def test_a_value_that_was_mended_breaks_it(returned: str) -> None:
    outcome = reading.judge_stated(replace(STATED, returned={"name": returned}))
    assert outcome.status == Status.BROKEN
    assert [dict(said.values) for said in outcome.saw] == [{"field": "name"}]


def test_a_look_up_breaks_it() -> None:
    assert reading.judge_stated(replace(STATED, looked_up=1)).status == Status.BROKEN


def test_values_that_nobody_may_see() -> None:
    assert reading.judge_stated(replace(STATED, typed={})).status == Status.NOT_APPLICABLE
    assert reading.judge_stated(replace(STATED, status=403)).status == Status.NOT_SHOWN

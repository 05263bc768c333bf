# SPDX-License-Identifier: Apache-2.0
"""Verdicts on answering, from hand-made traces."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import answering
from uphold.assurance.probes.answering import Outgoing, Waiting, Way

WAY = Way(
    (303, 303, 303),
    ("new", "in-work", "answered", "closed"),
    (("new", "in-work"), ("in-work", "answered"), ("answered", "closed")),
)
OUTGOING = Outgoing(
    nowhere=404, unread=403, right=303, queued=1, sealed=1, strays=0, to_person=True
)
WAITING = Waiting(status=303, states=("exercise",), open=0, again=True, gone=0)


def test_the_whole_way_is_kept() -> None:
    assert answering.judge_way(WAY).status == Status.KEPT


@pytest.mark.parametrize(
    "fault",
    [
        {"listed": ("new", "new", "answered", "closed")},
        {"listed": ("new", "in-work+new", "answered", "closed")},
        {"listed": ("", "in-work", "answered", "closed")},
        {"moves": WAY.moves[:2]},
        {"moves": (*WAY.moves, ("closed", "new"))},
        {"statuses": (303, 409, 303)},
    ],
    ids=str,
)
def test_a_step_that_is_missing_breaks_it(fault: dict[str, Any]) -> None:
    assert answering.judge_way(replace(WAY, **fault)).status == Status.BROKEN


def test_mail_in_reply_only_is_kept() -> None:
    assert answering.judge_outgoing(OUTGOING).status == Status.KEPT


@pytest.mark.parametrize(
    "fault",
    [
        {"nowhere": 303},
        {"unread": 303},
        {"queued": 2},
        {"sealed": 0},
        {"strays": 1},
        {"to_person": False},
    ],
    ids=str,
)
def test_mail_without_an_enquiry_breaks_it(fault: dict[str, Any]) -> None:
    assert answering.judge_outgoing(replace(OUTGOING, **fault)).status == Status.BROKEN


def test_an_answer_that_waits_is_kept() -> None:
    assert answering.judge_waiting(WAITING).status == Status.KEPT
    queued = replace(WAITING, states=("queued",))
    assert answering.judge_waiting(queued).status == Status.KEPT


@pytest.mark.parametrize(
    "fault",
    [
        {"states": ()},
        {"states": ("exercise", "exercise")},
        {"states": ("sent",)},
        {"open": 1},
        {"again": False},
        {"gone": 1},
    ],
    ids=str,
)
def test_an_answer_that_is_lost_or_open_breaks_it(fault: dict[str, Any]) -> None:
    assert answering.judge_waiting(replace(WAITING, **fault)).status == Status.BROKEN


def test_what_could_not_be_tried() -> None:
    assert answering.judge_outgoing(None).status == Status.NOT_APPLICABLE
    assert answering.judge_waiting(None).status == Status.NOT_APPLICABLE
    assert answering.judge_outgoing(replace(OUTGOING, right=422)).status == Status.NOT_SHOWN
    assert answering.judge_waiting(replace(WAITING, status=403)).status == Status.NOT_SHOWN

# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import availability
from uphold.assurance.probes.availability import Back, Doubtful, Sent, Ways

BACK = Back("feedback", "without-tick", 422, (), (), has_token=True)
SENT = Sent((BACK,), (201, 201), frozenset({"abc"}), keeps_draft=True)
WAYS = Ways("/policy", "en", has_address=True, has_contact=True)
DOUBTFUL = Doubtful("feedback", 201, "aside", is_seen=True)


def test_a_form_that_comes_back() -> None:
    assert availability.FORM_KEPT.oracle(SENT).status is Status.KEPT
    assert availability.FORM_KEPT.oracle(replace(SENT, backs=())).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "changed",
    [
        {"backs": (replace(BACK, status=500),)},
        {"backs": (replace(BACK, has_token=False),)},
        {"backs": (BACK, replace(BACK, lost=("message",)))},
        {"backs": (replace(BACK, ticked=("consent.communication",)),)},
        {"statuses": (201, 409)},
        {"receipts": frozenset()},
        {"keeps_draft": False},
    ],
    ids=str,
)
def test_a_form_that_is_lost(changed: dict[str, Any]) -> None:
    outcome = availability.FORM_KEPT.oracle(replace(SENT, **changed))
    assert (outcome.status, len(outcome.saw)) == (Status.BROKEN, 1)


@pytest.mark.parametrize("changed", [{"has_address": False}, {"has_contact": False}], ids=str)
def test_a_text_without_a_second_way(changed: dict[str, Any]) -> None:
    assert availability.SECOND_WAY.oracle((WAYS,)).status is Status.KEPT
    outcome = availability.SECOND_WAY.oracle((WAYS, replace(WAYS, **changed)))
    assert outcome.status is Status.BROKEN


def test_a_doubtful_post_is_kept() -> None:
    assert availability.NOT_DROPPED.oracle((DOUBTFUL,)).status is Status.KEPT
    assert availability.NOT_DROPPED.oracle(()).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "changed", [{"status": 403}, {"state": ""}, {"state": "new"}, {"is_seen": False}], ids=str
)
def test_a_doubtful_post_is_dropped(changed: dict[str, Any]) -> None:
    outcome = availability.NOT_DROPPED.oracle((replace(DOUBTFUL, **changed),))
    assert (outcome.status, len(outcome.saw)) == (Status.BROKEN, 1)

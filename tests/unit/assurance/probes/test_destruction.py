# SPDX-License-Identifier: Apache-2.0
"""Verdicts on destruction, from hand-made traces."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import destruction
from uphold.assurance.probes.destruction import Burned, Destroyed

GONE = Destroyed(
    aside=True,
    status=303,
    parts=3,
    left=(("keys", 0), ("parts", 0)),
    noted=3,
    journaled=3,
    listed=3,
    receipt=410,
    opened=0,
)


def test_what_is_gone_is_kept() -> None:
    assert destruction.judge_destroyed(GONE).status == Status.KEPT
    # Somebody else destroyed something meanwhile.
    assert destruction.judge_destroyed(replace(GONE, journaled=5)).status == Status.KEPT


@pytest.mark.parametrize(
    "fault",
    [
        {"left": (("keys", 1), ("parts", 0))},
        {"noted": 2},
        {"journaled": 2},
        {"listed": 2},
        {"receipt": 200},
        {"opened": 1},
    ],
    ids=str,
)
def test_what_is_left_breaks_it(fault: dict[str, Any]) -> None:
    assert destruction.judge_destroyed(replace(GONE, **fault)).status == Status.BROKEN


@pytest.mark.parametrize("why", [{"aside": False}, {"status": 404}, {"parts": 0}], ids=str)
def test_what_was_not_discarded_shows_nothing(why: dict[str, Any]) -> None:
    assert destruction.judge_destroyed(replace(GONE, **why)).status == Status.NOT_SHOWN


def test_keys_that_are_rotated_and_burned_in_time_are_kept() -> None:
    assert destruction.judge_burned(Burned(True, 2, 0, ())).status == Status.KEPT


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (Burned(True, 1, 3, ()), "rotated 3 days ago"),
        (Burned(True, 2, 0, ((1, 5),)), "epoch 1 should have been burned 5 days ago"),
    ],
)
def test_keys_beyond_their_day_break_it(found: Burned, told: str) -> None:
    outcome = destruction.judge_burned(found)
    assert outcome.status == Status.BROKEN
    assert told in str(outcome.saw[0])


def test_where_keys_are_rotated_by_hand_no_day_is_promised() -> None:
    outcome = destruction.judge_burned(Burned(False, 1, 900, ()))
    assert outcome.status == Status.NOT_APPLICABLE

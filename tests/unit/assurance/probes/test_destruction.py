# SPDX-License-Identifier: Apache-2.0
"""Verdicts on destruction, from hand-made traces."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import destruction
from uphold.assurance.probes.destruction import Destroyed

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

# SPDX-License-Identifier: Apache-2.0
"""Verdicts on erasure, from hand-made traces."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import erasure
from uphold.assurance.probes.erasure import Erased, Keys

FINE = Erased(
    status=200,
    intruded=0,
    parts=4,
    left=(("keys", 0), ("parts", 0)),
    letters=0,
    found=False,
    noted=4,
    journaled=4,
    listed=4,
    receipt=410,
    opened=0,
    stated=True,
    known=True,
    barred=True,
    other=3,
)
KEYS = Keys(rotates=True, epochs=2, late=0, copied=0)


@pytest.mark.parametrize("seen", [{}, {"journaled": 9}, {"known": False, "stated": False}], ids=str)
def test_what_is_nowhere_is_kept(seen: dict[str, Any]) -> None:
    assert erasure.judge_erased(replace(FINE, **seen)).status == Status.KEPT


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"intruded": 3}, "Others than the person erased their data: 3"),
        ({"barred": False}, "order was not obeyed"),
        ({"other": 0}, "nobody erased"),
        ({"left": (("keys", 0), ("index", 2))}, "left in index: 2"),
        ({"letters": 1}, "could still leave: 1"),
        ({"found": True}, "found by its address"),
        ({"opened": 1}, "still opened: 1"),
        ({"status": 409}, "answers 409"),
        ({"receipt": 200}, "answers 200"),
        ({"stated": False}, "by which day"),
        ({"noted": 3}, "3 are noted"),
        ({"journaled": 3}, "3 are journaled"),
        ({"listed": 0}, "0 stand in"),
    ],
    ids=str,
)
def test_what_is_left_breaks_it(fault: dict[str, Any], told: str) -> None:
    outcome = erasure.judge_erased(replace(FINE, **fault))
    assert outcome.status == Status.BROKEN
    assert told in str(outcome.saw[0])


def test_without_an_address_there_is_nothing_to_hold_about() -> None:
    assert erasure.judge_erased(None).status == Status.NOT_APPLICABLE


def test_keys_go_on_their_day() -> None:
    assert erasure.judge_keys(KEYS).status == Status.KEPT
    faults: list[dict[str, Any]] = [{"late": 1}, {"copied": 1}, {"late": 1, "rotates": False}]
    for fault in faults:
        assert erasure.judge_keys(replace(KEYS, **fault)).status == Status.BROKEN
    # No day can be named where nothing rotates.
    assert erasure.judge_keys(replace(KEYS, rotates=False)).status == Status.NOT_SHOWN

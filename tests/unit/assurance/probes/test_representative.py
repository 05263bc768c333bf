# SPDX-License-Identifier: Apache-2.0
"""Verdicts on the way in for representatives, from hand-made traces."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import representative
from uphold.assurance.probes.representative import Asked, WayIn
from uphold.rights.machine import Kind
from uphold.rights.stored import Representative

LETTER = Asked("parent", 303, "parent", "received", "fulfilled")
FINE = WayIn(
    grounds=frozenset(map(str, Representative)) | {""},
    rights=frozenset(map(str, Kind)),
    letters=(LETTER,),
)


def test_letters_that_go_their_way_are_kept() -> None:
    assert representative.judge(FINE).status == Status.KEPT


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"grounds": frozenset({"parent"})}, "no place for these representatives: court"),
        ({"rights": frozenset({"access"})}, "cannot ask for these: complaint"),
        ({"letters": (replace(LETTER, status=422),)}, "was not taken in: 422"),
        ({"letters": (replace(LETTER, kept=""),)}, "is not kept"),
        ({"letters": (replace(LETTER, unproven="in-work"),)}, "went on to be in-work"),
        ({"letters": (replace(LETTER, ended="verified"),)}, "came to be verified"),
    ],
    ids=str,
)
def test_each_fault_breaks_it(fault: dict[str, Any], told: str) -> None:
    outcome = representative.judge(replace(FINE, **fault))
    assert outcome.status == Status.BROKEN
    assert told in str(outcome.saw[0])


def test_a_desk_without_a_form_shows_nothing() -> None:
    assert representative.judge(replace(FINE, rights=frozenset())).status == Status.NOT_SHOWN


def test_without_a_form_there_is_nothing_to_ask() -> None:
    assert representative.judge(replace(FINE, applies=False)).status == Status.NOT_APPLICABLE

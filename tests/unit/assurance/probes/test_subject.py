# SPDX-License-Identifier: Apache-2.0
"""Verdicts on the person's own page, from hand-made traces."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import subject
from uphold.assurance.probes.subject import Door, Shown

SHUT = Door(
    differs=(),
    looks=(200, 200, 200),
    looking_enters=False,
    entered=(303, 410, 410),
    outside=(200, 303, 200, 303, 303, 303, 303, 303, 303, 303),
    other=(404, 404, 404, 404),
    leaked=0,
    cookie=(),
)
ALL = Shown(
    values=4,
    shown=4,
    taken=4,
    early=0,
    purposes=3,
    journaled=3,
    acts=1,
    consents=1,
    opened=True,
    reader=True,
    login=False,
    kept=0,
)


def test_a_door_that_opens_to_its_person_alone_is_kept() -> None:
    assert subject.judge_door(SHUT).status == Status.KEPT


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"differs": ("status", "body")}, "answered otherwise than a known one (status)"),
        ({"looks": (200, 410, 410)}, "Looking at a mailed link"),
        ({"looking_enters": True}, "Looking at a mailed link"),
        ({"entered": (410, 410, 410)}, "answers 410"),
        ({"entered": (303, 303, 410)}, "more than once"),
        ({"entered": (303, 410, 200)}, "more than once"),
        ({"outside": (200, 200, 200, 303)}, "has proved nothing"),
        ({"outside": (200, 303, 404)}, "has proved nothing"),
        ({"other": (404, 404, 200, 404)}, "proved another address"),
        ({"leaked": 2}, "shown to others than their person: 2"),
        ({"cookie": ("httponly",)}, "lacks httponly"),
    ],
    ids=str,
)
def test_a_door_with_a_fault_is_broken(fault: dict[str, Any], told: str) -> None:
    outcome = subject.judge_door(replace(SHUT, **fault))
    assert outcome.status == Status.BROKEN
    assert told in str(outcome.saw[0])


def test_everything_shown_and_journaled_is_kept() -> None:
    assert subject.judge_shown(ALL).status == Status.KEPT
    # Where no role may read there is no reader to tell of.
    assert subject.judge_shown(replace(ALL, opened=False, reader=False)).status == Status.KEPT


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"shown": 3}, "Of 4 values that are held a person is shown 3"),
        ({"taken": 0}, "0 are in the file"),
        ({"early": 1}, "before the person asks"),
        ({"journaled": 2}, "2 are in the journal"),
        ({"consents": 0}, "0 are shown with their wording"),
        ({"reader": False}, "not shown to the person"),
        ({"login": True}, "not the role"),
        ({"kept": 1}, "may keep"),
    ],
    ids=str,
)
def test_what_is_left_out_breaks_it(fault: dict[str, Any], told: str) -> None:
    outcome = subject.judge_shown(replace(ALL, **fault))
    assert outcome.status == Status.BROKEN
    assert told in str(outcome.saw[0])


def test_without_an_address_there_is_nothing_to_prove() -> None:
    assert subject.judge_door(None).status == Status.NOT_APPLICABLE
    assert subject.judge_shown(None).status == Status.NOT_APPLICABLE

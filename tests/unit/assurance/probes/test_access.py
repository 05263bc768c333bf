# SPDX-License-Identifier: Apache-2.0
"""Verdicts on access, from hand-made traces."""

from dataclasses import replace

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import access
from uphold.assurance.probes.access import Held, Knock, Opening, Refusal

CLOSED = Knock("clerk", "POST /console/staff", may=False, status=404)
OPEN = Knock("clerk", "GET /console", may=True, status=200)
OPENING = Opening(status=200, entries=1, proven=True, names_fields=True, rows=2, journaled=2)
REFUSAL = Refusal("security", 403, 1, proven=True)


def test_each_role_in_its_limits_is_kept() -> None:
    assert access.judge_limits([CLOSED, OPEN]).status == Status.KEPT


@pytest.mark.parametrize("status", [200, 303, 403, 422, 500])
def test_a_door_that_should_not_be_there_breaks_it(status: int) -> None:
    outcome = access.judge_limits([replace(CLOSED, status=status), OPEN])
    assert outcome.status == Status.BROKEN
    assert [said.values["door"] for said in outcome.saw] == ["POST /console/staff"]


def test_a_door_that_is_gone_for_its_own_role_breaks_it_too() -> None:
    outcome = access.judge_limits([CLOSED, replace(OPEN, status=404)])
    assert outcome.status == Status.BROKEN


def test_without_a_closed_door_nothing_is_shown() -> None:
    assert access.judge_limits([OPEN]).status == Status.NOT_SHOWN


def test_one_entry_for_one_opening_is_kept() -> None:
    assert access.judge_opening(OPENING).status == Status.KEPT


@pytest.mark.parametrize(
    "fault",
    [
        {"entries": 0},
        {"entries": 2},
        {"proven": False},
        {"names_fields": False},
        {"rows": 3},
        {"journaled": 3},
    ],
)
def test_an_opening_that_the_journal_does_not_have_breaks_it(fault: dict[str, int]) -> None:
    assert access.judge_opening(replace(OPENING, **fault)).status == Status.BROKEN  # type: ignore[arg-type]  # one field each


def test_what_did_not_open_shows_nothing() -> None:
    assert access.judge_opening(replace(OPENING, status=403)).status == Status.NOT_SHOWN


@pytest.mark.parametrize(
    ("held", "status"),
    [
        (Held(0, 200), Status.KEPT),
        # Refused while the journal could not be written: nothing was shown, and that is what counts.
        (Held(503, 200), Status.KEPT),
        (Held(200, 200), Status.BROKEN),
        (Held(0, 503), Status.NOT_SHOWN),
        (Held(0, 0), Status.NOT_SHOWN),
    ],
)
def test_nothing_is_shown_before_the_journal_has_it(held: Held, status: Status) -> None:
    assert access.judge_held(held).status == status


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (REFUSAL, Status.KEPT),
        (replace(REFUSAL, entries=0), Status.BROKEN),
        (replace(REFUSAL, entries=2), Status.BROKEN),
        (replace(REFUSAL, proven=False), Status.BROKEN),
        (replace(REFUSAL, status=200), Status.BROKEN),
        (replace(REFUSAL, status=404), Status.BROKEN),
    ],
)
def test_each_refusal_leaves_one_entry(refusal: Refusal, status: Status) -> None:
    assert access.judge_refusals([REFUSAL, refusal]).status == status

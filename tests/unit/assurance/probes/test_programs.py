# SPDX-License-Identifier: Apache-2.0
"""What the probes of the API make of what they see."""

from dataclasses import replace

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import programs
from uphold.assurance.probes.programs import Asked, Given, Tried

LIST = Tried("GET", "/enquiries", "nobody", 404, 0)
BARE = replace(LIST, how="bare", status=403)
SELF = replace(BARE, path="/client", status=200)
NO, YES = Asked(False, 403, 1, False), Asked(True, 200, 1, True)


@pytest.mark.parametrize("status", [404, 401, 429])
def test_turned_away(status: int) -> None:
    found = programs.judge_strangers((replace(LIST, status=status),))
    assert found.status == Status.KEPT


@pytest.mark.parametrize(
    "one", [replace(LIST, status=200), replace(LIST, status=403), replace(LIST, leaks=1)], ids=str
)
def test_answered(one: Tried) -> None:
    found = programs.judge_strangers((LIST, one))
    assert found.status == Status.BROKEN
    assert len(found.saw) == 1


def test_an_api_that_names_nothing_shows_nothing() -> None:
    assert programs.judge_strangers(()).status == Status.NOT_SHOWN
    assert programs.judge_limits(Given((), ())).status == Status.NOT_SHOWN


def test_no_more_than_it_was_given() -> None:
    assert programs.judge_limits(Given((BARE, SELF), (NO, YES))).status == Status.KEPT
    assert programs.judge_limits(Given((BARE, SELF), ())).status == Status.KEPT


@pytest.mark.parametrize(
    "given",
    [
        Given((replace(BARE, status=200),), ()),
        Given((replace(BARE, status=409),), ()),
        Given((replace(SELF, leaks=2),), ()),
        Given((BARE,), (replace(NO, status=200, shown=True), YES)),
        Given((BARE,), (replace(NO, shown=True), YES)),
        Given((BARE,), (replace(NO, entries=0), YES)),
        Given((BARE,), (NO, replace(YES, entries=0))),
        Given((BARE,), (NO, replace(YES, entries=2))),
        Given((BARE,), (NO, replace(YES, status=403, shown=False))),
    ],
    ids=range(9),
)
def test_more_or_less_than_it_was_given(given: Given) -> None:
    found = programs.judge_limits(given)
    assert found.status == Status.BROKEN
    assert len(found.saw) == 1

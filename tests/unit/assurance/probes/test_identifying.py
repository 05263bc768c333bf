# SPDX-License-Identifier: Apache-2.0
"""Verdicts on the model of threats, from hand-made traces."""

from dataclasses import replace

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import identifying
from uphold.assurance.probes.identifying import Compared, Tried

THERE = frozenset({"site", "form:a", "account:3"})
COMPARED = Compared(
    is_stored=True,
    is_journaled=True,
    elements=THERE,
    there=THERE,
    facts={"site.https": True, "key:ring.private": False},
    seen={"site.https": True, "key:ring.private": False},
)
TRIED = Tried("site.address", "a@site", changed=True, found=True, named=True, back=True)


def test_a_model_of_what_there_is_is_kept() -> None:
    assert identifying.judge_model(COMPARED).status is Status.KEPT


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (replace(COMPARED, is_stored=False), "There is no model"),
        (replace(COMPARED, is_journaled=False), "not the one that the journal knows"),
        (replace(COMPARED, there=THERE | {"form:b"}), "does not know form:b"),
        (replace(COMPARED, there=THERE - {"form:a"}), "has form:a, which is not there"),
        (replace(COMPARED, facts={**COMPARED.facts, "site.https": False}), "site.https"),
        (replace(COMPARED, facts={**COMPARED.facts, "site.https": None}), "site.https"),
        (replace(COMPARED, facts={}), "key:ring.private"),
    ],
)
def test_a_model_of_something_else_breaks_it(found: Compared, says: str) -> None:
    outcome = identifying.judge_model(found)
    assert outcome.status is Status.BROKEN
    assert any(says in str(one) for one in outcome.saw)


def test_a_model_that_follows_each_change_is_kept() -> None:
    assert identifying.judge_changes((TRIED, TRIED)).status is Status.KEPT


@pytest.mark.parametrize("name", ["changed", "found", "named", "back"])
def test_a_model_that_does_not_follow_breaks_it(name: str) -> None:
    wrong = replace(TRIED, **{name: False})  # type: ignore[arg-type]  # one of its marks
    outcome = identifying.judge_changes((TRIED, wrong))
    assert outcome.status is Status.BROKEN
    assert len(outcome.saw) == 1

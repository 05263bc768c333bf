# SPDX-License-Identifier: Apache-2.0
"""The ledger in words: who may not see the recipe learns nothing of how people are hidden."""

from dataclasses import replace

import pytest

from tests.unit.web.statistics_samples import around
from uphold.statistics import recipe
from uphold.statistics.ledger import Act, Fixed, Line
from uphold.web import statistics_acts
from uphold.web.statistics_acts import Readers

BODY = recipe.default()
FIXED = Fixed(2, recipe.parse(BODY), BODY, 4, 1_000)
REPORT = {"minimum": 5, "smallest": 7, "hidden": 3, "findings": {"small pages": 2}, "far": "x"}
LINE = Line(7, Act.REFUSED, "2026-11-21", 2, "aggregated", 3, "", REPORT, 0, 1_000, 12)
OWNER = Readers({4: "oleg"}, "en", may_see=True)
AUDITOR = replace(OWNER, may_see=False)


def test_what_the_attacks_found_stands_first() -> None:
    (line,) = statistics_acts.ledger(around("en"), [LINE], FIXED, OWNER, "").lines
    assert (line.measures[0].name, line.measures[0].value) == (
        "a group too small stands there",
        "pages (2)",
    )
    assert ("smallest group that may be shown", "5") in {
        (one.name, one.value) for one in line.measures
    }
    assert line.person == ""


def test_how_people_are_hidden_is_for_who_may_see_the_recipe() -> None:
    seen = statistics_acts.ledger(around("en"), [LINE], FIXED, OWNER, "")
    assert seen.recipe is not None
    assert (seen.recipe.minimum, seen.recipe.person) == (FIXED.recipe.minimum, "oleg")
    assert seen.recipe.methods == tuple(
        recipe.methods()[name].title["en"] for name in FIXED.recipe.methods
    )
    other = statistics_acts.ledger(around("en"), [LINE], FIXED, AUDITOR, "")
    assert other.recipe is None
    assert other.has_recipe
    told = {one.name for one in other.lines[0].measures}
    assert told == {"a group too small stands there", "numbers hidden"}


@pytest.mark.parametrize(("only", "chosen"), [("", "all"), ("used", "used"), ("x", "all")])
def test_the_way_that_was_taken_is_marked(only: str, chosen: str) -> None:
    made = statistics_acts.ledger(around("en"), [], None, OWNER, only)
    assert [link.code for link in made.acts if link.chosen] == [chosen]
    assert not made.has_recipe


def test_a_quiet_day_is_not_told_apart_by_its_events() -> None:
    closed = replace(LINE, act=Act.CLOSED, report={})
    lines = [replace(closed, count=count) for count in (7, 99, 1299)]
    shown = statistics_acts.ledger(around("en"), lines, FIXED, OWNER, "").lines
    assert [one.count for one in shown] == [0, 0, 1200]
    told = replace(LINE, report={"acts": 7, "acts-hidden": 7, "hidden": 3})
    (line,) = statistics_acts.ledger(around("en"), [told], FIXED, OWNER, "").lines
    assert [one.name for one in line.measures] == ["numbers hidden"]


def test_every_act_can_be_found_and_has_its_words() -> None:
    assert {act for acts in statistics_acts.ACTS.values() for act in acts} == set(Act)

# SPDX-License-Identifier: Apache-2.0
"""The probes of rules: each sees its rule at work, and turns red however the rule is broken."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import rules
from uphold.assurance.probes.rules import Tried
from uphold.assurance.scene import Scene
from uphold.config import Settings
from uphold.config.sections import Detection, Site
from uphold.detection import book, play
from uphold.detection.book import Book
from uphold.detection.correlate import Correlation, Type
from uphold.detection.rule import Response, Rule, Rules, State

GOOD = Tried(
    rule="a",
    on=True,
    state="on",
    respond=("log", "notify"),
    expected=("log", "notify"),
    acts=("j1", "j2"),
    alerts=(("j1", "j2"),),
    calm=0,
)


def test_a_rule_that_says_what_it_should_is_kept() -> None:
    assert rules.judge_rule(GOOD).status is Status.KEPT


@pytest.mark.parametrize(
    "fault",
    [
        {"on": False},
        {"state": ""},
        {"state": "dry"},
        {"state": "off"},
        {"alerts": ()},
        {"alerts": (("j1",), ("j2",))},
        {"alerts": ((),)},
        {"alerts": (("j1", "j7"),)},
        {"respond": ("log",)},
        {"calm": 1},
    ],
    ids=str,
)
def test_each_fault_breaks_it(fault: dict[str, Any]) -> None:
    outcome = rules.judge_rule(replace(GOOD, **fault))
    assert outcome.status is Status.BROKEN
    assert len(outcome.saw) == 1


def test_every_rule_of_the_package_has_a_probe() -> None:
    named = [probe.id.removeprefix("intrusion.detected.") for probe in rules.PROBES]
    assert sorted(named) == sorted(one.name for one in book.pack().alerting)


class _Scene:
    """What these probes ask of a scene."""

    def __init__(self, **detection: Any) -> None:
        site = Site(address="https://a.example", origin="a.example/j")
        self.settings = Settings(site=site, detection=Detection(**detection))


def red(**detection: Any) -> set[str]:
    """The rules whose probe is not green on a site that is set up so."""
    scene = cast(Scene, _Scene(**detection))
    outcomes = {probe.id: probe.oracle(probe.act(scene)).status for probe in rules.PROBES}
    return {name for name, status in outcomes.items() if status is not Status.KEPT}


def test_probes_look_at_the_rules_as_they_are_set_up() -> None:
    every = {probe.id for probe in rules.PROBES}
    assert red() == set()
    assert red(dry_run=("mass-delete",)) == {"intrusion.detected.mass-delete"}
    assert red(disabled=("unusual", "new-origin")) == {
        "intrusion.detected.unusual",
        "intrusion.detected.new-origin",
    }
    assert red(act=False) == every
    assert red(on=False) == every


def standing() -> Book:
    return Book(book.pack(), dict.fromkeys((one.name for one in book.pack().alerting), State.ON))


Break = Callable[[Book, Rule], Book]


def with_rule(known: Book, changed: Rule) -> Book:
    every = tuple(changed if one.name == changed.name else one for one in known.rules.every)
    return Book(Rules(every, known.rules.digest), known.states)


def with_correlation(known: Book, rule: Rule, **changes: Any) -> Book:
    asked: Correlation = replace(cast(Correlation, rule.correlation), **changes)
    return with_rule(known, replace(rule, correlation=asked))


def removed(known: Book, rule: Rule) -> Book:
    """The rule is taken out of its file, and so are those that name it."""
    every = tuple(
        one for one in known.rules.every if one.name != rule.name and rule.name not in one.names
    )
    return Book(Rules(every, known.rules.digest), known.states)


def never(known: Book, rule: Rule) -> Book:
    """What it looks for never happens any more."""
    if rule.clause is None:
        return with_correlation(known, rule, group_by=("no-such-field",))
    return with_rule(known, replace(rule, clause=replace(rule.clause, holds=lambda event: False)))


def out_of_reach(known: Book, rule: Rule) -> Book:
    """It takes more than anybody does."""
    return with_correlation(known, rule, least=1_000_000)


def no_time(known: Book, rule: Rule) -> Book:
    """It forgets at once."""
    return with_correlation(known, rule, span_ms=1)


def at_once(known: Book, rule: Rule) -> Book:
    """It tells of the first event, which is calm work too."""
    return with_correlation(known, rule, least=1)


def dry(known: Book, rule: Rule) -> Book:
    return Book(known.rules, {**known.states, rule.name: State.DRY})


def off(known: Book, rule: Rule) -> Book:
    return Book(known.rules, {**known.states, rule.name: State.OFF})


def milder(known: Book, rule: Rule) -> Book:
    """It does less than it should."""
    return with_rule(known, replace(rule, respond=rule.respond[:-1]))


def harder(known: Book, rule: Rule) -> Book:
    """It shuts out whom it should not."""
    return with_rule(known, replace(rule, respond=(*rule.respond, Response.FREEZE_VAULT)))


ALL: tuple[Break, ...] = (removed, never, dry, off, milder, harder)
COUNTED = {Type.EVENT_COUNT, Type.VALUE_COUNT, Type.VALUE_SUM}


def ways(rule: Rule) -> Iterator[Break]:
    yield from ALL
    if rule.correlation is not None and rule.correlation.type in COUNTED:
        yield out_of_reach
        yield at_once
    # All of what makes `session-taken` true may happen in one moment.
    if rule.correlation is not None and rule.correlation.type is not Type.TEMPORAL:
        yield no_time


def test_every_rule_is_seen_broken_in_every_way() -> None:
    known, tried, missed = standing(), 0, []
    for rule in known.rules.alerting:
        scenario = play.scenarios()[rule.name]
        for way in ways(rule):
            tried += 1
            outcome = rules.judge_rule(rules.try_rule(way(known, rule), scenario, on=True))
            if outcome.status is not Status.BROKEN:
                missed.append(f"{rule.name}: {way.__name__}")
    print(f"{tried - len(missed)} of {tried} sabotages of {len(rules.PROBES)} rules caught")
    assert missed == []
    assert tried >= 4 * len(rules.PROBES)


def test_a_rule_is_seen_broken_when_what_it_builds_on_is() -> None:
    known = standing()
    for part in known.rules.every:
        broken = never(known, part)
        for rule in known.rules.alerting:
            if part.name in rule.names:
                outcome = rules.judge_rule(
                    rules.try_rule(broken, play.scenarios()[rule.name], on=True)
                )
                assert outcome.status is Status.BROKEN, (part.name, rule.name)


def test_what_changes_words_alone_is_no_catch() -> None:
    known = standing()
    for rule in known.rules.alerting:
        told = with_rule(known, replace(rule, title={"en": "Broken"}, why={}, severity=1))
        outcome = rules.judge_rule(rules.try_rule(told, play.scenarios()[rule.name], on=True))
        assert outcome.status is Status.KEPT, rule.name

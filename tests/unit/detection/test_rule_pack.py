# SPDX-License-Identifier: Apache-2.0
"""The rules that come with the package: each sees what it is there for, and nothing beside it.

`cases/*.toml` holds, for every rule, events that it must and must not see, its boundary, and one way around it with
the rule that sees that instead, or none. The events are those of `play`.
"""

import random
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from tools import rules as reference
from uphold.detection import engine, play, sigma
from uphold.detection.engine import Match
from uphold.detection.event import SITE
from uphold.detection.rule import Against, Response, Rule, Rules

CASES = Path(__file__).parent / "cases"
START = 1_800_000_000_000
MILD = {Response.LOG, Response.NOTIFY, Response.DELAY}
HARD = {Response.LOCK, Response.FREEZE_VAULT}
# What a person whose account it is feels; only strong evidence does that by itself.
FELT = {Response.REVOKE, Response.LOCK, Response.FREEZE_EXPORT}


@cache
def rules() -> Rules:
    folder = resources.files("uphold.detection").joinpath("pack")
    files = sorted((one.name, one.read_bytes()) for one in folder.iterdir())
    return sigma.load([(name, raw) for name, raw in files if name.endswith(".yml")])


@cache
def cases() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(CASES.glob("*.toml")):
        found |= tomllib.loads(path.read_text(encoding="utf-8"))
    return found


@cache
def needed(name: str) -> Rules:
    """A rule with those that it names, and no other: so that each case costs little."""
    others = [one.name for one in rules().alerting if one.name != name]
    return rules().without(others)


def seen(name: str, steps: Sequence[play.Step], seed: int = 1) -> list[Match]:
    events = play.perform(steps, random.Random(seed), START)
    return [one for one in engine.matches_of(needed(name), events) if one.rule == name]


def test_every_rule_has_its_cases_and_its_scenario() -> None:
    named = {one.name for one in rules().alerting}
    assert named == set(cases())
    assert named == set(play.scenarios())


@pytest.mark.parametrize("topic", sorted(path.stem for path in CASES.glob("*.toml")))
def test_rules_see_what_they_are_there_for_and_nothing_beside_it(topic: str) -> None:
    faults = []
    for name, case in tomllib.loads((CASES / f"{topic}.toml").read_text("utf-8")).items():
        assert min(len(case["positive"]), len(case["negative"])) >= 2, name
        for place, steps in enumerate([*case["positive"], case["at"]]):
            found = len(seen(name, steps))
            if found != 1:
                faults.append(f"{name}: positive {place} raised {found} alerts")
        for place, steps in enumerate([*case["negative"], case["below"]]):
            if seen(name, steps):
                faults.append(f"{name}: negative {place} raised an alert")
        way = case["evasion"]
        if seen(name, way["steps"]):
            faults.append(f"{name}: the evasion is none, it raised an alert")
        if way["caught"] and not seen(way["caught"], way["steps"]):
            faults.append(f"{name}: {way['caught']} did not see the evasion: {way['how']}")
    assert faults == []


def test_every_scenario_raises_its_rule_once_and_calm_work_does_not() -> None:
    for seed in range(3):
        for name, one in play.scenarios().items():
            attack = seen(name, one.attack, seed)
            assert len(attack) == 1, (name, seed, len(attack))
            assert seen(name, one.calm, seed) == [], (name, seed)


def test_the_response_is_the_one_expected() -> None:
    for rule in rules().alerting:
        expected = play.scenarios()[rule.name].respond
        assert tuple(map(str, rule.respond)) == expected, rule.name


def test_each_rule_says_in_both_languages_what_it_sees_and_why() -> None:
    for rule in rules().alerting:
        assert set(rule.title) == set(rule.why) == {"en", "ru"}, rule.name
        assert all(text.endswith(".") for text in rule.why.values()), rule.name
        assert rule.severity in range(1, 6), rule.name
        assert rule.quiet_ms >= 3_600_000, rule.name
        assert rule.respond[0] is Response.LOG, rule.name


def test_the_reference_of_rules_is_the_package() -> None:
    assert reference.PAGE.read_text("utf-8") == reference.page(), "run: make events"


def unfair(rule: Rule, every: Rules) -> list[str]:
    """What a rule does that it must not do by itself."""
    found = []
    if rule.spoofable and not set(rule.respond) <= MILD:
        found.append("a stranger could have it bind somebody")
    if rule.spoofable and Response.DELAY in rule.respond and rule.against is not Against.SOURCE:
        found.append("a stranger could have it slow somebody else down")
    if names_baseline(rule, every) and set(rule.respond) & HARD:
        found.append("what is merely unusual would bind somebody")
    if Response.FREEZE_VAULT in rule.respond and not rule.confirm:
        found.append("all reading would stop without a person")
    if set(rule.respond) & FELT and rule.severity < 3:
        found.append("somebody would feel a weak sign")
    return found


def names_baseline(rule: Rule, every: Rules) -> bool:
    """Whether a rule could hold for what is unusual and nothing else."""
    if rule.clause is not None:
        return rule.clause.kinds is None or "site.unusual" in rule.clause.kinds
    return all(names_baseline(every[name], every) for name in rule.names)


def test_no_rule_acts_on_weak_ground() -> None:
    assert {
        one.name: unfair(one, rules()) for one in rules().alerting if unfair(one, rules())
    } == {}


SPOOFABLE = """title: T
name: t
logsource: {product: uphold}
detection: {s: {kind: %s}, condition: s}
uphold: {severity: 4, spoofable: %s, against: %s, respond: [log, %s]}
"""


@pytest.mark.parametrize(
    ("kind", "spoofable", "against", "respond"),
    [
        ("web.sign-in", "true", "staff", "lock"),
        ("web.sign-in", "true", "staff", "delay"),
        ("web.sign-in", "true", "source", "revoke"),
        ("site.unusual", "false", "staff", "lock"),
        ("record.opened", "false", "site", "freeze-vault"),
    ],
)
def test_what_acts_on_weak_ground_is_found(
    kind: str, spoofable: str, against: str, respond: str
) -> None:
    raw = SPOOFABLE % (kind, spoofable, against, respond)
    loaded = sigma.load([("t.yml", raw.encode())])
    assert len(unfair(loaded["t"], loaded)) == 1


def strangers_can(rule: Rule, every: Rules) -> bool:
    """Whether every event that a rule holds for can be caused by whoever reaches the site."""
    open_to_all = {"web.probe", "web.missing", "web.forged"}
    if rule.clause is not None:
        return rule.clause.kinds is not None and rule.clause.kinds <= open_to_all
    return all(strangers_can(every[name], every) for name in rule.names)


def test_what_strangers_can_cause_is_marked_so() -> None:
    unmarked = [
        one.name for one in rules().alerting if strangers_can(one, rules()) and not one.spoofable
    ]
    assert unmarked == []
    assert SITE in {play.service_of(kind) for kind in rules().kinds or ()}

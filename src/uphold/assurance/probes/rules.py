# SPDX-License-Identifier: Apache-2.0
"""A probe for every rule of detection that comes with the package: it is played the intrusion that it is there for.

What is played is drawn anew each time and goes through the rules as they are set up on this site, inside this process:
nothing of it is stored, and nobody is bound by it. That what is said also binds is shown by the probes of live attacks.
"""

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from uphold.assurance.probe import N_, Kind, Outcome, Probe, judged, said
from uphold.assurance.scene import Scene
from uphold.detection import book, engine, play
from uphold.detection.book import Book
from uphold.detection.play import Scenario
from uphold.detection.rule import Rules, State

PROMISE = "intrusion.detected"
_DOES = N_(
    "Plays an intrusion that is drawn anew, and calm work beside it, to the rule that is named last, as it is set up on"
    " this site, and looks at what the rule says."
)
# Where a drawn intrusion begins: any moment of a year.
_FROM_MS, _YEAR_MS = 1_800_000_000_000, 31_536_000_000


@dataclass(frozen=True, slots=True)
class Tried:
    """What a rule said. `state` is empty for a rule that there is not.

    `alerts` are the ids that each alert cites, `acts` those of the intrusion, `calm` how many alerts calm work raised.
    """

    rule: str
    on: bool
    state: str
    respond: tuple[str, ...]
    expected: tuple[str, ...]
    acts: tuple[str, ...]
    alerts: tuple[tuple[str, ...], ...]
    calm: int


_BOOKS: "WeakKeyDictionary[Scene, Book]" = WeakKeyDictionary()


def _book(scene: Scene) -> Book:
    """The rules of the site, read once in a run."""
    found = _BOOKS.get(scene)
    if found is None:
        found = _BOOKS[scene] = book.of_site(scene.settings)
    return found


def _alone(rules: Rules, name: str) -> Rules:
    """A rule with those that it names."""
    return rules.without(one.name for one in rules.alerting if one.name != name)


def try_rule(known: Book, one: Scenario, *, on: bool) -> Tried:
    """Play a rule its intrusion and calm work, both drawn anew."""
    draw = random.Random(secrets.randbits(64))  # noqa: S311 - what is drawn is no secret
    at = _FROM_MS + draw.randrange(_YEAR_MS)
    attack = play.perform(one.attack, draw, at)
    calm = play.perform(one.calm, draw, at, first=len(attack) + 1)
    rule = next((rule for rule in known.rules.alerting if rule.name == one.rule), None)
    state = "" if rule is None else str(known.states.get(one.rule, State.OFF))
    rules = _alone(known.in_force, one.rule)
    # Calm work goes on while the intruder is at it, and by itself it must raise nothing.
    found = [
        match for match in engine.matches_of(rules, [*attack, *calm]) if match.rule == one.rule
    ]
    quiet = [match for match in engine.matches_of(rules, calm) if match.rule == one.rule]
    return Tried(
        rule=one.rule,
        on=on,
        state=state,
        respond=() if rule is None else tuple(map(str, rule.respond)),
        expected=one.respond,
        acts=tuple(str(event["id"]) for event in attack),
        alerts=tuple(match.events for match in found),
        calm=len(quiet),
    )


def judge_rule(trace: Tried) -> Outcome:
    """Judge: the rule acts, raises one alert that cites the intrusion and nothing else, and none for calm work."""
    faults = []
    if not trace.on:
        faults.append(said(N_("Detection is switched off on this site.")))
    if trace.state != State.ON:
        text = N_("The rule does not act on this site: it is %(state)s.")
        faults.append(said(text, state=trace.state or "missing"))
    if len(trace.alerts) != 1:
        text = N_("An intrusion of %(acts)s acts raised %(alerts)s alerts of this rule, not one.")
        faults.append(said(text, acts=len(trace.acts), alerts=len(trace.alerts)))
    cited = {name for alert in trace.alerts for name in alert}
    if trace.alerts and (cited - set(trace.acts) or not all(trace.alerts)):
        text = N_("The alert cites %(count)s events that are not of the intrusion, or none at all.")
        faults.append(said(text, count=len(cited - set(trace.acts))))
    if trace.respond != trace.expected:
        text = N_("The rule responds by %(found)s, where %(wanted)s is expected.")
        found, wanted = "+".join(trace.respond) or "-", "+".join(trace.expected)
        faults.append(said(text, found=found, wanted=wanted))
    if trace.calm:
        text = N_("Calm work raised %(count)s alerts of this rule.")
        faults.append(said(text, count=trace.calm))
    seen = N_(
        "The rule raised one alert for an intrusion of %(acts)s acts, and none for calm work."
    )
    return judged(faults, said(seen, acts=len(trace.acts)))


def _trying(one: Scenario) -> Callable[[Scene], Tried]:
    def act(scene: Scene) -> Tried:
        return try_rule(_book(scene), one, on=scene.settings.detection.on)

    return act


PROBES = tuple(
    Probe(
        id=f"{PROMISE}.{one.rule}",
        promise=PROMISE,
        kind=Kind.ATTACK,
        does=_DOES,
        act=_trying(one),
        oracle=judge_rule,
    )
    for one in play.scenarios().values()
)

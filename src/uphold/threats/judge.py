# SPDX-License-Identifier: Apache-2.0
"""Judge a model by rules: which threats are there, and which of them are held by measures (pure).

    findings = judge.judge(model, rule.catalogue().values(), states)

A finding is one rule on one element. It is `mitigated` only by evidence: each measure that the rule names was
shown to hold, and that is fresh. Nobody can write down that it is. Where a fact is unknown that the rule depends
on, the finding is `unknown`: it is told apart and is no open threat. Where the rule says no there is no finding.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from uphold import errors
from uphold.threats import expression
from uphold.threats.element import SITE, Element, Fact, Model, Value
from uphold.threats.logic import Reading, Scope
from uphold.threats.rule import WORST, Case, Rule

MOST_BECAUSE: Final = 12
"""As many facts a finding tells; how many more there were is counted."""


class State(StrEnum):
    """How it stands with a finding. The last three come of its history alone (`register`)."""

    OPEN = "open"
    MITIGATED = "mitigated"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    """Somebody answers for its being open, until a date."""
    RESOLVED = "resolved"
    """Its element is there, and it is threatened no more."""
    RETIRED = "retired"
    """Its element, or its rule, is gone."""


class Held(StrEnum):
    """What is known of a measure."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_SHOWN = "not-shown"
    STALE = "stale"
    OUTDATED = "outdated"
    """Shown, but of another configuration or edition than the one that is there now."""
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True)
class Measured:
    """What the newest evidence says of a measure, until when (unix ms), its digest and the journal's entry on it.

    Where there is none, `expires` is 0, the digest empty and the entry -1.
    """

    status: Held
    expires: int = 0
    evidence: str = ""
    entry: int = -1


NOTHING: Final = Measured(Held.NOT_SHOWN)


@dataclass(frozen=True, slots=True)
class Against:
    """A measure that a finding's rule names, and what is known of it."""

    id: str
    status: Held
    expires: int
    evidence: str
    entry: int = -1


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule on an element. `because` tells the facts that were read, such as `flow:mail/relay.encrypted=false`."""

    uid: str
    rule: str
    element: str
    state: State
    severity: int
    because: tuple[str, ...]
    measures: tuple[Against, ...]
    sources: tuple[str, ...] = ()
    """Where those facts were seen, each once."""


def judge(
    model: Model, rules: Iterable[Rule], states: Mapping[str, Measured]
) -> tuple[Finding, ...]:
    """Judge every element by the rules on its kind; findings come sorted by their uid."""
    by_kind: dict[str, list[Element]] = {}
    for one in model.elements:
        by_kind.setdefault(one.kind, []).append(one)
    lists = {name: by_kind.get(kind, []) for name, kind in expression.lists().items()}
    site = next(iter(by_kind.get(SITE, [])), None)
    sources = {
        (one.id, name): fact.source for one in model.elements for name, fact in one.facts.items()
    }
    found: list[Finding] = []
    for rule in rules:
        for element in by_kind.get(rule.applies_to, ()):
            scope = Scope({SITE: site, rule.applies_to: element}, lists)
            finding = _finding(rule, element, scope, states, sources)
            if finding is not None:
                found.append(finding)
    return tuple(sorted(found, key=lambda one: one.uid))


def uid(rule: str, element: str) -> str:
    """Name a finding."""
    return f"{rule}@{element}"


def holds(rule: Rule, states: Mapping[str, Measured]) -> bool:
    """Whether measures hold a rule's threat: every one of `measures`, and one of `measures_any` if there are any.

    One that the site has nothing for (not applicable) stands in no way, and holds nothing by itself.
    """

    def status(name: str) -> Held:
        return states.get(name, NOTHING).status

    every = [status(name) for name in rule.measures]
    one_of = [status(name) for name in rule.measures_any]
    if any(one not in (Held.KEPT, Held.NOT_APPLICABLE) for one in every):
        return False
    if one_of and Held.KEPT not in one_of:
        return False
    return Held.KEPT in (*every, *one_of)


def missing(rules: Iterable[Rule], known: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the measures that rules name and nobody knows, each with its rule."""
    there = set(known)
    return tuple((one.id, name) for one in rules for name in one.names if name not in there)


def failures(rules: Iterable[Rule]) -> tuple[str, ...]:
    """Run the tests that rules bring; returns a sentence for each that comes to something else."""
    return tuple(
        f"rule {rule.id}, test {number}: {said}"
        for rule in rules
        for number, case in enumerate(rule.tests, 1)
        for said in _failure(rule, case)
    )


def _failure(rule: Rule, case: Case) -> Sequence[str]:
    try:
        relevant, severity = _case(rule, case)
    except errors.Invalid as error:
        return (error.message,)
    expected = {True: "open", False: "na", None: "unknown"}
    if expected[relevant] != case.expect:
        return (f"it is {expected[relevant]} where {case.expect} is expected",)
    if case.severity and severity != case.severity:
        return (f"its severity is {severity} where {case.severity} is expected",)
    return ()


def _case(rule: Rule, case: Case) -> tuple[bool | None, int]:
    elements: dict[str, Element | None] = {SITE: None, rule.applies_to: None}
    lists: dict[str, tuple[Element, ...]] = {}
    for name, given in case.given.items():
        if isinstance(given, tuple):
            kind = expression.lists()[name]
            lists[name] = tuple(_element(kind, one, n) for n, one in enumerate(given))
        else:
            elements[name] = _element(name, given, 0)
    scope = Scope(elements, lists)
    relevant = rule.when.truth(scope).value
    return None if relevant is None else bool(relevant), _severity(rule, scope)


def _element(kind: str, given: Mapping[str, Value], number: int) -> Element:
    told = {name: Fact(value, "test:") for name, value in given.items()}
    zone = str(given.get("zone", "app"))
    return Element(str(given.get("id", f"{kind}:{number}")), kind, zone, told)


def _severity(rule: Rule, scope: Scope) -> int:
    value = rule.severity.severity(scope).value
    # Where it depends on what is unknown, the threat is as bad as it can be.
    return value if isinstance(value, int) else rule.severity.highest or WORST


def _finding(
    rule: Rule,
    element: Element,
    scope: Scope,
    states: Mapping[str, Measured],
    sources: Mapping[tuple[str, str], str],
) -> Finding | None:
    against = tuple(_against(name, states) for name in rule.names)
    name = uid(rule.id, element.id)
    try:
        answer = rule.when.truth(scope)
        severity = _severity(rule, scope)
    except errors.Invalid as error:
        # A rule that fails on one element must not hide what the others find.
        return Finding(name, rule.id, element.id, State.UNKNOWN, WORST, (error.message,), against)
    if answer.value is False:
        return None
    state = State.MITIGATED if holds(rule, states) else State.OPEN
    read = answer.read
    if answer.value is None:
        state, read = State.UNKNOWN, tuple(one for one in read if one.value is None)
    seen = dict.fromkeys(sources.get((one.element, one.fact), "") for one in read)
    told = tuple(one for one in seen if one)
    return Finding(name, rule.id, element.id, state, severity, _because(read), against, told)


def _because(read: Sequence[Reading]) -> tuple[str, ...]:
    told = tuple(str(one) for one in read[:MOST_BECAUSE])
    more = len(read) - MOST_BECAUSE
    return (*told, f"+{more}") if more > 0 else told


def _against(name: str, states: Mapping[str, Measured]) -> Against:
    one = states.get(name, NOTHING)
    return Against(name, one.status, one.expires, one.evidence, one.entry)

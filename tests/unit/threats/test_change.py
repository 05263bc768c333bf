# SPDX-License-Identifier: Apache-2.0
"""What changed: added, resolved, reopened, rated; unchanged, nothing."""

from collections.abc import Iterable
from dataclasses import replace

from uphold.threats import change, element
from uphold.threats.change import NONE, Change, Kind, Known
from uphold.threats.element import Element, Fact, Model, Value
from uphold.threats.judge import Against, Finding, Held, State

ELEMENTS, RULES = {"form:a", "form:b"}, {"plain", "other"}


def finding(state: State, severity: int = 3, element_: str = "form:a") -> Finding:
    """Make a finding of the rule `plain`."""
    against = (Against("m", Held.KEPT, 9, "ab", 7),)
    return Finding(f"plain@{element_}", "plain", element_, state, severity, ("x",), against)


def known(*findings: Finding) -> dict[str, Known]:
    """Put findings on record."""
    return {
        one.uid: Known(one.uid, one.rule, one.element, one.state, one.severity) for one in findings
    }


def diff(before: Iterable[Finding], after: Iterable[Finding]) -> tuple[Change, ...]:
    """What changed between two lists of findings, all elements and rules being there still."""
    return change.diff(known(*before), after, ELEMENTS, RULES)


def test_unchanged_there_is_no_change() -> None:
    every = [finding(state, element_=f"form:{state}") for state in State]
    assert diff(every, every) == ()
    assert diff([], []) == ()


def test_each_kind_of_change() -> None:
    expected = {
        (State.OPEN, State.MITIGATED): Kind.RESOLVED,
        (State.UNKNOWN, State.MITIGATED): Kind.RESOLVED,
        (State.ACCEPTED, State.MITIGATED): Kind.RESOLVED,
        (State.MITIGATED, State.OPEN): Kind.REOPENED,
        (State.ACCEPTED, State.OPEN): Kind.REOPENED,
        (State.UNKNOWN, State.OPEN): Kind.REOPENED,
        (State.RESOLVED, State.OPEN): Kind.REOPENED,
        (State.RETIRED, State.OPEN): Kind.REOPENED,
        (State.RESOLVED, State.MITIGATED): Kind.REOPENED,
        (State.RETIRED, State.MITIGATED): Kind.REOPENED,
        (State.OPEN, State.UNKNOWN): Kind.UNKNOWN,
        (State.MITIGATED, State.UNKNOWN): Kind.UNKNOWN,
        (State.RESOLVED, State.UNKNOWN): Kind.UNKNOWN,
        (State.OPEN, State.ACCEPTED): Kind.ACCEPTED,
        (State.MITIGATED, State.ACCEPTED): Kind.ACCEPTED,
    }
    for (before, after), kind in expected.items():
        (one,) = diff([finding(before)], [finding(after)])
        assert (one.kind, one.before, one.after) == (kind, before, after)


def test_what_was_not_there_is_added_whatever_its_state() -> None:
    for state in (State.OPEN, State.MITIGATED, State.UNKNOWN, State.ACCEPTED):
        (one,) = diff([], [finding(state)])
        assert (one.kind, one.before, one.severity_before) == (Kind.ADDED, NONE, 0)
        assert one.because == ("x",)


def test_evidence_is_what_opens_or_holds() -> None:
    against = (
        Against("kept", Held.KEPT, 9, "ab", 7),
        Against("stale", Held.STALE, 9, "ab", 8),
        Against("never", Held.NOT_SHOWN, 0, "", -1),
    )
    for state, evidence in ((State.OPEN, (8,)), (State.MITIGATED, (7,))):
        (one,) = diff([], [replace(finding(state), measures=against)])
        assert one.evidence == evidence, state


def test_a_severity_alone() -> None:
    (one,) = diff([finding(State.OPEN, 3)], [finding(State.OPEN, 5)])
    assert (one.kind, one.severity_before, one.severity) == (Kind.RATED, 3, 5)


def test_what_is_gone_is_resolved_or_retired_once() -> None:
    before = known(finding(State.OPEN), finding(State.MITIGATED, element_="form:c"))
    one, two = change.diff(before, [], ELEMENTS, RULES)
    assert (one.uid, one.kind, one.after) == ("plain@form:a", Kind.RESOLVED, State.RESOLVED)
    assert (two.uid, two.kind, two.after) == ("plain@form:c", Kind.RESOLVED, State.RETIRED)
    (lost,) = change.diff(known(finding(State.UNKNOWN)), [], ELEMENTS, {"other"})
    assert lost.after is State.RETIRED
    over = known(finding(State.RESOLVED), finding(State.RETIRED, element_="form:c"))
    assert change.diff(over, [], set(), set()) == ()


def model(**facts: dict[str, Value]) -> Model:
    """Make a model: facts by the name of a form; each says where it was seen."""
    return element.model(
        Element(
            f"form:{name}",
            "form",
            "app",
            {key: Fact(value, f"policy:{key}") for key, value in said.items()},
        )
        for name, said in facts.items()
    )


def test_where_facts_changed() -> None:
    before = model(a={"special": False, "fields": 3}, b={"fields": 1})
    after = model(a={"special": True, "fields": 3}, c={"fields": 2})
    assert change.changed(before, after) == {
        "form:a": ("policy:special",),
        "form:b": ("policy:fields",),
        "form:c": ("policy:fields",),
    }
    assert change.changed(after, after) == {}
    assert set(change.changed(None, after)) == {"form:a", "form:c"}

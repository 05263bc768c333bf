# SPDX-License-Identifier: Apache-2.0
"""Findings: open, mitigated by fresh evidence alone, unknown apart, none where the rule says no."""

from dataclasses import replace

from tests.unit.threats.test_rule import GOOD
from uphold.threats import element, judge, rule
from uphold.threats.element import Element, Fact, Model, Value
from uphold.threats.judge import Held, Measured, State

KEPT = Measured(Held.KEPT, 1_000, "ab" * 32)
ALL = dict.fromkeys(("export-sealed", "export-limits", "export-watched"), KEPT)
(RULE,) = rule.read(GOOD, "x.toml")


def model(**facts: Value) -> Model:
    """Make a model of one flow, a form beside it, and a site."""
    said: dict[str, Value] = {"what": "export", "personal": True, "sealed": False, "special": False}
    told = {name: Fact(one, f"policy:{name}") for name, one in {**said, **facts}.items()}
    flow = Element("flow:export/bank", "flow", "app", told)
    others = [Element("form:a", "form", "app", {}), Element("site", "site", "app", {})]
    return element.model((flow, *others))


def only(of: Model, states: dict[str, Measured]) -> judge.Finding:
    """Judge a model that has one finding."""
    (found,) = judge.judge(of, [RULE], states)
    return found


def test_open_and_mitigated() -> None:
    found = only(model(), {})
    assert (found.uid, found.state, found.severity) == (
        "export-plain@flow:export/bank",
        State.OPEN,
        3,
    )
    assert found.because == (
        "flow:export/bank.what=export",
        "flow:export/bank.personal=true",
        "flow:export/bank.sealed=false",
    )
    assert found.sources == ("policy:what", "policy:personal", "policy:sealed")
    assert [(one.id, one.status) for one in found.measures] == [
        (name, Held.NOT_SHOWN) for name in RULE.names
    ]
    assert only(model(), ALL).state is State.MITIGATED
    assert only(model(), ALL).measures[0].evidence == "ab" * 32


def test_only_fresh_evidence_of_every_measure_holds() -> None:
    for status in (Held.BROKEN, Held.NOT_SHOWN, Held.STALE):
        bad = Measured(status, 1, "cd" * 32)
        assert only(model(), {**ALL, "export-sealed": bad}).state is State.OPEN, status
        one_of_two = {**ALL, "export-limits": bad}
        assert only(model(), one_of_two).state is State.MITIGATED, status
        neither = {**one_of_two, "export-watched": bad}
        assert only(model(), neither).state is State.OPEN, status


def test_what_the_site_has_nothing_for_holds_nothing() -> None:
    nothing = Measured(Held.NOT_APPLICABLE, 1, "cd" * 32)
    assert only(model(), {**ALL, "export-sealed": nothing}).state is State.MITIGATED
    assert only(model(), dict.fromkeys(ALL, nothing)).state is State.OPEN
    every = replace(RULE, measures_any=())
    (found,) = judge.judge(model(), [every], {"export-sealed": nothing})
    assert found.state is State.OPEN


def test_no_finding_where_the_rule_says_no() -> None:
    assert judge.judge(model(sealed=True), [RULE], {}) == ()


def test_unknown_is_told_apart() -> None:
    found = only(model(sealed=None), ALL)
    assert (found.state, found.because) == (
        State.UNKNOWN,
        ("flow:export/bank.sealed=unknown",),
    )
    assert judge.judge(model(sealed=None, personal=False), [RULE], {}) == ()


def test_a_severity_that_is_unknown_is_the_worst_there_is() -> None:
    assert only(model(special=True), {}).severity == 5
    assert only(model(special=None), {}).severity == 5


def test_a_rule_that_fails_hides_no_other() -> None:
    bad = replace(RULE, id="bad", when=replace(RULE.when, run=RULE.severity.run))
    found = judge.judge(model(), [bad, RULE], {})
    assert [(one.rule, one.state) for one in found] == [
        ("bad", State.UNKNOWN),
        ("export-plain", State.OPEN),
    ]
    assert "neither yes nor no" in found[0].because[0]


def test_many_facts_are_counted() -> None:
    text = GOOD.replace("not flow.sealed", "all(f.personal for f in flows)")
    (many,) = rule.read(text, "x.toml")
    flows = {
        f"flow:{number:02}": Element(
            f"flow:{number:02}", "flow", "app", dict(model().of("flow")[0].facts)
        )
        for number in range(20)
    }
    found = judge.judge(element.model(flows.values()), [many], {})
    assert len(found) == 20
    assert (len(found[0].because), found[0].because[-1]) == (13, "+9")


def test_missing_measures() -> None:
    assert judge.missing([RULE], ["export-sealed", "export-limits"]) == (
        ("export-plain", "export-watched"),
    )


def test_a_rule_runs_its_own_tests() -> None:
    assert judge.failures([RULE]) == ()
    wrong = GOOD.replace('expect = "na"', 'expect = "unknown"').replace(
        "severity = 5", "severity = 4"
    )
    assert judge.failures(rule.read(wrong, "x.toml")) == (
        "rule export-plain, test 1: its severity is 5 where 4 is expected",
        "rule export-plain, test 2: it is na where unknown is expected",
    )
    fails = GOOD.replace("and not flow.sealed", "and flow.what < 3")
    assert judge.failures(rule.read(fails, "x.toml"))[0].startswith(
        "rule export-plain, test 1: rule export-plain, when, column 45: values of two kinds"
    )

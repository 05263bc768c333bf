# SPDX-License-Identifier: Apache-2.0
"""An evaluation says what the evidence says, and comes to the worst of it."""

from uphold.assurance import evaluation
from uphold.assurance.evaluation import About, Outcome, Seen
from uphold.law import basic as order
from uphold.threats.basic import Line
from uphold.threats.judge import Finding, Held, Measured, State

KEPT = Measured(Held.KEPT, 2, "ab" * 32)
ABOUT = About("site.example/journal", 3, "cd" * 32, "ef" * 32, 40, "1.0")


def finding(state: State, severity: int, name: str = "rule") -> Finding:
    return Finding(f"{name}@site", name, "site", state, severity, (), ())


def test_it_is_effective_only_where_fresh_evidence_says_so_of_every_measure() -> None:
    well = {"a": KEPT, "b": Measured(Held.NOT_APPLICABLE)}
    mild, grave = finding(State.OPEN, 3), finding(State.OPEN, 4)
    assert evaluation.outcome(well, ()) is Outcome.EFFECTIVE
    assert evaluation.outcome(well, [mild]) is Outcome.EFFECTIVE
    assert evaluation.outcome(well, [grave]) is Outcome.REMARKS
    assert evaluation.outcome(well, [finding(State.ACCEPTED, 5)]) is Outcome.EFFECTIVE
    for status in (Held.STALE, Held.NOT_SHOWN):
        assert evaluation.outcome({**well, "c": Measured(status)}, ()) is Outcome.REMARKS
    broken = {**well, "c": Measured(Held.BROKEN), "d": Measured(Held.STALE)}
    assert evaluation.outcome(broken, [grave]) is Outcome.NOT_EFFECTIVE


def test_it_tells_each_measure_with_its_evidence_and_what_is_left_open() -> None:
    [first, second, *_] = order.of_level(4)
    seen = Seen(
        level=4,
        threat_type=3,
        states={"b": Measured(Held.STALE, 1, "00" * 32), "a": KEPT},
        order21=[Line(first, (("a", Held.KEPT),), Held.KEPT), Line(second, (), None)],
        findings=[finding(State.OPEN, 5), finding(State.MITIGATED, 5, "other")],
        sabotages=(3, 3),
        rules=(2, 2),
    )
    told = evaluation.told(ABOUT, seen)
    assert [one["id"] for one in told["measures"]] == ["a", "b"]
    assert told["measures"][0]["evidence"] == "ab" * 32
    assert told["order21"] == [
        {"id": first.id, "status": "kept", "by": ["a"]},
        {"id": second.id, "status": "", "by": []},
    ]
    assert told["threats"] == [{"uid": "rule@site", "state": "open", "severity": 5}]
    assert told["outcome"] == "remarks"
    assert told == evaluation.told(ABOUT, seen)

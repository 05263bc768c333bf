# SPDX-License-Identifier: Apache-2.0
"""Threats in a terminal: grouped by rule, the gravest first, capped, and what is cut off is counted."""

from uphold.cli import threats_table
from uphold.threats import element
from uphold.threats.change import Change, Kind
from uphold.threats.judge import Against, Finding, Held, State
from uphold.threats.report import Report
from uphold.threats.stored import Told

MODEL = element.model([])


def finding(name: str, state: State = State.OPEN, severity: int = 3, on: str = "form:a") -> Finding:
    """Make a finding that one measure does not hold and another does."""
    against = (Against("one", Held.STALE, 1, "ab"), Against("two", Held.KEPT, 1, "ab"))
    return Finding(f"{name}@{on}", name, on, state, severity, (f"{on}.x=unknown",), against)


def told(*findings: Finding, changes: tuple[Change, ...] = (), everything: bool = False) -> str:
    """Print a report of findings."""
    report = Report(0, MODEL, findings, (), None)
    lines = threats_table.lines("https://uphold.example", report, changes, everything=everything)
    return "\n".join(str(line) for line in lines)


def test_the_gravest_first_and_one_line_for_each_rule() -> None:
    many = [finding("many", on=f"field:{number}") for number in range(5)]
    text = told(*many, finding("worst", severity=5), finding("asked", State.UNKNOWN))
    assert text.index("worst") < text.index("many") < text.index("asked")
    assert "Open (6)" in text
    assert "on field:0, field:1, field:2 and 2 more" in text
    assert "not held by one (stale)" in text
    assert "unknown: form:a.x" in text
    assert text.endswith(
        "Threats: 6 open, 0 accepted, 1 unknown, 0 mitigated. 1 of severity 4 or 5 are open."
    )


def test_what_is_cut_off_is_counted_and_told_on_request() -> None:
    rules = [finding(f"rule-{number:02}") for number in range(15)]
    text = told(*rules)
    assert "rule-11" in text
    assert "rule-12" not in text
    assert "... and 3 more: --all tells them" in text
    whole = told(*rules, finding("held", State.MITIGATED), everything=True)
    assert "rule-14" in whole
    assert "held" in whole
    assert "more" not in whole


def test_what_holds_is_told_in_numbers() -> None:
    text = told(finding("held", State.MITIGATED, 5))
    assert "held@" not in text
    assert text.endswith("1 mitigated. None of severity 4 or 5 is open.")


def test_what_changed_at_this_look() -> None:
    one = Change("a@form:a", "a", "form:a", Kind.ADDED, "none", State.OPEN, 0, 3)
    text = told(changes=(one, one))
    assert "Changed since the last look: 2 added." in text


def test_history() -> None:
    change = Told(1, "a@form:a", Kind.REOPENED, "mitigated", State.OPEN, 3, 3, (), 0, 9, 8)
    lines = [str(one) for one in threats_table.history([change] * 20, 4)]
    assert lines[0] == "reopened  a@form:a: mitigated -> open, severity 3; entry 9, caused by 8"
    assert lines[-1] == "... and 5 more: --all or --json tells them"
    assert len(list(threats_table.history([change] * 20, 4, everything=True))) == 20
    (nothing,) = threats_table.history([], 4)
    assert str(nothing) == "Nothing has changed since entry 4."

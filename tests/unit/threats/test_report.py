# SPDX-License-Identifier: Apache-2.0
"""The report for programs: everything under ids and codes, what needs a person first."""

import json

from tests import editions
from tests.unit.threats import reports
from uphold.threats import element, report
from uphold.threats.judge import State


def test_what_needs_a_decision_stands_first_and_the_worst_before_the_rest() -> None:
    found = reports.report(editions.example()).sorted()
    assert [(one.state, one.severity) for one in found] == [
        (State.OPEN, 4),
        (State.OPEN, 3),
        (State.UNKNOWN, 2),
        (State.MITIGATED, 5),
    ]


def test_the_json_is_whole_and_the_same_each_time() -> None:
    made = reports.report(editions.example())
    raw = report.as_json(made)
    assert report.as_json(made) == raw
    told = json.loads(raw)
    assert told["digest"] == made.model.digest
    again = json.dumps(told["model"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert element.read(again.encode()) == made.model
    assert told["unknown"] == ["site.journal_watched"]
    assert [one["uid"] for one in told["findings"]] == [one.uid for one in made.sorted()]
    first = told["findings"][0]
    assert first["measures"][0]["status"] == "stale"
    assert first["consequence"] == "disclosure"
    assert "ubi" not in first["frameworks"] or first["frameworks"]["ubi"]
    assert told["changes"][0]["cause"] == 40


def test_findings_are_counted_by_state_and_severity() -> None:
    counts = reports.report(None).counts()
    assert counts[State.OPEN, 4] == 1
    assert sum(counts.values()) == 4

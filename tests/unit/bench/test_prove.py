# SPDX-License-Identifier: Apache-2.0
"""What a proof took is shown with what it examined."""

from typing import Any

from bench import prove


def test_a_report_is_counted() -> None:
    report: dict[str, Any] = {"clauses": [{}, {}], "promises": [{"probes": [{}, {}]}, {}]}
    assert prove._counted(report) == {"promises": 2, "clauses": 2, "probes": 2}


def test_the_page() -> None:
    row = {"round": 1, "submissions": 1000, "seconds": 60.0, "cpu_s": 40.0}
    shown = prove.page([row | {"promises": 68, "clauses": 30, "probes": 120}])
    assert "| by the clock, s | 60.0 [60.0-60.0] |" in shown
    assert "| probes | 120 |" in shown

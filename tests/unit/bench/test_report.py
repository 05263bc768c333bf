# SPDX-License-Identifier: Apache-2.0
"""The page: whole tables, figures that can be read, nothing of what was not measured."""

from typing import Any

from bench import report
from bench.medians import Spread


def submission(number: int, variant: str, rate: float) -> dict[str, Any]:
    return {
        "round": number,
        "variant": variant,
        "connections": 64,
        "per_second": rate,
        "cpu_us": 1e6 / rate,
        "p50_ms": 1.0,
        "p99_ms": 2.0,
        "pss_mb": 30.0,
        "generator_us": 20.0,
    }


def results(**more: Any) -> dict[str, Any]:
    plan = {"rounds": 5, "seconds": 4}
    return {"machine": {"date": "2026-11-22", "kernel": "Linux 6"}, "plan": plan, **more}


def test_figures_have_three_digits() -> None:
    assert [report.number(value) for value in (12345.6, 123.4, 12.34, 1.234)] == [
        "12 346",
        "123",
        "12.3",
        "1.23",
    ]
    assert report.times(Spread(31.25, 28, 135.1)) == "31.2 [28.0-135]"


def test_table() -> None:
    assert report.table(["a", "b"], [("x", "1")]) == "| a | b |\n| --- | ---: |\n| x | 1 |\n"


def test_sections_that_were_not_run_are_left_out() -> None:
    page = report.render(results())
    assert "Linux 6" in page
    assert "## Targets" not in page
    assert "## Durable" not in page


def test_targets_beside_measured_values() -> None:
    rows = [
        submission(number, variant, rate)
        for number in (1, 2)
        for variant, rate in (("uphold-sqlite", 9000), ("django-sqlite-default", 300))
    ]
    page = report.render(results(submissions=rows))
    assert (
        "| Uphold, SQLite / Django, SQLite default | 64 | >= 30.0 | 30.0 [30.0-30.0] | yes |"
        in page
    )
    assert "### 64 clients" in page
    assert "| Uphold, SQLite | 9 000 | 111 |" in page


def test_appends_and_history() -> None:
    rows = [
        {"round": 1, "variant": variant, "per_second": rate, "cpu_us": 1.0}
        for variant, rate in (("raw", 1000), ("naive", 500), ("journal-100", 20000))
    ]
    page = report.render(results(appends=rows, history={"entries": 1000000.0}))
    assert (
        "| journal, batches of 100 | 20 000 | 1.00 | 40.0 [40.0-40.0] | 20.0 [20.0-20.0] |" in page
    )
    assert "**no**" in page
    assert "| entries | 1 000 000 |" in page

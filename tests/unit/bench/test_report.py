# SPDX-License-Identifier: Apache-2.0
"""The page: whole tables, when and on what each was measured, nothing of what was not."""

from pathlib import Path
from typing import Any

from bench import appends, history, kept, report
from bench.__main__ import PAGE

ROOT = Path(__file__).parents[3]


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


def record(rows: Any, kernel: str = "Linux 6", **more: Any) -> dict[str, Any]:
    made = {"date": "2026-11-22", "machine": {"kernel": kernel}, "rounds": 5, "load": 1.8}
    return {**made, "rows": rows, **more}


def test_sections_that_were_not_run_are_left_out() -> None:
    page = report.render({"history": record({"entries": 1e6})})
    assert "Linux 6" in page
    assert "## A long journal" in page
    assert "## Durable" not in page


def test_each_section_says_when_and_on_what() -> None:
    found = {
        "history": record({"entries": 1e6}, revision="abc"),
        "appends": record([], kernel="Linux 7", quick=True, load=None),
    }
    page = report.render(found)
    assert "|  | A | B |" in page
    assert "| kernel | Linux 6 | Linux 7 |" in page
    assert "*`history`, 2026-11-22, machine A, 5 rounds, load average 1.8 before, at abc.*" in page
    assert "*`appends`, 2026-11-22, machine B, 5 rounds.* **A quick look only.**" in page


def test_targets_beside_measured_values() -> None:
    rows = [
        submission(number, variant, rate)
        for number in (1, 2)
        for variant, rate in (("uphold-sqlite", 9000), ("django-sqlite-default", 300))
    ]
    page = report.render({"submissions": record(rows)})
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
    shown = appends.page(rows)
    assert (
        "| journal, batches of 100 | 20 000 | 1.00 | 40.0 [40.0-40.0] | 20.0 [20.0-20.0] |" in shown
    )
    assert "**no**" in shown
    assert "| entries | 1 000 000 |" in history.page({"entries": 1000000.0})


def test_the_page_is_made_of_what_is_kept() -> None:
    written = (ROOT / PAGE).read_text(encoding="utf-8")
    assert written == report.render(kept.newest())

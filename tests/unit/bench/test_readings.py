# SPDX-License-Identifier: Apache-2.0
"""A reading is measured only when it was one: any other answer fails the run."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bench import process, readings
from tests import cast
from tests.office import Office


def row(name: str, rate: float, number: int = 1) -> dict[str, Any]:
    figures = {"per_second": rate, "cpu_us": 1e6 / rate, "p50_ms": 2.0, "p99_ms": None}
    return {"round": number, "variant": name, **figures}


def test_readings_are_real(sqlite_office: Office) -> None:
    office = sqlite_office
    with ExitStack() as stack:
        ways = dict(readings._of(office.app, [office.submit()], stack, 0.01))
        shown = {name: measure() for name, measure in ways.items()}
    assert list(shown) == ["decide", "alone", "sixteen"]
    assert all(row["per_second"] > 0 for row in shown.values())
    assert office.kinds().count("record.opened") >= 20


def test_a_refusal_fails_the_run(sqlite_office: Office) -> None:
    office = sqlite_office
    question = office.question(office.staff(cast.clerk), office.submit(), "no-such-purpose")
    with pytest.raises(process.Failed, match="was not opened"):
        readings._opened(office.app, question)


def test_prepared_requests_are_one_a_line(tmp_path: Path) -> None:
    head = {"Accept": "*/*", "Cookie": "a=b"}
    made = readings._prepared(tmp_path / "x", 200, "POST", head, ["/a\t{}", "/b\t"])
    assert made.read_text().split("\n") == [
        *("200", "POST", "Accept: */*", "Cookie: a=b", ""),
        *("/a\t{}", "/b\t", ""),
    ]


def test_the_api_is_compared_within_a_round() -> None:
    rows = [row("api", 300, 2), row("api", 100), row("django-row", 50), row("django-row", 50, 2)]
    shown = readings.page(rows)
    assert "| 4.00 [2.00-6.00] |" in shown
    assert "journaled, durable, then opened | 200 | 6 667 | 2.00 | - | - |" in shown

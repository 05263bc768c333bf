# SPDX-License-Identifier: Apache-2.0
"""The benchmark of figures closes as many visits as it says, and tells a slow table from a fast one."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench import figures, targets


def row(visits: int, seconds: float, mb: float) -> dict[str, Any]:
    taken = {"median": seconds, "low": seconds / 2, "high": seconds * 2}
    fast = dict.fromkeys(("median", "low", "high"), 0.01)
    return {
        "visits": visits,
        "closing_us": 3.0,
        "closing_mb": 200.0,
        "disk_mb": 8.0,
        "seconds": {"pages": fast, "page-devices": taken},
        "mb": mb,
        "load": 1.5,
    }


def test_every_visit_is_closed_and_every_table_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "DAYS", 3)
    assert figures.main(["make", str(tmp_path), "1000"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["visits"] == 1000
    assert made["disk_mb"] > 0
    assert figures.main(["ask", str(tmp_path), "1"]) == 0
    asked = json.loads(capsys.readouterr().out)
    assert {"pages", "page-devices", "hours", "errors", "bounded"} <= set(asked["seconds"])
    assert all(taken["median"] > 0 for taken in asked["seconds"].values())


@pytest.mark.parametrize(
    ("seconds", "mb", "reached"), [(0.9, 499, "yes"), (1.1, 100, "**no**"), (0.1, 501, "**no**")]
)
def test_too_slow_or_too_large_is_no(seconds: float, mb: float, reached: str) -> None:
    rows = [row(10_000_000, seconds, mb), row(1_000_000, 9.0, 900)]
    shown = figures.page(rows)
    assert f"Over 10 000 000 visits <= 1 s and <= 500 MB: {reached}, " in shown
    assert "| page-devices, ms | 9 000 [4 500-18 000] |" in shown
    assert [one.reached for one in targets.figures(rows)] == [None, reached == "yes"]

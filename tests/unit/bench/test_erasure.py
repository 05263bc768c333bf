# SPDX-License-Identifier: Apache-2.0
"""The benchmark of erasure erases who it says, on sites that hold as many as they say; and says what that took."""

from pathlib import Path
from typing import Any

from bench import erasure, targets

ROWS: list[dict[str, Any]] = [
    {
        "round": 1,
        "submissions": size,
        "waited_ms": waited,
        "whole_ms": 20.0,
        "cpu_ms": 10.0,
        "load": 1.5,
    }
    for size, waited in ((1_000, 10.0), (1_000_000, 30.0))
]


def test_people_are_erased_on_both_sites(tmp_path: Path) -> None:
    told: list[str] = []
    found = erasure.interleaved(tmp_path, sizes=(30, 60), rounds=1, seed=1, say=told.append)
    assert sorted(one["submissions"] for one in found) == [30, 60]
    assert all(one["whole_ms"] >= one["waited_ms"] > 0 for one in found)
    assert told[:2] == [
        "a site with 30 submissions is there",
        "a site with 60 submissions is there",
    ]


def test_more_than_twice_as_long_is_no() -> None:
    ratios = dict(targets.erasures(ROWS))
    assert [one.median for one in ratios.values()] == [3.0, 1.0, 1.0]
    shown = erasure.page(ROWS)
    assert "| until the person can be told, ms | 10.0 | 30.0 | 3.00 [3.00-3.00] | **no** |" in shown
    assert "1 rounds, load average 1.50 [1.50-1.50]" in shown
    assert "| CPU, ms | 10.0 | 10.0 | 1.00 [1.00-1.00] | yes |" in shown


def test_one_site_alone_has_no_ratio() -> None:
    assert targets.erasures(ROWS[:1]) == []


def test_a_plain_site_stands_below_and_in_no_ratio() -> None:
    beside = {"variant": erasure.DJANGO, "round": 1, "submissions": 1_000, "ms": 3.0, "cpu_ms": 2.0}
    shown = erasure.page([*ROWS, beside])
    assert "an address in 3.00 [3.00-3.00] ms, 2.00 [2.00-2.00] ms of the processor" in shown
    assert erasure.page(ROWS) in shown

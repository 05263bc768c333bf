# SPDX-License-Identifier: Apache-2.0
"""Visits under load: nothing lost goes unseen, and the page says what was reached."""

from pathlib import Path

import pytest

from bench import load, process, targets, uphold_site, visits

ROWS = [
    {"round": number, "variant": name, "per_second": rate, "lag_s": 0.4}
    | dict.fromkeys(("cpu_us", "p50_ms", "p99_ms"), 1.0)
    for number in (1, 2)
    for name, rate in ((targets.VISITS, 20_000.0), ("django-sqlite-default", 200.0))
]


def test_a_lost_visit_fails_the_run() -> None:
    seen = load.Load(1000, 0, 1.0, 1.0, 1.0, 1.0)
    visits.check("one", seen, 1000)
    visits.check("one", seen, 1100)
    for stored in (999, 2000):
        with pytest.raises(process.Failed, match="stored"):
            visits.check("one", seen, stored)
    with pytest.raises(process.Failed, match="202"):
        visits.check("one", seen._replace(bad=1), 1000)


def test_the_page_says_what_was_reached() -> None:
    page = visits.page(ROWS)
    assert "100 [100-100]" in page
    assert "reached: yes" in page
    assert "at worst 0.40 s: yes" in page
    assert "reached: **no**" in visits.page([{**row, "per_second": 1.0} for row in ROWS])


def test_lines_are_counted_once(tmp_path: Path) -> None:
    file = tmp_path / "open" / "2026-11-22" / "1-a.csv"
    file.parent.mkdir(parents=True)
    spool = uphold_site.Spooled(tmp_path / "open")
    file.write_bytes(b"1\n2\n3")
    assert spool.lines() == 2
    with file.open("ab") as more:
        more.write(b"\n4\n")
    assert spool.lines() == 4

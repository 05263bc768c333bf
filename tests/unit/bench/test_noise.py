# SPDX-License-Identifier: Apache-2.0
"""The benchmark of noisy figures asks each way, and tells a slow one from a fast one."""

from pathlib import Path
from typing import Any

import pytest

from bench import figures, noise, noise_alone, targets
from uphold.visits.layout import Store


def row(way: str, seconds: float) -> dict[str, Any]:
    return {"round": 0, "visits": 1_000_000, "way": way, "seconds": seconds, "cpu": 0.01}


def test_a_process_of_its_own_counts_and_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "DAYS", 5)
    figures.make(tmp_path, 2_000, lambda _: None)
    noise_alone.main(tmp_path / figures.FOLDER)
    assert len(Store(tmp_path / figures.FOLDER).closed_days()) == figures.DAYS


def test_a_site_is_pointed_at_other_days(tmp_path: Path) -> None:
    for before in ("[visits]\nrecord = true\nstore = 'x'\n", "[site]\n"):
        (tmp_path / "uphold.toml").write_text(before)
        noise._point(tmp_path, tmp_path / "days")
        after = (tmp_path / "uphold.toml").read_text()
        assert f'[visits]\nstore = "{tmp_path / "days"}"\n' in after
        assert "'x'" not in after


@pytest.mark.parametrize(("seconds", "reached"), [(0.04, True), (0.06, False)])
def test_each_way_is_shown_with_its_target(seconds: float, *, reached: bool) -> None:
    rows = [row("cold", 0.5), row("bounded", seconds), row("context", 9.0)]
    shown = noise.page(rows)
    assert f"drawn, paid, durable | {seconds * 1000:.1f} " in shown
    assert "<= 50 |" in shown
    assert (
        "OpenDP's own front end, from the rows on | 9 000 [9 000-9 000] | 10.0 [10.0-10.0] | - |"
        in shown
    )
    (_, bounded, within) = targets.noise(rows)[1]
    assert (bounded.median <= within) is reached
    assert targets.noise([]) == []

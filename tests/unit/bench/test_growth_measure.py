# SPDX-License-Identifier: Apache-2.0
"""What is done at a site touches as many rows of a large one as of a small one. Counted by SQLite, not by a clock."""

from contextlib import closing
from pathlib import Path

import pytest

from bench import growth_measure, growth_operations, growth_site
from tests import site

SMALL, LARGE = 120, 480
# These count or look at so many and no more, and that is more than these sites have: tests of their own tell.
BOUNDED = {
    "console: enquiries",
    "console: enquiries, closed ones",
    "console: enquiries to open together",
    "console: retention",
    "console: threats",
    "a sweep with nothing due",
    "detection, a process that begins",
    "its look at threats",
}


def test_what_it_touches_does_not_grow_with_the_site(
    tmp_path: Path, quick_hashing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growth_site, "BATCH", 16)
    monkeypatch.setattr(growth_site, "CLOSED_ONE_IN", 2)
    monkeypatch.setattr(growth_site, "ERASED_ONE_IN", 64)
    sites = {}
    for size in (SMALL, LARGE):
        with closing(site.build(tmp_path / str(size))) as app:
            growth_site.grow(app, size, lambda _done: None, seed=5)
        sites[size] = app.settings.folder
    operations = {
        name: work for name, work in growth_operations.OPERATIONS.items() if name not in BOUNDED
    }
    steps = growth_measure.touched(sites, operations, seed=5)
    grown = {
        name: (steps[name, SMALL], steps[name, LARGE])
        for name in operations
        # A tree that is a level deeper, a record with a part more: far from four times as much.
        if steps[name, LARGE] > 1.5 * steps[name, SMALL] + 60
    }
    assert grown == {}


def test_what_is_measured_is_kept_by_operation_and_size(
    tmp_path: Path, quick_hashing: None
) -> None:
    with closing(site.build(tmp_path / "site")) as app:
        growth_site.grow(app, 40, lambda _done: None, seed=5)
    told: list[str] = []
    sites, names = {40: app.settings.folder}, ("a submission, durable", "the form")
    operations = {name: growth_operations.OPERATIONS[name] for name in names}
    rows = growth_measure.run(sites, operations, rounds=2, seed=5, say=told.append)
    assert [(one["operation"], one["submissions"], one["rounds"]) for one in rows] == [
        ("a submission, durable", 40, 2),
        ("the form", 40, 2),
    ]
    assert all(one["wall_ms"] > 0 and one["cpu_ms"] > 0 for one in rows)
    assert len(told) == 3

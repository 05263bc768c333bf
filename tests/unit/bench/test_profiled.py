# SPDX-License-Identifier: Apache-2.0
"""Each path has a name that can be typed, and what runs within a process prepares what it is asked."""

import re
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench import profiled
from bench.course import Course


def test_names() -> None:
    assert all(re.fullmatch(r"[a-z-]+", name) for name in profiled.PATHS)


@pytest.mark.parametrize("name", ["audit", "verify"])
def test_a_path_does_its_step(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiled, "_ENTRIES", 600)
    path = profiled.PATHS[name]
    assert isinstance(path, profiled.Within)
    with ExitStack() as stack:
        step = path.prepare(Course(tmp_path, print, quick=True), stack)
        step()
        step()

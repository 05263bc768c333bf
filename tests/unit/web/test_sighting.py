# SPDX-License-Identifier: Apache-2.0
"""The site looks at itself while it is served, and tells each thing once for as long as it lasts."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from tests import site
from uphold.access import signal
from uphold.app import App
from uphold.assurance.sightings import AGAIN_MS
from uphold.config import Detection
from uphold.web import sighting
from uphold.web.sighting import Sighting


def kinds(app: App) -> list[str]:
    with app.database.read() as connection:
        return [str(one.signal.kind) for one in signal.since(connection, 0)]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The wall clock and the steady one (ms), which go on by hand."""
    now = [sighting._now(), 0]
    monkeypatch.setattr(sighting, "_now", lambda: now[0])
    monkeypatch.setattr(sighting, "_steady", lambda: now[1])
    return now


def test_of_a_site_that_is_well_nothing_is_told(here: App) -> None:
    looks = Sighting(here)
    for _ in range(3):
        asyncio.run(looks.look())
    assert kinds(here) == []


def test_rules_that_are_off_are_told_again_after_a_while(here: App, clock: list[int]) -> None:
    settings = msgspec.structs.replace(here.settings, detection=Detection(disabled=("x",)))
    looks = Sighting(replace(here, settings=settings))
    looks.look_now()
    looks.look_now()
    assert kinds(here) == ["site.rules"]
    clock[0], clock[1] = clock[0] + AGAIN_MS, clock[1] + AGAIN_MS
    looks.look_now()
    assert kinds(here).count("site.rules") == 2


def test_a_clock_that_was_put_back_is_told_each_time(here: App, clock: list[int]) -> None:
    looks = Sighting(here)
    looks.look_now()
    for jump in (60_000, -3_600_000):
        clock[0] += jump
        looks.look_now()
        looks.look_now()
    assert kinds(here) == ["site.clock", "site.clock"]


def test_a_start_behind_the_newest_entry_is_told(here: App, clock: list[int]) -> None:
    clock[0] -= 86_400_000
    Sighting(here).look_now()
    assert kinds(here) == ["site.clock"]


def test_settings_that_changed_between_two_starts_are_told(here: App) -> None:
    Sighting(here).look_now()
    settings = msgspec.structs.replace(here.settings, detection=Detection(day_from=9))
    Sighting(replace(here, settings=settings)).look_now()
    assert kinds(here) == ["site.settings"]


def test_a_head_that_came_during_the_look_is_no_trouble(
    here: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others commit and note their heads at any moment; what the look has read by then is older, and right."""

    def then(act: Callable[..., Any]) -> Callable[..., Any]:
        def acts(*given: Any) -> Any:
            found = act(*given)
            site.submit(here, name="x", email="a@b.example", message="y")
            here.head.flush()
            return found

        return acts

    for name in ("tail", "head"):
        monkeypatch.setattr(here.log, name, then(getattr(here.log, name)))
    looks = Sighting(here)
    for _ in range(2):
        looks.look_now()
    assert kinds(here) == []

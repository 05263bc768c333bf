# SPDX-License-Identifier: Apache-2.0
"""The site looks at itself while it is served, and tells each thing once for as long as it lasts."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from tests import site
from uphold.access import signal
from uphold.app import App
from uphold.assurance import sightings
from uphold.assurance.sightings import AGAIN_MS, LATE_MS, LEAST_JUMP_MS
from uphold.config import Detection
from uphold.retention import due
from uphold.web import sighting
from uphold.web.sighting import LATE_LOOKS, Sighting


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


def test_storage_that_lets_one_wait_is_no_jump(
    here: App, clock: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the look waits both clocks go on, and others write."""

    def then(act: Callable[..., Any]) -> Callable[..., Any]:
        def acts(*given: Any) -> Any:
            for one in range(2):
                clock[one] += 10 * LEAST_JUMP_MS
            return act(*given)

        return acts

    for name in ("verify_head", "head"):
        monkeypatch.setattr(here.log, name, then(getattr(here.log, name)))
    looks = Sighting(here)
    for _ in range(3):
        looks.look_now()
    assert kinds(here) == []


def test_what_others_write_while_the_first_look_waits_is_not_ahead(
    here: App, clock: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def written(*_: Any) -> int:
        for one in range(2):
            clock[one] += 10 * LEAST_JUMP_MS
        return clock[0]

    monkeypatch.setattr(sightings, "written", written)
    Sighting(here).look_now()
    assert kinds(here) == []


def test_a_machine_that_slept_is_no_jump() -> None:
    """The steady clock goes on meanwhile, as the wall clock does."""
    assert sighting._STEADY == time.CLOCK_BOOTTIME


def test_a_sweep_is_late_when_it_had_its_chance(here: App, clock: list[int]) -> None:
    looks = Sighting(here)
    clock[0], clock[1] = clock[0] + LATE_MS, clock[1] + LATE_MS
    for _ in range(LATE_LOOKS - 1):
        looks.look_now()
    here.writer.run(lambda tx: due.keep(tx, ended_at=clock[0]))
    looks.look_now()
    assert kinds(here) == [], "the machine slept, and swept soon after"
    clock[0], clock[1] = clock[0] + LATE_MS, clock[1] + LATE_MS
    for _ in range(LATE_LOOKS - 1):
        looks.look_now()
    assert kinds(here) == []
    looks.look_now()
    looks.look_now()
    assert kinds(here) == ["site.sweep-late"]


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

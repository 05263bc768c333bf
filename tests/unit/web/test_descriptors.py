# SPDX-License-Identifier: Apache-2.0
"""The system's bound of open files, and what is said where it is too low."""

import logging
import resource
from collections.abc import Iterator

import pytest

from uphold.web import descriptors
from uphold.web.descriptors import FEWEST, RESERVE


class System:
    """A system with bounds of its own; only root could raise a real one again."""

    RLIMIT_NOFILE, RLIM_INFINITY = resource.RLIMIT_NOFILE, resource.RLIM_INFINITY

    def __init__(self, soft: int, hard: int) -> None:
        self.now = (soft, hard)

    def getrlimit(self, _: int) -> tuple[int, int]:
        return self.now

    def setrlimit(self, _: int, limits: tuple[int, int]) -> None:
        soft, hard = limits
        assert hard == self.now[1]
        assert soft <= hard or hard == self.RLIM_INFINITY
        self.now = limits


@pytest.fixture
def real() -> Iterator[tuple[int, int]]:
    """The bounds of this process, as they are found and left."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize(
    ("soft", "hard", "raised", "room"),
    [
        (100_000, 100_000, 100_000, 1000),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, resource.RLIM_INFINITY, 1000),
        (256, 100_000, 1000 + RESERVE, 1000),
        (256, resource.RLIM_INFINITY, 1000 + RESERVE, 1000),
        (256, RESERVE + 700, RESERVE + 700, 700),
        (256, 256, 256, FEWEST),
    ],
)
def test_the_bound_is_raised_as_far_as_it_goes(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, raised: int, room: int
) -> None:
    system = System(soft, hard)
    monkeypatch.setattr(descriptors, "resource", system)
    assert descriptors.room(1000) == room
    assert system.now == (raised, hard)


def test_what_is_missing_is_said_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(descriptors, "resource", System(256, 1024))
    monkeypatch.setattr(logging.getLogger("uphold"), "propagate", True)
    descriptors.room(1000)
    [line] = caplog.messages
    assert "Only 512 connections" in line
    assert f"LimitNOFILE= of its unit, or ulimit -n) to {1000 + RESERVE}" in line


def test_the_system_does_it(real: tuple[int, int]) -> None:
    _, hard = real
    resource.setrlimit(resource.RLIMIT_NOFILE, (300, hard))
    assert descriptors.room(16) == 16
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 16 + RESERVE

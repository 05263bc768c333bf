# SPDX-License-Identifier: Apache-2.0
import time

import pytest

from uphold.web.leaving import Leaving


def test_it_is_over_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    leaving = Leaving(5)
    assert [leaving.is_begun, leaving.is_over] == [False, False]
    assert leaving.begin()
    assert [leaving.is_begun, leaving.is_over] == [True, False]
    now += 4.9
    assert not leaving.is_over
    now += 0.2
    assert leaving.is_over


def test_who_is_told_twice_stops_at_once() -> None:
    leaving = Leaving(300)
    assert [leaving.begin(), leaving.is_over] == [True, False]
    assert [leaving.begin(), leaving.is_over] == [False, True]


def test_without_a_time_it_is_over_at_once() -> None:
    leaving = Leaving()
    assert [leaving.begin(), leaving.is_over] == [True, True]

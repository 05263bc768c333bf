# SPDX-License-Identifier: Apache-2.0
"""Whoever holds a receipt may post without signing in: bounded, paced, and never a fault of ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import site, visitor
from tests.visitor import Visitor
from uphold.app import App
from uphold.submission import guard
from uphold.web import holder


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = site.build(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def anna(app: App) -> Iterator[Visitor]:
    with visitor.visiting(app) as found:
        yield found


def test_the_clock_is_unix_milliseconds() -> None:
    assert abs(holder.now() - site.now()) < 60_000


@pytest.mark.parametrize("act", ["", "/withdraw", "/request"])
def test_a_post_is_bounded_and_read_with_care(anna: Visitor, act: str) -> None:
    path = f"{anna.receipt()}{act}"
    limit = anna.app.settings.limits.body_bytes
    assert anna.post(path, {"x": "y" * limit}).status == 413
    assert anna.ask("POST", path, content=b"\xff", headers={"content-type": "x/y"}).status == 415
    assert anna.post(f"/receipt/nothing{act}", {"x": "y"}).status == 404


def test_too_many_posts_are_refused_with_a_time(
    anna: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = anna.receipt()
    monkeypatch.setattr(guard, "refused", lambda limits, pace: True)
    answer = anna.post(f"{path}/withdraw", {"x": "y"})
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) >= 0

# SPDX-License-Identifier: Apache-2.0
"""The daily work on figures in a process of its own, begun by the site's own loop."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests import site
from tests.figures import opened, view
from uphold import errors
from uphold.app import App
from uphold.statistics import released
from uphold.web import daily
from uphold.web.daily import Daily


@pytest.fixture
def app(tmp_path: Path) -> App:
    """A site whose visitors came yesterday, as figures count days."""
    made = site.build(tmp_path)
    day = Daily(made).today() - timedelta(days=1)
    opened(made.keeper.store.folder, {day: [view(visitor, "/home") for visitor in range(1, 9)]})
    return made


async def test_the_work_is_done_once_a_day_in_a_process_of_its_own(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, begun = daily.command, list[int]()

    def command(of: App) -> list[str]:
        begun.append(1)
        return whole(of)

    monkeypatch.setattr(daily, "command", command)
    one = Daily(app, first=0)
    await one.look()
    await one.look()
    app.close()
    assert begun == [1]
    assert "pages" in {name for atom in released.read(app.keeper.store) for name in atom.tables}


async def test_a_site_that_was_just_started_is_left_alone(app: App) -> None:
    await Daily(app, first=60).look()
    app.close()
    assert released.read(app.keeper.store) == ()


@pytest.mark.parametrize("code", [1, 2, 7])
async def test_what_was_not_done_whole_is_tried_again_later(
    app: App, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []

    def command(_: App) -> list[str]:
        begun.append(1)
        return [sys.executable, "-c", f"raise SystemExit({code})"]

    monkeypatch.setattr(daily, "command", command)
    one = Daily(app, first=0)
    if code == 7:
        with pytest.raises(errors.Unavailable, match="exit code 7"):
            await one.look()
    else:
        await one.look()
    await one.look()
    assert begun == [1]
    monkeypatch.setattr(one, "_not_before", 0.0)
    monkeypatch.setattr(daily, "_TOLD", (1, 2, 7))
    await one.look()
    assert begun == [1, 1]
    app.close()


async def test_the_work_ends_with_the_site(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = [sys.executable, "-c", "import time; time.sleep(600)"]
    monkeypatch.setattr(daily, "command", lambda _: endless)
    task = asyncio.create_task(Daily(app, first=0).look())
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    app.close()

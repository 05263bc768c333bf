# SPDX-License-Identifier: Apache-2.0
"""The examination in a process of its own, begun by the site's own loop or by somebody in the console."""

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from tests import postgresql, site
from uphold import app as wiring, errors
from uphold.app import App
from uphold.assurance import archive, exercise, runs
from uphold.assurance.tables import assurance_run
from uphold.web import examiner
from uphold.web.examiner import Examiner

PATIENCE = 120.0
WHOLE = examiner.command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    app = site.build(tmp_path)
    app.close()
    file, nobody = app.settings.folder / "uphold.toml", f"http://127.0.0.1:{postgresql.free_port()}"
    file.write_text(file.read_text().replace(site.ADDRESS, nobody))
    return app.settings.folder


def narrowed(app: App, *more: str) -> list[str]:
    """The real command, of one promise, so that nobody has to wait long."""
    given = [word for word in more if word != "--due"]
    return [*WHOLE(app), "--promise", "policy.reachable", *given]


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, "it never came to pass"
        time.sleep(0.05)


def ran(app: App) -> int:
    with app.database.read() as connection:
        last = runs.last(connection)
        assert last is None or last.ended_at
        stored = archive.newest(connection, app.log.verifier)
        return 0 if last is None or "policy.reachable.page" not in stored else last.number


async def test_what_is_due_runs_in_a_process_of_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wiring.opened(folder) as app:
        monkeypatch.setattr(examiner, "command", narrowed)
        one = Examiner(app, first=0)
        for _ in range(2):
            # Other probes are due still, and yet it rests a while.
            await one.look()
        assert ran(app) == 1


async def test_a_site_that_was_just_started_is_left_alone(folder: Path) -> None:
    with wiring.opened(folder) as app:
        await Examiner(app, first=60).look()
        assert ran(app) == 0


async def test_while_another_run_is_under_way_none_begins(folder: Path) -> None:
    with wiring.opened(folder) as app:
        held = exercise.begin(
            app.settings, app.writer, app.ring, 0, edition=1, configuration="c" * 64
        )
        with held:
            await Examiner(app, first=0).look()
            assert not examiner.begin(app, 1)
        assert ran(app) == 0


async def test_a_run_that_cannot_be_made_is_not_tried_again_at_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def failing(app: App, *_: str) -> list[str]:
        tried.append(1)
        return [sys.executable, "-c", "raise SystemExit(2)"]

    with wiring.opened(folder) as app:
        monkeypatch.setattr(examiner, "command", failing)
        one = Examiner(app, first=0)
        with pytest.raises(errors.Unavailable, match="exit code 2"):
            await one.look()
        await one.look()
    assert tried == [1]


async def test_a_run_that_somebody_began_meanwhile_is_left_to_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the beginning of the process, which is refused then."""
    begun: list[exercise.Run] = []

    def meanwhile(app: App, *_: str) -> list[str]:
        begun.append(
            exercise.begin(app.settings, app.writer, app.ring, 0, edition=1, configuration="c" * 64)
        )
        return WHOLE(app, "--due")

    with wiring.opened(folder) as app:
        monkeypatch.setattr(examiner, "command", meanwhile)
        try:
            await Examiner(app, first=0).look()
            assert exercise.is_under_way(app.settings)
        finally:
            for one in begun:
                one.end()


async def test_when_the_site_stops_the_run_ends_in_order(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wiring.opened(folder) as app:
        work = asyncio.create_task(Examiner(app, first=0).look())
        await asyncio.to_thread(until, lambda: _shows(app))
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert not exercise.is_under_way(app.settings)
        with app.database.read() as connection:
            last = runs.last(connection)
        assert last is not None
        assert last.ended_at


def test_somebody_in_the_console_lets_it_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with wiring.opened(folder) as app:
        monkeypatch.setattr(examiner, "command", narrowed)
        assert examiner.begin(app, 7)
        until(lambda: not exercise.is_under_way(app.settings) and _stored(app))
        assert _by(app) == 7


def _shows(app: App) -> bool:
    with app.database.read() as connection:
        return bool(archive.newest(connection, app.log.verifier))


def _stored(app: App) -> bool:
    with app.database.read() as connection:
        last = runs.last(connection)
        return last is not None and last.ended_at > 0


def _by(app: App) -> int:
    with app.database.read() as connection:
        return int(connection.execute(select(assurance_run.c.by)).scalar_one())

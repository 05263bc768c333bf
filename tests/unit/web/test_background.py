# SPDX-License-Identifier: Apache-2.0
import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select

from tests import site, visiting
from tests.site import app  # noqa: F401 - a fixture
from uphold import errors
from uphold.app import App
from uphold.config import Proof
from uphold.mail import outbox
from uphold.retention import due
from uphold.retention.sweep import Done, Sweep
from uphold.rights import stored
from uphold.vault.tables import vault_index, vault_index_tail
from uphold.visits import batch
from uphold.web import background


def rows(app: App) -> tuple[int, int]:  # noqa: F811 - the fixture's value
    with app.database.read() as connection:
        tables = (vault_index_tail, vault_index)
        counts = [connection.execute(select(func.count()).select_from(t)).scalar() for t in tables]
    return counts[0] or 0, counts[1] or 0


async def test_index_rows_move_when_nobody_writes(app: App) -> None:  # noqa: F811 - as above
    merger = background.Merger(app)
    for count in (1, 2):
        await site.submit_many(app, count)
        await merger.look()
    waiting, moved = rows(app)
    assert waiting > 0
    assert moved == 0
    await merger.look()
    assert rows(app) == (0, waiting)
    await merger.look()
    assert rows(app) == (0, waiting)


async def test_index_rows_move_when_many_wait(
    app: App,  # noqa: F811 - as above
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(background, "INDEX_ROWS", 3)
    await site.submit_many(app, 5)
    waiting, _ = rows(app)
    assert waiting >= 3
    await background.Merger(app).look()
    assert rows(app) == (waiting % 3, waiting - waiting % 3)


async def rounds(outcomes: Sequence[Exception | None]) -> None:
    """Let a loop run whose work ends as told, round by round."""
    left = list(outcomes)
    done = asyncio.Event()

    async def work() -> None:
        if not left:
            done.set()
            return
        outcome = left.pop(0)
        if outcome is not None:
            raise outcome

    loop = asyncio.ensure_future(background._every(0.0, work, "this"))
    async with asyncio.timeout(60):
        await done.wait()
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loop


async def test_trouble_does_not_end_a_loop(caplog: pytest.LogCaptureFixture) -> None:
    """It is told once for as long as it lasts, and again when it comes again."""
    caplog.set_level(logging.INFO, "uphold.background")
    trouble = errors.Unavailable("The storage is away.")
    await rounds([trouble, trouble, None, trouble, trouble])
    assert [record.getMessage() for record in caplog.records] == [
        "this waits: The storage is away."
    ] * 2


async def test_a_fault_does_not_end_a_loop(caplog: pytest.LogCaptureFixture) -> None:
    await rounds([ValueError("x"), ValueError("y"), None])
    assert [record.getMessage() for record in caplog.records] == ["this failed"]


async def test_a_loop_that_cannot_begin_tries_again(caplog: pytest.LogCaptureFixture) -> None:
    tries: list[int] = []
    done = asyncio.Event()

    async def work() -> None:
        done.set()

    def begin() -> tuple[float, background.Work]:
        tries.append(1)
        if len(tries) < 3:
            raise ImportError
        return 60.0, work

    loop = asyncio.ensure_future(background._begun(0.0, begin, "this"))
    async with asyncio.timeout(60):
        await done.wait()
    loop.cancel()
    assert [record.getMessage() for record in caplog.records] == ["this failed"]


async def test_each_loop_does_something(app: App) -> None:  # noqa: F811 - as above
    """Without a relay there is no loop for mail; the head file and the editions are looked after."""
    loops = background.tasks(app)
    by_hand = replace(
        app, settings=msgspec.structs.replace(app.settings, proof=Proof(schedule=False))
    )
    for fewer, quieter in (
        (1, background.tasks(by_hand)),
        (1, background.examined(app)),
    ):
        assert len(quieter) == len(loops) - fewer
        for one in quieter:
            one.close()
    site_head = app.settings.path(app.settings.keys.head)
    await site.submit_many(app, 1)
    running = [asyncio.ensure_future(loop) for loop in loops]
    async with asyncio.timeout(60):
        while _size(site_head.read_bytes()) < _stored(app):  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.01)
    for loop in running:
        loop.cancel()
    await asyncio.gather(*running, return_exceptions=True)


def _size(head: bytes) -> int:
    return int(head.splitlines()[1])


def _stored(app: App) -> int:  # noqa: F811 - as above
    with app.database.read() as connection:
        return app.log.head(connection).size


async def test_visits_are_stored_soon_after_they_came(tmp_path: Path) -> None:
    recording = visiting.build(tmp_path)
    try:
        assert recording.visits is not None
        visits = background.Visits(recording)
        await visits.flush()
        assert not (recording.keeper.store.folder / "running").exists()
        recording.visits.note(visiting.seen())
        await visits.flush()
        with recording.database.read() as connection:
            assert batch.stored(connection) == (1, 1)
        await asyncio.to_thread(recording.keeper.look)
        assert len(visiting.entries(recording, "salt.made")) == 1
    finally:
        recording.close()


async def test_what_is_due_is_destroyed_at_once_and_then_by_the_hour(
    app: App,  # noqa: F811 - as above
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    swept: list[int | None] = []
    before = Sweep.run

    def run(sweep: Sweep, now: int | None = None) -> Done | None:
        swept.append(now)
        return before(sweep, now)

    monkeypatch.setattr(Sweep, "run", run)
    sweeper = background.Sweeper(app)
    await sweeper.look()
    await sweeper.look()
    assert len(swept) == 1
    monkeypatch.setattr(background, "SWEEP_EVERY_MS", 0)
    await sweeper.look()
    assert len(swept) == 2


async def test_a_sweep_that_ended_in_the_future_keeps_none_back(
    app: App,  # noqa: F811 - as above
) -> None:
    """As when the clock was ahead then, and was put back since."""
    sweeper = background.Sweeper(app)
    await sweeper.look()
    ahead = site.now() + 2 * background.SWEEP_EVERY_MS
    app.writer.run(lambda tx: due.keep(tx, ended_at=ahead))
    await sweeper.look()
    with app.database.read() as connection:
        assert due.state(connection).ended_at < ahead


async def test_a_stop_ends_a_sweep_between_two_transactions(
    app: App,  # noqa: F811 - as above
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, stopped = asyncio.Event(), []
    loop = asyncio.get_running_loop()

    def run(sweep: Sweep, _now: int | None = None) -> None:
        loop.call_soon_threadsafe(begun.set)
        stopped.append(sweep._stopping.wait(60))

    monkeypatch.setattr(Sweep, "run", run)
    look = asyncio.ensure_future(background.Sweeper(app).look())
    await begun.wait()
    look.cancel()
    with pytest.raises(asyncio.CancelledError):
        await look
    assert stopped == [True]


async def test_what_came_back_is_read_from_the_maildir(tmp_path: Path) -> None:
    opened = site.build(tmp_path)
    mail = msgspec.structs.replace(opened.settings.mail, bounces="bounces")
    at = replace(opened, settings=msgspec.structs.replace(opened.settings, mail=mail))
    for name in ("new", "cur"):
        (at.settings.path("bounces") / name).mkdir(parents=True)
    (at.settings.path("bounces") / "new" / "1").write_bytes(b"Subject: lunch\n\nToday?")
    await background.bounces(at)
    assert [path.name for path in (at.settings.path("bounces") / "cur").iterdir()] == ["1:2,"]
    opened.close()


async def test_the_officer_is_reminded_when_something_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = site.build(tmp_path)
    await background.reminder(opened)
    with opened.database.read() as connection:
        assert outbox.listed(connection, outbox.State, 9) == ()
    monkeypatch.setattr(stored, "soon", lambda *_: ("one", "two"))
    monkeypatch.setattr(stored, "late", lambda *_: ("one",))
    for _ in range(2):
        await background.reminder(opened)
    with opened.database.read() as connection:
        (told,) = outbox.listed(connection, outbox.State, 9)
    assert (told.notice, told.codes) == ("due-soon", {"late": 1, "soon": 1})
    opened.close()

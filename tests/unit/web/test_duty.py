# SPDX-License-Identifier: Apache-2.0
"""Of several processes of a site one does what only one may; the next one follows, and nobody does it late."""

import asyncio
import time

import pytest
from sqlalchemy import update

from tests.site import app  # noqa: F401 - a fixture
from uphold import errors
from uphold.app import App
from uphold.database import lease, process, sequence
from uphold.database.lease import database_lease
from uphold.database.transaction import Transaction
from uphold.vault import unlock
from uphold.web import duty
from uphold.web.duty import Duty


async def both(app: App) -> tuple[Duty, Duty]:  # noqa: F811 - the fixture's value
    one, other = Duty(app), Duty(app)
    await one.look()
    await other.look()
    return one, other


def grown_old(app: App, one: Duty) -> None:  # noqa: F811 - as above
    """As if a process had been stopped for longer than the term."""
    assert one._said is not None
    one._said = (time.monotonic() - lease.TERM_MS / 1000, one._said[1])
    until = database_lease.c.until_at
    app.writer.run(
        lambda tx: tx.execute(update(database_lease).values(until_at=until - lease.TERM_MS))
    )


async def test_one_has_it_and_the_next_follows(app: App) -> None:  # noqa: F811 - as above
    one, other = await both(app)
    assert (one.is_held, other.is_held) == (True, False)
    with app.database.read() as connection:
        rings = {row.ring for row in process.living(connection)}
        assert len(process.living(connection)) == 2
    assert rings == {unlock.mark(app.settings.path(app.settings.keys.ring))}
    await one.leave()
    await other.look()
    assert (one.is_held, other.is_held) == (False, True)
    with app.database.read() as connection:
        assert len(process.living(connection)) == 1


async def test_work_waits_for_the_lease(app: App) -> None:  # noqa: F811 - as above
    one, other = await both(app)
    done: list[str] = []

    async def note(name: str) -> None:
        done.append(name)

    waiting = asyncio.ensure_future(other.alone(lambda: note("other"))())
    await one.alone(lambda: note("one"))()
    assert done == ["one"]
    await one.leave()
    await other.look()
    await waiting
    assert done == ["one", "other"]


async def test_it_is_given_back_when_the_work_is_over(app: App) -> None:  # noqa: F811 - as above
    one, other = await both(app)
    goes_on = asyncio.Event()

    async def work() -> None:
        await goes_on.wait()
        await one.app.writer.submit(sequence.touch)

    working = asyncio.ensure_future(one.alone(work)())
    leaving = asyncio.create_task(one.leave())
    await asyncio.sleep(0)
    await other.look()
    assert not other.is_held
    goes_on.set()
    await asyncio.gather(working, leaving)
    await other.look()
    assert other.is_held


async def test_who_was_away_for_too_long_stores_nothing(app: App) -> None:  # noqa: F811 - as above
    one, other = await both(app)
    grown_old(app, one)
    await other.look()
    # It believes that it has it, until it asks.
    assert [one.is_held, other.is_held] == [True, True]
    with pytest.raises(errors.Unavailable, match="Another process"):
        one.app.writer.run(sequence.touch)
    one._site.writer.run(sequence.touch)
    await one.look()
    assert [one.is_held, other.is_held] == [False, True]
    other.app.writer.run(sequence.touch)


async def test_work_that_comes_too_late_is_left_to_the_next(app: App) -> None:  # noqa: F811 - as above
    """Quietly: that another process has followed is no trouble of this one."""
    one, other = await both(app)
    grown_old(app, one)
    await other.look()

    async def write() -> None:
        await one.app.writer.submit(sequence.touch)

    await one.alone(write)()
    assert not one.is_held
    waiting = asyncio.ensure_future(one.alone(write)())
    await one.look()
    await other.leave()
    assert not waiting.done()
    await one.look()
    await waiting
    assert one.is_held


async def test_other_trouble_of_the_work_is_told(app: App) -> None:  # noqa: F811 - as above
    one, _ = await both(app)

    async def fail() -> None:
        raise errors.Unavailable("The disk is full.")

    with pytest.raises(errors.Unavailable, match="disk"):
        await one.alone(fail)()
    assert one.is_held


async def test_who_has_it_renews_it_now_and_then(
    app: App,  # noqa: F811 - as above
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = Duty(app)
    asked = []

    def take(_: Transaction, name: str, holder: str) -> int:
        asked.append((name, holder))
        return 1

    monkeypatch.setattr(lease, "take", take)
    for _ in range(3):
        await one.look()
    assert len(asked) == 1
    monkeypatch.setattr(duty, "RENEW_SECONDS", 0.0)
    await one.look()
    assert len(asked) == 2


async def test_another_key_ring_is_told_at_once(app: App) -> None:  # noqa: F811 - as above
    one = Duty(app)
    await one.look()
    ring = app.settings.path(app.settings.keys.ring)
    ring.chmod(0o400)
    await one.look()
    with app.database.read() as connection:
        assert [row.ring for row in process.living(connection)] == [unlock.mark(ring)]

# SPDX-License-Identifier: Apache-2.0
"""While a site is served its keys are rotated by one process, whatever the others do."""

import asyncio
import threading

import pytest

from tests import site
from tests.site import app  # noqa: F401 - a fixture
from uphold import errors
from uphold.app import App
from uphold.continuity.rotate import DAY_MS, Keeper
from uphold.vault import unlock
from uphold.web.rotation import Rotator


@pytest.fixture
def later(app: App, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811 - the fixture's value
    """A month has passed, as far as the looks know."""
    moment = (site.now() + 31 * DAY_MS) * 1_000_000
    monkeypatch.setattr("uphold.web.rotation.time.time_ns", lambda: moment)


def epochs(app: App) -> list[int]:  # noqa: F811 - as above
    return [one.number for one in app.ring.epochs]


async def test_keys_are_rotated_when_their_day_has_come(app: App, later: None) -> None:  # noqa: F811 - as above
    await site.submit_many(app, 1)
    await Rotator(app).look()
    assert epochs(app) == [1, 2]


async def test_nothing_happens_before(app: App) -> None:  # noqa: F811 - as above
    await Rotator(app).look()
    assert epochs(app) == [1]


async def test_a_look_while_another_process_is_at_it_leaves_it_to_that_one(
    app: App,  # noqa: F811 - as above
    later: None,
) -> None:
    with unlock.alone(app.settings.path(app.settings.keys.ring)):
        await Rotator(app).look()
    assert epochs(app) == [1]


async def test_what_else_stands_in_the_way_is_told(
    app: App,  # noqa: F811 - as above
    later: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_keeper: Keeper, _now: int, _watch: object) -> None:
        raise errors.Conflict("A process serves with a copy.", "Name one key ring.")

    monkeypatch.setattr(Keeper, "keep_up", refuse)
    with pytest.raises(errors.Conflict, match="copy"):
        await Rotator(app).look()


async def test_a_stop_breaks_the_rotation_off_and_the_next_start_finishes_it(
    app: App,  # noqa: F811 - as above
    later: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await site.submit_many(app, 1)
    begun, go_on = threading.Event(), threading.Event()
    whole = Keeper.keep_up

    def slow(self: Keeper, now: int, watch: object) -> object:
        begun.set()
        go_on.wait(60)
        return whole(self, now, watch)  # type: ignore[arg-type] # the look's own

    monkeypatch.setattr(Keeper, "keep_up", slow)
    look = asyncio.ensure_future(Rotator(app).look())
    await asyncio.to_thread(begun.wait, 60)
    look.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await look
    monkeypatch.setattr(Keeper, "keep_up", whole)
    with app.database.read() as connection:
        assert b"keys.rotated" not in b"".join(raw for _, raw in app.log.entries(connection))
    await Rotator(app).look()
    with app.database.read() as connection:
        assert b"keys.rotated" in b"".join(raw for _, raw in app.log.entries(connection))

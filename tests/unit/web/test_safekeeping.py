# SPDX-License-Identifier: Apache-2.0
"""Backups by themselves: where they are set up, when the newest is old enough, and stopped with the process."""

import asyncio
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import update

from tests import backups, site
from tests.backups import Kept
from uphold import config, errors
from uphold.app import App, open_site
from uphold.config import FILE, Settings
from uphold.continuity import backup
from uphold.continuity.backup import Maker, continuity_backup
from uphold.web.safekeeping import HOUR_MS, Safekeeper

pytestmark = pytest.mark.anyio


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    with closing(site.build(tmp_path)) as made:
        return backups.set_up(made.settings, tmp_path)


def hourly(settings: Settings) -> Settings:
    file = settings.folder / FILE
    file.write_text(file.read_text().replace("every_hours = 0", "every_hours = 1"))
    return config.load(settings.folder)


@pytest.fixture
def app(kept: Kept) -> Iterator[App]:
    with closing(open_site(hourly(kept.settings))) as opened:
        yield opened


async def test_one_is_made_when_the_newest_is_old_enough(kept: Kept, app: App) -> None:
    keeper = Safekeeper(app)
    await keeper.look()
    await keeper.look()
    assert [number for number, _ in backup.kept_in(kept.settings, kept.folder)] == [1]
    later = update(continuity_backup).values(made_at=continuity_backup.c.made_at - HOUR_MS)
    app.writer.run(lambda tx: tx.execute(later))
    await keeper.look()
    assert [number for number, _ in backup.kept_in(kept.settings, kept.folder)] == [1, 2]


async def test_one_that_was_made_in_the_future_keeps_none_back(kept: Kept, app: App) -> None:
    """As when the clock was ahead then, and was put back since."""
    keeper = Safekeeper(app)
    await keeper.look()
    ahead = update(continuity_backup).values(made_at=continuity_backup.c.made_at + 2 * HOUR_MS)
    app.writer.run(lambda tx: tx.execute(ahead))
    await keeper.look()
    await keeper.look()
    assert [number for number, _ in backup.kept_in(kept.settings, kept.folder)] == [1, 2]


async def test_a_look_while_one_is_made_by_hand_leaves_it_to_that(kept: Kept, app: App) -> None:
    with backup._alone(kept.folder):
        await Safekeeper(app).look()
    assert list(kept.folder.iterdir()) == []


async def test_what_else_stands_in_the_way_is_told(
    kept: Kept, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(_maker: Maker, folder: Path) -> None:
        raise errors.Conflict(f"{folder} is there already.")

    monkeypatch.setattr(Maker, "make", taken)
    with pytest.raises(errors.Conflict, match="already"):
        await Safekeeper(app).look()


async def test_none_is_made_where_it_is_not_asked_for(kept: Kept) -> None:
    with closing(open_site(kept.settings)) as by_hand:
        await Safekeeper(by_hand).look()
    assert list(kept.folder.iterdir()) == []


async def test_a_stop_of_the_process_leaves_no_half_one(
    kept: Kept, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()
    loop, plain = asyncio.get_running_loop(), Maker._head

    def head(self: Maker, *arguments: object) -> object:
        loop.call_soon_threadsafe(begun.set)
        while not self._is_stopping:
            pass
        return plain(self, *arguments)  # type: ignore[arg-type] # passed on as it came

    monkeypatch.setattr(Maker, "_head", head)
    look = asyncio.ensure_future(Safekeeper(app).look())
    await begun.wait()
    look.cancel()
    with suppress(asyncio.CancelledError):
        await look
    assert list(kept.folder.iterdir()) == []

# SPDX-License-Identifier: Apache-2.0
"""Visits are parts like any other: a rotation carries them, a backup holds them, and no salt is in one."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests import backups, site, visiting
from tests.unit.continuity.test_rotate import keeper
from uphold import config
from uphold.app import App, open_site
from uphold.assurance import audit
from uphold.vault import epoch, remains
from uphold.visits import batch, salt

DAY = 24 * 60 * 60 * 1000


def visit(app: App, at: int = 0) -> None:
    assert app.visits is not None
    app.visits.note(visiting.seen(at=at))
    app.keeper.flush()
    app.keeper.look()


def test_a_rotation_carries_visits_over(tmp_path: Path) -> None:
    with closing(visiting.build(tmp_path)) as app:
        visit(app)
        keeper(app).rotate()
        visit(app)
        with app.database.read() as connection:
            assert set(epoch.used(connection)) == {app.ring.newest.number}
        assert list(audit.run(app.settings)) == []


def test_a_restore_brings_visits_back_and_begins_with_fresh_salts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(visiting.build(tmp_path)) as made:
        kept = backups.set_up(made.settings, tmp_path)
    with closing(open_site(kept.settings)) as app:
        visit(app)
        visit(app, site.now() - 2 * DAY)
        key = app.keeper.salts.of(app.keeper.today())
        file = backups.make(app, kept, identity=kept.identity).path
        # What ended since then stays ended.
        done = app.sweep().run()
        assert done is not None
        assert sum(done.parts.values()) == 1
    assert file is not None
    plain = backups.opened(file, kept.identity)
    assert key not in plain
    assert key.hex().encode() not in plain
    assert backups.bring_back(backups.wanted(kept, file, tmp_path / "again")).erased == 1
    with closing(open_site(config.load(tmp_path / "again"))) as app:
        assert not (app.settings.folder / "keys" / salt.FILE).exists()
        with app.database.read() as connection:
            parts = [remains.live(connection, one.number) for one in batch.newest(connection, 9)]
        assert [len(one) for one in parts] == [0, 1]
        visit(app)
        assert app.keeper.salts.of(app.keeper.today()) != key
        assert list(audit.run(app.settings)) == []
        # What the old salts' rows said is closed on the next day: they are not here.
        tomorrow = app.keeper.today() + timedelta(days=1)
        monkeypatch.setattr(app.keeper.salts, "_today", lambda: tomorrow)
        app.keeper.look()
        assert len(visiting.entries(app, "salt.destroyed")) == 1
        assert list(audit.run(app.settings)) == []
        done = app.sweep().run(site.now() + DAY)
        assert done is not None
        assert sum(done.parts.values()) == 2

# SPDX-License-Identifier: Apache-2.0
"""Drills: the newest backup is tried aside and thrown away, and what comes of it is remembered either way."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests import backups, site
from tests.backups import Kept
from uphold import config, errors
from uphold.app import App, open_site
from uphold.assurance import audit
from uphold.config import Settings
from uphold.continuity import drill, rotate
from uphold.continuity.drill import Drilled
from uphold.journal import entry
from uphold.retention import sweep
from uphold.vault import destroyed


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    with closing(site.build(tmp_path)) as made:
        return backups.set_up(made.settings, tmp_path)


@pytest.fixture
def app(kept: Kept) -> Iterator[App]:
    with closing(open_site(kept.settings)) as opened:
        yield opened


@pytest.fixture
def aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "aside"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def drilled(app: App, kept: Kept) -> Drilled:
    return drill.run(kept.settings, app.writer, kept.identity, audit.run)


def test_a_good_backup_is_well_and_nothing_is_left(kept: Kept, app: App, aside: Path) -> None:
    site.live(app)
    goes = site.submit(app)
    made = backups.make(app, kept)
    app.writer.run(lambda tx: sweep.destroy(tx, app.ring, goes.number, sweep.Reason.DISCARDED))
    done = drilled(app, kept)
    assert (done.outcome, done.why, done.number) == ("well", "", 1)
    assert (done.backup, done.entries) == (made.digest, made.entries)
    assert 0 < done.opened <= done.parts
    assert list(aside.iterdir()) == []
    with app.database.read() as connection:
        assert drill.newest(connection) == Drilled(done.at, made.digest, "well")
        *_, last = [entry.decode(raw) for _, raw in app.log.entries(connection)]
    assert (last.kind, last.codes) == ("drill.done", {"backup": made.digest, "outcome": "well"})
    assert list(audit.run(app.settings)) == []


def test_what_is_erased_while_it_runs_did_not_come_back(kept: Kept, app: App) -> None:
    site.live(app)
    goes = site.submit(app)
    backups.make(app, kept)

    def meanwhile(settings: Settings) -> Iterable[object]:
        reason = sweep.Reason.DISCARDED
        app.writer.run(lambda tx: sweep.destroy(tx, app.ring, goes.number, reason))
        return audit.run(settings)

    done = drill.run(kept.settings, app.writer, kept.identity, meanwhile)
    assert (done.outcome, done.why) == ("well", "")
    assert drilled(app, kept).outcome == "well"


def test_what_is_burned_while_it_runs_still_opens(kept: Kept, app: App) -> None:
    """In the backup it is sealed under a key that was there when the drill began."""
    site.live(app)
    backups.make(app, kept)
    keeper = rotate.Keeper(kept.settings, app.ring, app.log, app.database, app.writer)

    def meanwhile(settings: Settings) -> Iterable[object]:
        yield from audit.run(settings)
        keeper.rotate()
        assert keeper.burn(site.now() + 400 * rotate.DAY_MS) == [1]

    done = drill.run(kept.settings, app.writer, kept.identity, meanwhile)
    assert (done.outcome, done.why, done.opened > 0) == ("well", "", True)


def test_the_key_ring_is_not_copied_aside(kept: Kept, app: App, tmp_path: Path) -> None:
    made = backups.make(app, kept)
    assert made.path is not None
    folder = tmp_path / "there"
    found = drill.attempt(kept.settings, made.path, kept.identity, folder, audit.run)
    assert found.outcome == "well"
    assert (folder / "keys" / "ring.json").is_symlink()


def test_a_damaged_backup_is_broken_and_that_is_journaled(kept: Kept, app: App) -> None:
    made = backups.make(app, kept)
    assert made.path is not None
    raw = bytearray(made.path.read_bytes())
    raw[-100] ^= 1
    made.path.write_bytes(raw)
    done = drilled(app, kept)
    assert done.outcome == "broken"
    assert "damaged" in done.why
    with app.database.read() as connection:
        newest = drill.newest(connection)
    assert newest is not None
    assert newest.outcome == "broken"


def test_only_a_backup_that_is_tried_is_not_marked_as_read(
    kept: Kept, app: App, tmp_path: Path
) -> None:
    """The site's own reading is nobody's intrusion; whoever brings the site back is somebody."""
    made = backups.make(app, kept)
    assert made.path is not None
    os.utime(made.path, (1_000, 2_000))
    assert drilled(app, kept).outcome == "well"
    assert made.path.stat().st_atime == 1_000
    opened: list[Path] = []
    plain = Path.open

    def noted(path: Path, *given: Any, **more: Any) -> Any:
        opened.append(path)
        return plain(path, *given, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "open", noted)
        backups.bring_back(backups.wanted(kept, made.path, tmp_path / "back"))
    assert made.path in opened


def test_what_restores_and_is_not_the_backup_is_told(kept: Kept, app: App, tmp_path: Path) -> None:
    stays = site.submit(app)
    made = backups.make(app, kept)
    assert made.path is not None
    done = backups.bring_back(backups.wanted(kept, made.path, tmp_path / "back"))
    settings = config.load(tmp_path / "back")
    assert drill.prove(settings, done, app.ring, []).outcome == "well"
    assert drill.prove(settings, done, app.ring, [stays.number << 8]).outcome == "came-back"
    done.rows["submission_record"] += 1
    found = drill.prove(settings, done, app.ring, [])
    assert (found.outcome, "submission_record" in found.why) == ("not-whole", True)


def test_without_a_backup_or_its_identity_there_is_nothing_to_try(
    kept: Kept, app: App, tmp_path: Path
) -> None:
    with pytest.raises(errors.Missing, match="no backup"):
        drilled(app, kept)
    backups.make(app, kept)
    stranger = tmp_path / "stranger"
    stranger.write_text(backups.stranger())
    with pytest.raises(errors.Invalid, match="does not open"):
        drill.run(kept.settings, app.writer, stranger, audit.run)
    with app.database.read() as connection:
        assert drill.newest(connection) is None
    assert set(destroyed.read(kept.settings.path(kept.settings.keys.destroyed))) == frozenset()

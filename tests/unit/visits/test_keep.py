# SPDX-License-Identifier: Apache-2.0
"""What takes visits in one process: days by the site's zone, files for the statistics, a mark of life."""

from datetime import UTC, date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests import site, visiting
from uphold import config, errors
from uphold.app import App, open_site
from uphold.visits import agent, batch, layout, running
from uphold.visits.keep import Keeper


def lines(app: App) -> list[list[str]]:
    found = sorted(app.keeper.store.folder.glob("open/*/*.csv"))
    return [line.split(",") for path in found for line in path.read_text().splitlines()]


def test_days_are_those_of_the_law_unless_the_site_names_a_zone(tmp_path: Path) -> None:
    app = visiting.build(tmp_path)
    try:
        assert app.keeper.zone() == ZoneInfo("Europe/Moscow")
        assert app.keeper.day(1_795_381_200_000 - 1) == date(2026, 11, 22)
        assert app.keeper.day(1_795_381_200_000) == date(2026, 11, 23)
        bare = Keeper(
            app.settings, app.writer, app.database, app.ring, lambda: None, lambda *_: None
        )
        assert bare.zone() == UTC
    finally:
        app.close()


def test_a_flush_hands_on_what_names_nobody(recording: App) -> None:
    assert recording.visits is not None
    recording.visits.note(visiting.seen())
    recording.visits.note(visiting.seen("started", item="feedback"))
    recording.visits.note(visiting.seen(address="192.0.2.1"))
    recording.keeper.flush()
    views, started, other = lines(recording)
    assert (views[2:4], started[2:4]) == (["view", "/policy"], ["started", "feedback"])
    assert views[1] == started[1] != other[1]
    assert recording.keeper.store.open_days() == (recording.keeper.today(),)


def test_what_comes_after_its_day_was_closed_is_counted(recording: App) -> None:
    assert recording.visits is not None
    closed = recording.keeper.store.events(recording.keeper.today())
    closed.parent.mkdir(parents=True)
    closed.touch()
    recording.visits.note(visiting.seen())
    # No salt numbers the visitors of a day so long ago.
    recording.visits.note(visiting.seen(at=site.now() - 4 * 86_400_000))
    recording.keeper.flush()
    recording.keeper.close()
    with recording.database.read() as connection:
        assert sum(batch.dropped(connection, 0, 30_000_000).values()) == 2
        assert batch.stored(connection) == (1, 2)


def test_who_was_killed_is_told_of_once(recording: App) -> None:
    recording.keeper.begin()
    folder = recording.keeper.store.folder / running.FOLDER
    (folder / "1-gone").touch()
    recording.keeper.look()
    recording.keeper.look()
    [said] = visiting.entries(recording, "visits.interrupted")
    assert 0 <= int(said.codes["until"]) - int(said.codes["since"]) <= 60
    assert not (folder / "1-gone").exists()
    recording.keeper.close()
    assert list(folder.iterdir()) == []


def test_salts_end_where_visits_are_kept_no_more(recording: App) -> None:
    recording.keeper.salts.of(recording.keeper.today())
    recording.keeper.look()
    file = recording.settings.folder / config.FILE
    file.write_text(file.read_text().replace("record = true", "record = false"))
    recording.close()
    app = open_site(config.load(recording.settings.folder))
    try:
        assert app.visits is None
        app.keeper.begin()
        app.keeper.flush()
        app.keeper.look()
        assert not (app.keeper.store.folder / running.FOLDER).exists() or not list(
            (app.keeper.store.folder / running.FOLDER).iterdir()
        )
        assert len(visiting.entries(app, "salt.made")) == 1
    finally:
        app.close()


def test_a_missing_library_is_told_before_serving(
    recording: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "INSTALLED", False)
    with pytest.raises(errors.Unavailable, match="statistics"):
        recording.keeper.begin()


def test_the_store_is_where_the_configuration_says(recording: App) -> None:
    assert recording.keeper.store == layout.Store(recording.settings.folder / "statistics")
    assert recording.keeper.day(site.now()) - recording.keeper.today() <= timedelta(0)

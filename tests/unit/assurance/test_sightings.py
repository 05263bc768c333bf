# SPDX-License-Identifier: Apache-2.0
"""What a site notices of itself: clock, journal, sweep, backups, settings and rules."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from tests import site
from uphold.access import signal
from uphold.access.signal import Kind
from uphold.app import App
from uphold.assurance import sightings
from uphold.assurance.sightings import HOUR_MS, LATE_MS, LEAST_JUMP_MS, OWN_MS, Backups, Clock
from uphold.config import Backup, Detection, Settings
from uphold.continuity import backup
from uphold.journal import entry
from uphold.retention import due

KEY = bytes(range(32))
SOON = 1_800_000_000_000


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with closing(site.build(tmp_path_factory.mktemp("sightings"))) as opened:
        yield opened


@pytest.mark.parametrize(
    ("wall", "steady", "jumped"),
    [
        (60_000, 60_000, 0),
        (60_000 + LEAST_JUMP_MS - 1, 60_000, 0),
        (60_000 + LEAST_JUMP_MS, 60_000, LEAST_JUMP_MS),
        (-HOUR_MS, 60_000, -HOUR_MS - 60_000),
    ],
)
def test_a_clock_that_jumps_is_told_by_one_that_only_goes_on(
    wall: int, steady: int, jumped: int
) -> None:
    clock = Clock(SOON, 5)
    assert clock.jumped(SOON + wall, 5 + steady) == jumped
    assert clock.jumped(SOON + wall + 1000, 5 + steady + 1000) == 0


def test_a_jump_says_how_far_and_which_way() -> None:
    assert sightings.jump(-90_500).fields == {"jump_seconds": 90, "back": True}
    signal.check(sightings.jump(7_000))


def test_a_clock_behind_the_newest_entry_was_put_back(app: App) -> None:
    site.submit(app)
    with app.database.read() as connection:
        [(_, raw)] = app.log.tail(connection, 1)
        now = entry.decode(raw).at_ms
        at = sightings.written(connection, app.log)
    assert at == now
    assert sightings.behind(at, now) == 0
    assert sightings.behind(at, now - HOUR_MS) == HOUR_MS


def test_a_sweep_is_late_where_the_site_was_there_to_sweep(app: App) -> None:
    app.writer.run(lambda tx: due.keep(tx, ended_at=SOON))
    with app.database.read() as connection:
        asked = [
            sightings.lateness(connection, SOON + late, since)
            for late, since in ((LATE_MS - 1, 0), (LATE_MS, 0), (30 * HOUR_MS, SOON + 29 * HOUR_MS))
        ]
    assert asked == [0, 3, 0]


def test_a_journal_that_only_grows_is_whole(app: App) -> None:
    with app.database.read() as connection:
        problem, head = sightings.problem(connection, app.log, None)
    assert problem == ""
    site.submit(app, name="x", email="a@b.example", message="y")
    with app.database.read() as connection:
        assert sightings.problem(connection, app.log, head)[0] == ""
        assert sightings.problem(connection, app.log, head)[1].size > head.size


def test_a_journal_that_was_changed_is_not(app: App) -> None:
    with app.database.read() as connection:
        _, head = sightings.problem(connection, app.log, None)
        other = head._replace(root=bytes(32), size=head.size - 1)
        assert sightings.problem(connection, app.log, other)[0] == "rewritten"
        longer = head._replace(root=bytes(32), size=head.size + 5)
        assert sightings.problem(connection, app.log, longer)[0] == "shorter"


def settings_with(settings: Settings, folder: Path) -> Settings:
    return msgspec.structs.replace(settings, backup=Backup(folder=str(folder)))


def test_a_backup_that_somebody_read_is_told_once(app: App, tmp_path: Path) -> None:
    settings, looks = settings_with(app.settings, tmp_path), Backups()
    path = tmp_path / backup.name(settings, 1)
    path.write_bytes(b"sealed")
    other = tmp_path / "another.txt"
    other.write_text("x")
    second = SOON // 1000

    def read(at: int) -> None:
        os.utime(path, (at, second))

    def look(now: int, *own: int) -> int:
        return looks.read(tmp_path, settings, own, now * 1000)

    if not sightings.tells_reads(tmp_path):
        pytest.skip("This file system keeps no times of reading.")
    read(second)
    assert look(second + 60) == 0
    read(second + 100)
    assert look(second + 101) == 0, "it may be the site's own"
    assert look(second + 100 + OWN_MS // 1000) == 1
    assert look(second + 5000) == 0
    read(second + 6000)
    look(second + 6001)
    assert look(second + 9000, (second + 6100) * 1000) == 0, "it was the site's own"


def test_nothing_is_told_of_a_folder_that_is_away(app: App, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert not sightings.tells_reads(gone)
    assert Backups().read(gone, settings_with(app.settings, gone), (), SOON) == 0


def test_settings_that_changed_are_named_by_their_section(app: App) -> None:
    before = sightings.digests(app.settings, KEY)
    assert {"site", "serve", "detection", "limits"} <= set(before)
    changed = msgspec.structs.replace(app.settings, detection=Detection(on=False))
    after = sightings.digests(changed, KEY)
    assert {name for name in before if before[name] != after[name]} == {"detection"}
    assert sightings.digests(app.settings, bytes(32)) != before

    def start(found: dict[str, str]) -> tuple[str, ...]:
        return app.writer.run(lambda tx: sightings.remember(tx, found))

    known = app.writer.run(signal.newest)
    assert [start(before), start(before), start(after), start(after)] == [
        *((), ()),
        ("detection",),
        (),
    ]
    assert start(before | {"new_one": "x"}) == ("detection", "new_one")
    with app.database.read() as connection:
        told = [one.signal.fields for one in signal.since(connection, known)]
    assert told == [{"changed": "detection"}, {"changed": "detection+new-one"}]


def test_where_a_process_listens_is_no_setting_that_changed(app: App) -> None:
    """Several processes share a configuration, and are told their ports by the command line."""
    before = sightings.digests(app.settings, KEY)
    for own, names in (({"host": "::1", "port": 8002}, set()), ({"proxies": ("::1",)}, {"serve"})):
        serve = msgspec.structs.replace(app.settings.serve, **own)
        after = sightings.digests(msgspec.structs.replace(app.settings, serve=serve), KEY)
        assert {name for name in before if before[name] != after[name]} == names


@pytest.mark.parametrize(
    ("own", "told"),
    [
        (Detection(), []),
        (Detection(disabled=("a", "b"), dry_run=("c",)), [{"disabled": 2, "dry": 1}]),
        (Detection(on=False), [{"disabled": 1, "dry": 0}]),
        (Detection(act=False), [{"disabled": 0, "dry": 1}]),
    ],
)
def test_rules_that_are_off_are_counted(own: Detection, told: list[object]) -> None:
    found = list(sightings.rules(Settings(detection=own)))
    assert [one.fields for one in found] == told
    assert all(one.kind is Kind.RULES for one in found)

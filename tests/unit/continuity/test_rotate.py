# SPDX-License-Identifier: Apache-2.0
"""Rotation and burning of one site: what stays, what ends, what is said, and what is refused."""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import event, update

from tests import cast, rings, site
from tests.editions import PURPOSE
from uphold import config, errors
from uphold.app import App, open_site
from uphold.config import FILE, Settings
from uphold.continuity.rotate import DAY_MS, Keeper, Kept, Old, is_copied
from uphold.journal import entry
from uphold.retention import sweep
from uphold.vault import destroyed, epoch, inspection, records, subject, unlock
from uphold.vault.contact import EMAIL
from uphold.vault.tables import parts_of, vault_key

KINDS = ("keys.created", "keys.rotated", "keys.burned")


def with_keys(settings: Settings, copy: Path, days: int = 0) -> Settings:
    """Name a copy of the key ring and a window in the site's configuration."""
    file = settings.folder / FILE
    lines = f'\n[keys]\ncopy = "{copy}"\nburn_after_days = {days}\n'
    file.write_text(file.read_text(encoding="utf-8") + lines, encoding="utf-8")
    return config.load(settings.folder)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "second"
    folder.mkdir(mode=0o700)
    return folder / "ring.json"


@pytest.fixture
def app(tmp_path: Path, engine_url: str, copy: Path) -> Iterator[App]:
    with closing(site.build(tmp_path, engine_url)) as made:
        settings = with_keys(made.settings, copy)
    with closing(open_site(settings)) as opened:
        yield opened


def keeper(app: App) -> Keeper:
    return Keeper(app.settings, app.ring, app.log, app.database, app.writer)


def told(app: App) -> list[tuple[str, int]]:
    with app.database.read() as connection:
        found = [entry.decode(raw) for _, raw in app.log.entries(connection)]
    return [(one.kind, int(one.codes["epoch"])) for one in found if one.kind in KINDS]


def ring_file(app: App) -> Path:
    return app.settings.path(app.settings.keys.ring)


def secrets(app: App, number: int) -> list[str]:
    file = json.loads(ring_file(app).read_text())
    (one,) = [one for one in file["epochs"] if one["number"] == number]
    return [one["key"], one["index_root"]]


def is_whole(app: App) -> None:
    """Every key opens under the ring, every address finds its parts, and nothing is left over."""
    with app.database.read() as connection:
        for held in inspection.records(connection, app.ring):
            assert held.faults == []
            assert all(live.is_opened for live in held.live.values())


def name_of(app: App, record: int) -> object:
    permit = rings.permit(record, PURPOSE)
    with app.database.read() as connection:
        return records.open(app.ring, permit, records.fetch(connection, permit)).get("name")


def test_a_site_is_rotated_and_burned(app: App, copy: Path) -> None:
    before = [site.submit(app).number for _ in range(3)]
    watched: list[tuple[int, int]] = []
    done = keeper(app).rotate(lambda at, of: watched.append((at, of)))
    keys = 3 * len(app.shelf.in_force().policy.purposes)
    assert (done.epoch, done.resumed) == (2, False)
    assert watched[0] == (0, done.moved)
    assert watched[-1] == (done.moved, done.moved)
    assert 0 < done.moved <= keys
    assert told(app) == [("keys.created", 1), ("keys.created", 2), ("keys.rotated", 2)]
    after = site.submit(app).number
    is_whole(app)
    assert keeper(app).burn(site.now()) == [1]
    assert told(app)[3:] == [("keys.burned", 1)]
    assert [one.number for one in app.ring.epochs] == [2]
    is_whole(app)
    assert {name_of(app, n) for n in (*before, after)} == {cast.subject.name}
    with app.database.read() as connection:
        found = subject.find(connection, app.ring, EMAIL, cast.subject.email)
    assert {part >> 8 for part in found} == {*before, after}
    assert copy.read_bytes() == ring_file(app).read_bytes()
    assert copy.stat().st_mode & 0o777 == 0o600


def test_nothing_is_counted_under_the_write_lock(app: App) -> None:
    """To count the parts of every epoch reads each key several times, and whoever writes waits for it."""
    site.submit(app)
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "vault_key" in statement:
            asked.append(statement)

    event.listen(app.database._writers, "before_cursor_execute", note)
    keeper(app).rotate()
    keeper(app).burn(site.now())
    event.remove(app.database._writers, "before_cursor_execute", note)
    assert asked
    assert not [one for one in asked if "count(" in one]


def test_the_burned_key_is_in_no_file(app: App, copy: Path, tmp_path: Path) -> None:
    site.submit(app)
    old = secrets(app, 1)
    keeper(app).rotate()
    # What a change that was killed has left beside the ring holds the key as well.
    left = ring_file(app).with_name(".ring.json.0123456789abcdef.new")
    shutil.copy(ring_file(app), left)
    assert keeper(app).burn(site.now()) == [1]
    app.database.wipe()
    searched = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {ring_file(app), copy} <= set(searched)
    assert left not in searched
    for path in searched:
        raw = path.read_bytes()
        for secret in old:
            assert secret.encode() not in raw, path
            assert bytes.fromhex(secret) not in raw, path


def test_what_was_erased_cannot_be_opened_in_an_old_copy(app: App) -> None:
    """The old database in hand and the new key ring: what was erased before the rotation stays closed."""
    gone, kept = site.submit(app).number, site.submit(app).number
    with app.database.read() as connection:
        old = {n: records.fetch(connection, rings.permit(n, PURPOSE)) for n in (gone, kept)}
        rows = connection.execute(vault_key.select()).all()
    numbers = app.writer.run(lambda tx: sweep.destroy(tx, app.ring, gone, sweep.Reason.DISCARDED))
    assert app.ring.destroyed is not None
    assert set(destroyed.read(app.ring.destroyed)) == set(numbers)
    keeper(app).rotate()
    keeper(app).burn(site.now())
    fresh = unlock.load(ring_file(app))
    for fetched in old.values():
        with pytest.raises(errors.Broken, match="no epoch 1"):
            records.open(fresh, rings.permit(fetched[0].record, PURPOSE), fetched)
    assert {row.epoch for row in rows} == {1}
    assert name_of(app, kept) == cast.subject.name


def test_a_process_that_goes_on_follows_the_ring(app: App) -> None:
    """Two processes in one: the second knows of the rotation at its next submission, and not before."""
    with closing(open_site(app.settings)) as other:
        first = site.submit(other).number
        keeper(app).rotate()
        second = site.submit(other).number
        with app.database.read() as connection:
            assert set(epoch.used(connection)) == {2}
        keeper(app).burn(site.now())
        third = site.submit(other).number
        assert {name_of(other, n) for n in (first, second, third)} == {cast.subject.name}
        assert [one.number for one in other.ring.epochs] == [2]
    is_whole(app)


def test_what_was_sealed_under_a_burned_epoch_is_not_stored(app: App) -> None:
    """It was prepared before, and queued for longer than any window."""
    sealed = records.prepare(app.ring, 77, rings.submission())
    keeper(app).rotate()
    keeper(app).burn(site.now())
    with pytest.raises(errors.Unavailable, match="keys were changed"):
        app.writer.run(lambda tx: records.put(tx, sealed))
    assert parts_of(77)[0] not in {one for held in _held(app) for one in held}
    is_whole(app)


def _held(app: App) -> list[list[int]]:
    with app.database.read() as connection:
        return [list(held.live) for held in inspection.records(connection, app.ring)]


def test_what_comes_late_under_an_old_epoch_is_moved_too(app: App) -> None:
    """A submission sealed before the rotation and stored after it keeps the old epoch from being burned."""
    late = records.prepare(app.ring, 1 << 30, rings.submission())
    keeper(app).rotate()
    app.writer.run(lambda tx: records.put(tx, late))
    assert keeper(app).olds()[0].used == len(late.parts)
    with pytest.raises(errors.Conflict, match="Epoch 1 is still in use: 3 part"):
        keeper(app).burn(site.now())
    done = keeper(app).rotate()
    assert (done.epoch, done.moved, done.resumed) == (3, 3, False)
    assert keeper(app).burn(site.now()) == [1, 2]
    is_whole(app)


def test_no_key_is_burned_before_its_time(app: App) -> None:
    site.submit(app)
    file = app.settings.folder / FILE
    file.write_text(file.read_text().replace("burn_after_days = 0", "burn_after_days = 30"))
    patient = Keeper(config.load(app.settings.folder), app.ring, app.log, app.database, app.writer)
    assert patient.olds() == []
    patient.rotate()
    (old,) = patient.olds()
    assert old == Old(1, 0, old.from_ms)
    assert old.from_ms is not None
    assert 29 * DAY_MS < old.from_ms - site.now() <= 30 * DAY_MS
    assert patient.burn(old.from_ms - 1) == []
    assert patient.burn(old.from_ms) == [1]
    assert patient.burn(old.from_ms) == []


def test_keys_that_do_not_open_keep_their_epoch(app: App) -> None:
    site.submit(app)
    record = site.submit(app).number
    spoiled = parts_of(record)[0]
    app.writer.run(
        lambda tx: tx.execute(
            update(vault_key)
            .where(vault_key.c.number == spoiled)
            .values(wrapped=b"\x01" + bytes(60))
        )
    )
    for _ in range(2):
        with pytest.raises(errors.Broken, match="do not open"):
            keeper(app).rotate()
    assert told(app) == [("keys.created", 1), ("keys.created", 2)]
    with pytest.raises(errors.Conflict, match="still in use: 1 part"):
        keeper(app).burn(site.now())
    # What cannot be opened can be destroyed, and then the rotation ends.
    app.writer.run(lambda tx: sweep.destroy(tx, app.ring, record, sweep.Reason.DISCARDED))
    done = keeper(app).rotate()
    assert (done.epoch, done.moved, done.resumed) == (2, 0, True)
    assert keeper(app).burn(site.now()) == [1]


def test_only_one_changes_keys_at_a_time(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uphold.continuity.rotate.PATIENCE_SECONDS", 0.1)
    for act in (keeper(app).rotate, partial(keeper(app).burn, site.now())):
        with (
            unlock.alone(ring_file(app)),
            pytest.raises(errors.Conflict, match="Another command"),
        ):
            act()
    assert told(app) == [("keys.created", 1)]


def test_without_a_place_for_the_copy_nothing_begins(app: App, copy: Path) -> None:
    shutil.rmtree(copy.parent)
    before = ring_file(app).read_bytes()
    with pytest.raises(errors.Unavailable, match="cannot be written"):
        keeper(app).rotate()
    assert ring_file(app).read_bytes() == before
    assert told(app) == [("keys.created", 1)]
    copy.parent.mkdir(mode=0o700)
    assert not is_copied(app.settings)
    keeper(app).rotate()
    assert is_copied(app.settings)


def test_what_was_done_and_not_said_is_said_first(app: App, copy: Path) -> None:
    """The ring has changed, and the process died before it could say so."""
    site.submit(app)
    unlock.extend(ring_file(app), None, site.now())
    done = keeper(app).rotate()
    assert (done.epoch, done.resumed) == (2, True)
    assert told(app)[1:] == [("keys.created", 2), ("keys.rotated", 2)]
    unlock.burn(ring_file(app), None, [1])
    assert keeper(app).burn(site.now()) == []
    assert told(app)[3:] == [("keys.burned", 1)]
    assert copy.read_bytes() == ring_file(app).read_bytes()


def test_an_older_key_ring_is_refused_and_its_newer_copy_kept(app: App, copy: Path) -> None:
    site.submit(app)
    older = ring_file(app).read_bytes()
    keeper(app).rotate()
    newest = copy.read_bytes()
    ring_file(app).write_bytes(older)
    before = told(app)
    for act in (keeper(app).rotate, partial(keeper(app).burn, site.now())):
        with pytest.raises(errors.Broken, match="lacks epoch 2") as caught:
            act()
        assert "newest key ring" in str(caught.value.advice)
    assert (copy.read_bytes(), ring_file(app).read_bytes()) == (newest, older)
    assert told(app) == before
    ring_file(app).write_bytes(newest)
    assert keeper(app).rotate().epoch == 3
    is_whole(app)


def test_what_is_due_is_done_by_itself_and_once(app: App) -> None:
    """Nothing on the first day, a rotation on its day, the burning after the window; and each of them once."""
    site.submit(app)
    mine, others = keeper(app), keeper(app)
    assert not mine.is_time(site.now())
    assert mine.keep_up(site.now()) == Kept(None, ())
    then = site.now() + 31 * DAY_MS
    assert mine.is_time(then)
    done = mine.keep_up(then)
    assert done.rotated is not None
    # The window of this site is none at all.
    assert (done.rotated.epoch, done.burned) == (2, (1,))
    # The new epoch is of today by the site's own clock: at the same moment it is not due again.
    assert others.keep_up(site.now()) == Kept(None, ())
    assert told(app)[1:] == [("keys.created", 2), ("keys.rotated", 2), ("keys.burned", 1)]
    is_whole(app)


def test_a_rotation_that_was_stopped_is_finished_by_the_next_look(app: App) -> None:
    site.submit(app)

    def stop(_done: int, _all: int) -> None:
        raise errors.Unavailable("stopped")

    with pytest.raises(errors.Unavailable):
        keeper(app).keep_up(site.now() + 31 * DAY_MS, stop)
    assert told(app)[1:] == [("keys.created", 2)]
    assert keeper(app).is_time(site.now())
    done = keeper(app).keep_up(site.now())
    assert done.rotated is not None
    assert (done.rotated.epoch, done.rotated.resumed) == (2, True)
    is_whole(app)


def test_nothing_rotates_by_itself_where_it_is_switched_off(app: App) -> None:
    keys = msgspec.structs.replace(app.settings.keys, rotate_every_days=0)
    settings = msgspec.structs.replace(app.settings, keys=keys)
    calm = Keeper(settings, app.ring, app.log, app.database, app.writer)
    assert not calm.is_time(site.now() + 9999 * DAY_MS)
    assert calm.keep_up(site.now() + 9999 * DAY_MS) == Kept(None, ())

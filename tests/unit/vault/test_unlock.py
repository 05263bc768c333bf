# SPDX-License-Identifier: Apache-2.0
"""The key ring's file: its mode, that it is never replaced, and what is said when it cannot be used."""

import os
import stat
import threading
import time
from pathlib import Path

import pytest

from tests import rings
from uphold import errors
from uphold.vault import unlock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ring.json"


def test_a_new_ring_is_loaded_again(path: Path) -> None:
    made = unlock.create(path, rings.NOW)
    loaded = unlock.load(path)
    assert loaded.site == made.site
    assert loaded.newest.created_at == rings.NOW
    assert unlock.create(path.with_name("other.json"), rings.NOW).site != made.site


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_only_its_owner_may_read_it(path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        unlock.create(path, rings.NOW)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["ring.json"]


def test_what_is_there_is_never_replaced(path: Path) -> None:
    unlock.create(path, rings.NOW)
    before = path.read_bytes()
    with pytest.raises(errors.Conflict, match=r"ring\.json exists"):
        unlock.create(path, rings.NOW)
    assert path.read_bytes() == before
    path.unlink()
    path.symlink_to(path.parent / "nowhere")
    with pytest.raises(errors.Conflict):
        unlock.create(path, rings.NOW)
    assert sorted(os.listdir(path.parent)) == ["ring.json"]


def test_no_folder_is_made(path: Path) -> None:
    with pytest.raises(errors.Missing, match="mkdir"):
        unlock.create(path.parent / "keys" / "ring.json", rings.NOW)
    assert os.listdir(path.parent) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620, 0o610, 0o601])
def test_a_wider_mode_is_refused_with_advice(path: Path, mode: int) -> None:
    unlock.create(path, rings.NOW)
    path.chmod(mode)
    with pytest.raises(errors.Broken, match=f"mode {mode:04o}") as caught:
        unlock.load(path)
    assert caught.value.advice == f"Run: chmod 600 {path}"


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_its_owners_modes_are_taken(path: Path, mode: int) -> None:
    unlock.create(path, rings.NOW)
    path.chmod(mode)
    assert unlock.load(path).newest.number == 1


def test_what_is_no_ring_is_refused(path: Path) -> None:
    with pytest.raises(errors.Missing, match="no key ring"):
        unlock.load(path)
    path.mkdir(mode=0o700)
    with pytest.raises(errors.Broken, match="not a file"):
        unlock.load(path)
    path.rmdir()
    os.mkfifo(path, 0o600)
    with pytest.raises(errors.Broken, match="not a file"):
        unlock.load(path)
    path.unlink()
    path.symlink_to(path)
    with pytest.raises(errors.Broken, match="cannot be read"):
        unlock.load(path)
    path.unlink()
    path.write_text("{}")
    path.chmod(0o600)
    with pytest.raises(errors.Broken, match="cannot be used"):
        unlock.load(path)


def test_a_ring_of_a_file_always_names_the_list_of_what_is_destroyed(path: Path) -> None:
    made = unlock.create(path, rings.NOW)
    assert made.destroyed == unlock.load(path).destroyed == path.with_name("destroyed")
    elsewhere = path.with_name("list")
    assert unlock.load(path, elsewhere).destroyed == elsewhere


@pytest.fixture
def second(tmp_path: Path) -> Path:
    (tmp_path / "second").mkdir()
    return tmp_path / "second" / "copy.json"


def test_a_ring_takes_an_epoch_and_loses_it_again(path: Path, second: Path) -> None:
    before = unlock.create(path, rings.NOW)
    assert unlock.extend(path, second, rings.NOW + 5) == 2
    grown = unlock.load(path)
    assert [(one.number, one.created_at) for one in grown.epochs] == [
        (1, rings.NOW),
        (2, rings.NOW + 5),
    ]
    assert (grown.site, grown.signing_seed) == (before.site, before.signing_seed)
    assert second.read_bytes() == path.read_bytes()
    unlock.burn(path, second, [1])
    unlock.burn(path, second, [1])
    assert [one.number for one in unlock.load(path).epochs] == [2]
    assert second.read_bytes() == path.read_bytes()
    for file in (path, second):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert os.listdir(file.parent).count(file.name) == 1
        assert not [name for name in os.listdir(file.parent) if name.endswith(".new")]
    # A number is never used again: a wrapped key says its epoch by it.
    assert unlock.extend(path, None, rings.NOW) == 3


def test_the_newest_epoch_is_not_burned(path: Path) -> None:
    unlock.create(path, rings.NOW)
    before = path.read_bytes()
    with pytest.raises(errors.Conflict, match="newest epoch"):
        unlock.burn(path, None, [1])
    assert path.read_bytes() == before


def test_the_old_file_is_wiped_unless_somebody_holds_it(path: Path) -> None:
    unlock.create(path, rings.NOW)
    raw = path.read_bytes()
    with path.open("rb") as old:
        unlock.extend(path, None, rings.NOW)
        assert old.read() == bytes(len(raw))
    raw = path.read_bytes()
    linked = path.with_name("own-copy")
    linked.hardlink_to(path)
    unlock.extend(path, None, rings.NOW)
    assert linked.read_bytes() == raw


def test_what_a_broken_off_change_left_is_wiped(path: Path) -> None:
    unlock.create(path, rings.NOW)
    left = path.with_name(f".{path.name}.0011223344556677.new")
    left.write_bytes(path.read_bytes())
    with left.open("rb") as old:
        unlock.extend(path, None, rings.NOW)
        assert set(old.read()) == {0}
    assert os.listdir(path.parent) == [path.name]


def test_a_loaded_ring_follows_its_file(path: Path) -> None:
    unlock.create(path, rings.NOW)
    ring = unlock.load(path)
    unlock.extend(path, None, rings.NOW)
    assert ring.newest.number == 2
    assert ring.epoch(1).number == 1
    unlock.burn(path, None, [1])
    assert not ring.holds(1, b"a batch")
    assert ring.holds(2, b"a batch")
    with pytest.raises(errors.Broken, match="no epoch 1"):
        ring.epoch(1)


def test_a_ring_whose_file_is_away_or_another_stays_as_it_is(path: Path) -> None:
    unlock.create(path, rings.NOW)
    ring = unlock.load(path)
    raw = path.read_bytes()
    path.unlink()
    assert ring.newest.number == 1
    path.write_text("{}")
    assert ring.newest.number == 1
    path.unlink()
    unlock.create(path, rings.NOW)
    unlock.extend(path, None, rings.NOW)
    assert ring.newest.number == 1
    path.write_bytes(raw)
    unlock.extend(path, None, rings.NOW)
    assert ring.newest.number == 2


def test_a_copy_is_made_the_same(path: Path, second: Path) -> None:
    unlock.create(path, rings.NOW)
    assert not unlock.is_copied(path, second)
    unlock.copy(path, second)
    assert unlock.is_copied(path, second)
    inode = second.stat().st_ino
    unlock.copy(path, second)
    assert second.stat().st_ino == inode
    unlock.extend(path, None, rings.NOW)
    assert not unlock.is_copied(path, second)


def test_one_changer_at_a_time(path: Path) -> None:
    with (
        unlock.alone(path),
        pytest.raises(errors.Conflict, match="Another command"),
        unlock.alone(path),
    ):
        pytest.fail("two were alone")
    with unlock.alone(path):
        pass


def test_whoever_is_patient_comes_next(path: Path) -> None:
    held, came = threading.Event(), []

    def other() -> None:
        with unlock.alone(path):
            held.set()
            time.sleep(0.3)
            came.append("other")

    first = threading.Thread(target=other)
    first.start()
    assert held.wait(60)
    with unlock.alone(path, patience=60):
        came.append("patient")
    first.join()
    assert came == ["other", "patient"]


def test_a_mark_is_of_one_file(path: Path, tmp_path: Path) -> None:
    assert unlock.mark(path) == ""
    unlock.create(path, rings.NOW)
    mark, copy = unlock.mark(path), tmp_path / "copy.json"
    assert mark == unlock.mark(path) != ""
    copy.write_bytes(path.read_bytes())
    assert unlock.mark(copy) not in {"", mark}
    unlock.extend(path, None, rings.NOW)
    assert unlock.mark(path) != mark

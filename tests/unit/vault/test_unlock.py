# SPDX-License-Identifier: Apache-2.0
"""The key ring's file: its mode, that it is never replaced, and what is said when it cannot be used."""

import os
import stat
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

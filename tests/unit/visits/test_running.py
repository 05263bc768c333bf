# SPDX-License-Identifier: Apache-2.0
"""A process that ended without storing what it had is noticed by the next one, once."""

import fcntl
import os
from pathlib import Path

import pytest

from uphold import errors
from uphold.visits import running
from uphold.visits.running import Running


def dead(one: Running) -> dict[Path, int]:
    with one.dead() as found:
        return found


def test_who_lives_is_not_dead_and_who_ends_well_leaves_nothing(tmp_path: Path) -> None:
    one, other = Running(tmp_path), Running(tmp_path)
    assert dead(other) == {}
    one.begin()
    one.begin()
    one.alive()
    assert dead(other) == {}
    one.end(is_whole=True)
    one.end(is_whole=True)
    assert dead(other) == {}
    assert list((tmp_path / running.FOLDER).iterdir()) == []


def test_who_ends_with_something_left_is_found_by_one_with_its_last_flush(tmp_path: Path) -> None:
    one, other, third = Running(tmp_path), Running(tmp_path), Running(tmp_path)
    one.begin()
    [path] = (tmp_path / running.FOLDER).iterdir()
    os.utime(path, (1000.9, 1000.9))
    one.end(is_whole=False)
    other.begin()
    assert dead(third) == {path: 1000}
    with other.dead() as found:
        assert found == {path: 1000}
        assert dead(third) == {}
        running.forget(found)
    assert dead(other) == {}
    running.forget({path: 1000})


def test_who_begins_is_not_taken_for_dead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = Running(tmp_path), Running(tmp_path)
    lock, found = fcntl.flock, []

    def late(handle: int, how: int) -> None:
        """Look around at the moment before the lock is taken."""
        if how == fcntl.LOCK_EX:
            found.append(dead(other))
        lock(handle, how)

    monkeypatch.setattr(fcntl, "flock", late)
    one.begin()
    assert found == [{}]
    [path] = (tmp_path / running.FOLDER).iterdir()
    assert dead(other) == {}
    one.end(is_whole=False)
    assert list(dead(other)) == [path]


def test_the_store_is_for_its_owner_only(tmp_path: Path) -> None:
    one = Running(tmp_path / "store")
    one.begin()
    one.end(is_whole=True)
    for place in (tmp_path / "store", tmp_path / "store" / running.FOLDER):
        assert place.stat().st_mode & 0o777 == 0o700


def test_a_mark_tells_of_the_last_time_that_all_was_stored(tmp_path: Path) -> None:
    one = Running(tmp_path)
    one.begin()
    [path] = (tmp_path / running.FOLDER).iterdir()
    os.utime(path, (1000, 1000))
    one.alive()
    assert path.stat().st_mtime > 1000
    one.end(is_whole=True)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / running.FOLDER).touch()
    with pytest.raises(errors.Unavailable, match="visits"):
        Running(tmp_path).begin()

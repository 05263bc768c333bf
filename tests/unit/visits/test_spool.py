# SPDX-License-Identifier: Apache-2.0
"""Events reach the open files of their days, whole, and of their owner only."""

import errno
import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from uphold import errors
from uphold.visits import layout
from uphold.visits.spool import Spool

DAY = date(2026, 11, 22)
EVENT = layout.Event(13, 42, "view", "/a", "phone", "Firefox", "RU")


def written(store: layout.Store, day: date) -> str:
    return "".join(path.read_text() for path in sorted(store.open_folder(day).iterdir()))


def test_events_are_appended_to_their_days(tmp_path: Path) -> None:
    store = layout.Store(tmp_path / "statistics")
    with Spool(store) as spool:
        assert spool.append([(DAY, EVENT), (DAY + timedelta(1), EVENT)]) == 0
        assert spool.append([(DAY, EVENT)]) == 0
    assert store.open_days() == (DAY, DAY + timedelta(1))
    assert written(store, DAY) == layout.line(EVENT) * 2


def test_each_writer_has_a_file_of_its_own_for_its_owner_only(tmp_path: Path) -> None:
    store = layout.Store(tmp_path / "statistics")
    with Spool(store) as one, Spool(store) as other:
        one.append([(DAY, EVENT)])
        other.append([(DAY, EVENT)])
        one.append([(DAY, EVENT)])
    files = list(store.open_folder(DAY).iterdir())
    assert sorted(len(path.read_text().splitlines()) for path in files) == [1, 2]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert store.open_folder(DAY).stat().st_mode & 0o077 == 0


def test_what_is_nobody_s_stands_beside_no_visitor(tmp_path: Path) -> None:
    store = layout.Store(tmp_path / "statistics")
    said = layout.Event(13, layout.NOBODY, "opinion", "no", "other", "other", "")
    with Spool(store) as spool:
        spool.append([(DAY, EVENT), (DAY, said), (DAY, EVENT)])
    texts = {path.read_text() for path in store.open_folder(DAY).iterdir()}
    assert texts == {layout.line(EVENT) * 2, layout.line(said)}


def test_the_store_is_for_its_owner_only(tmp_path: Path) -> None:
    store = layout.Store(tmp_path / "store")
    with Spool(store) as spool:
        spool.append([(DAY, EVENT)])
    folder = store.open_folder(DAY)
    modes = {place.stat().st_mode & 0o777 for place in (folder, folder.parent, store.folder)}
    assert modes == {0o700}


def test_an_earlier_day_is_closed_when_the_next_begins(tmp_path: Path) -> None:
    store = layout.Store(tmp_path)
    before = len(os.listdir("/proc/self/fd"))
    with Spool(store) as spool:
        for after in range(5):
            spool.append([(DAY + timedelta(after), EVENT)])
        assert len(os.listdir("/proc/self/fd")) == before + 1
    assert len(os.listdir("/proc/self/fd")) == before


def test_what_comes_after_the_day_is_closed_is_counted_and_not_kept(tmp_path: Path) -> None:
    store = layout.Store(tmp_path)
    store.events(DAY).parent.mkdir(parents=True)
    store.events(DAY).touch()
    with Spool(store) as spool:
        assert spool.append([(DAY, EVENT), (DAY, EVENT), (DAY + timedelta(1), EVENT)]) == 2
    assert store.open_days() == (DAY + timedelta(1),)


def test_a_full_disk_leaves_no_half_of_a_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = layout.Store(tmp_path)
    whole, calls = os.write, iter([True])

    def full(handle: int, raw: memoryview) -> int:
        if next(calls, False):
            return whole(handle, raw[: len(raw) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    with Spool(store) as spool:
        spool.append([(DAY, EVENT)])
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(errors.Unavailable, match="No space left"):
            spool.append([(DAY, EVENT), (DAY, EVENT)])
        monkeypatch.undo()
        spool.append([(DAY, EVENT)])
    assert written(store, DAY) == layout.line(EVENT) * 2


def test_a_store_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "statistics").write_text("a file")
    with Spool(layout.Store(tmp_path / "statistics")) as spool, pytest.raises(errors.Unavailable):
        spool.append([(DAY, EVENT)])

# SPDX-License-Identifier: Apache-2.0
"""What the site itself reads of its backups leaves the time of reading as it was."""

import os
from pathlib import Path

import pytest

from uphold.continuity import unmarked


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """One whose time of reading any read would move: it is older than what is in it."""
    path = tmp_path / "kept.age"
    path.write_bytes(b"sealed")
    os.utime(path, (1_000, 2_000))
    return path


def test_a_file_is_read_and_keeps_its_time(file: Path) -> None:
    with unmarked.opened(file) as found:
        assert found.read() == b"sealed"
    assert file.stat().st_atime == 1_000


def test_where_that_is_not_allowed_it_is_read_all_the_same(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by a site whose backups belong to another user."""
    whole = os.open

    def refusing(path: Path, flags: int) -> int:
        if flags & os.O_NOATIME:
            raise PermissionError
        return whole(path, flags)

    monkeypatch.setattr(os, "open", refusing)
    with unmarked.opened(file) as found:
        assert found.read() == b"sealed"


def test_what_may_not_be_read_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        unmarked.opened(tmp_path / "gone.age")

# SPDX-License-Identifier: Apache-2.0
"""Files of opened answers: whole, private, and in place of earlier ones."""

from pathlib import Path

import pytest

from uphold import errors
from uphold.mail import spool


def test_a_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "mail"
    spool.make(folder)
    path = spool.write(folder, "one.eml", b"content")
    assert path.read_bytes() == b"content"
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert list(folder.iterdir()) == [path]


def test_writing_again_replaces_it_and_what_a_crash_left(tmp_path: Path) -> None:
    (tmp_path / ".one.eml.new").write_bytes(b"half")
    spool.write(tmp_path, "one.eml", b"first")
    path = spool.write(tmp_path, "one.eml", b"second")
    assert path.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_there_keeps_its_files(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"")
    spool.make(tmp_path)
    assert (tmp_path / "other").exists()


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(errors.Invalid):
        spool.make(tmp_path / "file")
    with pytest.raises(errors.Invalid):
        spool.write(tmp_path / "gone", "one.eml", b"")

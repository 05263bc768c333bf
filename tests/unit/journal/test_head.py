# SPDX-License-Identifier: Apache-2.0
"""The head file follows what is durable, never steps back, and is replaced whole."""

import os
from pathlib import Path

import pytest

from tests.unit.journal.conftest import ORIGIN, SIGNER
from uphold.errors import Unavailable
from uphold.journal import checkpoint
from uphold.journal.head import HeadFile


def head(size: int) -> bytes:
    return SIGNER.sign(checkpoint.text(checkpoint.Checkpoint(ORIGIN, size, bytes(32))))


def test_it_holds_what_was_offered(tmp_path: Path) -> None:
    file = HeadFile(tmp_path / "head")
    assert file.read() is None
    file.offer(head(1))
    assert file.read() == head(1)
    assert (tmp_path / "head").stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["head"]


def test_it_is_written_once_in_an_interval_and_flushed_at_the_end(tmp_path: Path) -> None:
    file = HeadFile(tmp_path / "head", interval=3600)
    for size in range(1, 9):
        file.offer(head(size))
    assert file.read() == head(1)
    file.flush()
    assert file.read() == head(8)
    file.flush()
    assert file.read() == head(8)


def test_a_slower_process_does_not_step_back(tmp_path: Path) -> None:
    one, two = (HeadFile(tmp_path / "head", interval=0) for _ in range(2))
    one.offer(head(9))
    two.offer(head(8))
    assert one.read() == head(9)


def test_garbage_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "head").write_bytes(b"garbage")
    file = HeadFile(tmp_path / "head", interval=0)
    file.offer(head(1))
    assert file.read() == head(1)


def test_trouble_is_logged_and_told_at_the_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = HeadFile(tmp_path / "no-folder" / "head", interval=0)
    file.offer(head(1))
    assert "cannot be written" in caplog.text
    with pytest.raises(Unavailable) as caught:
        file.flush()
    assert caught.value.advice
    # What could not be written waits, and is written once the folder is there.
    (tmp_path / "no-folder").mkdir()
    file.flush()
    assert file.read() == head(1)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "head").mkdir()
    with pytest.raises(Unavailable):
        HeadFile(tmp_path / "head").read()


def test_a_failed_rename_leaves_no_rubbish(tmp_path: Path) -> None:
    (tmp_path / "head").mkdir()
    (tmp_path / "head" / "full").touch()
    file = HeadFile(tmp_path / "head", interval=0)
    file.offer(head(1))
    with pytest.raises(Unavailable):
        file.flush()
    assert os.listdir(tmp_path) == ["head"]

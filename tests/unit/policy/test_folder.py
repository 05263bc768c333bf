# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from tests import editions
from uphold.errors import Conflict, Invalid, Missing
from uphold.policy import folder


def test_read_of_write(tmp_path: Path) -> None:
    site = tmp_path / "new" / "site"
    folder.write(site, {**editions.files(), "uphold.toml": b""})
    assert folder.read(site) == editions.files()


def test_only_what_makes_an_edition_is_read(tmp_path: Path) -> None:
    folder.write(tmp_path, editions.files())
    (tmp_path / "data").mkdir()
    for name in ("data/uphold.sqlite", "policy/policy.md~", "forms/notes.txt", "other.toml"):
        (tmp_path / name).write_bytes(b"x")
    assert folder.read(tmp_path) == editions.files()


def test_nothing_is_overwritten_and_nothing_half_written(tmp_path: Path) -> None:
    (tmp_path / "policy").mkdir()
    mine = tmp_path / "policy" / "policy.md"
    mine.write_bytes(b"mine")
    with pytest.raises(Conflict, match=r"policy/policy\.md"):
        folder.write(tmp_path, editions.files())
    assert mine.read_bytes() == b"mine"
    assert [path.name for path in tmp_path.rglob("*")] == ["policy", "policy.md"]


def test_a_dangling_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "uphold.toml").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Conflict):
        folder.write(tmp_path, {"uphold.toml": b"x"})
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_without_a_policy(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="uphold init"):
        folder.read(tmp_path)


def test_what_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "policy" / "policy.md").mkdir(parents=True)
    with pytest.raises(Invalid, match="cannot be read"):
        folder.read(tmp_path)
    with pytest.raises(Invalid, match="cannot be read"):
        folder.source(tmp_path / "absent.txt")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Invalid, match="cannot be written"):
        folder.write(tmp_path / "file" / "below", {"a": b""})


def test_a_file_too_large_to_be_meant(tmp_path: Path) -> None:
    folder.write(tmp_path, {"policy/policy.md": b"x" * (folder.LARGEST + 1)})
    with pytest.raises(Invalid, match="larger"):
        folder.read(tmp_path)
    with pytest.raises(Invalid, match="larger"):
        folder.source(tmp_path / "policy" / "policy.md")

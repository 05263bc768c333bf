# SPDX-License-Identifier: Apache-2.0
"""`uphold keys rotate|burn` as somebody at a terminal meets it."""

from pathlib import Path

import pytest

from tests import site, terminal
from uphold.config import FILE


@pytest.fixture
def root(tmp_path: Path) -> Path:
    opened = site.build(tmp_path)
    for _ in range(3):
        site.submit(opened)
    opened.close()
    return opened.settings.folder


def configure(root: Path, lines: str) -> None:
    file = root / FILE
    file.write_text(f"{file.read_text()}\n[keys]\n{lines}\n")


def test_rotate_and_burn(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "second").mkdir()
    configure(root, f"copy = '{tmp_path}/second/ring.json'\nburn_after_days = 0")
    told = terminal.run(capsys, "keys", "rotate", root)
    assert told.code == 0
    assert told.out.startswith("Rotated to epoch 2: 9 key(s) moved, no part was opened.\n")
    assert "Epoch 1 may be burned from " in told.out
    assert "Warning" not in told.out
    told = terminal.run(capsys, "keys", "burn", root)
    assert (told.code, told.out) == (
        0,
        "Burned the key of epoch 1. Copies of the key ring elsewhere still hold it.\n",
    )
    told = terminal.run(capsys, "keys", "burn", root)
    assert (told.code, told.out) == (0, "There is no old epoch to burn.\n")
    assert terminal.run(capsys, "journal", "verify", root).code == 0


def test_the_window_is_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = terminal.run(capsys, "keys", "rotate", root, "--json").json
    assert (told["epoch"], told["moved"], told["resumed"]) == (2, 9, False)
    assert list(told["burnable"]) == ["1"]
    assert told["burnable"]["1"].endswith(" UTC")
    assert told["warnings"][0].startswith("[keys] copy names no second place")
    told = terminal.run(capsys, "keys", "burn", root)
    assert (told.code, told.out.splitlines()[0]) == (0, "There is nothing to burn yet.")
    assert terminal.run(capsys, "keys", "burn", root, "--json").json["burned"] == []


def test_a_copy_that_cannot_be_written(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(root, "copy = '/nowhere/at/all/ring.json'")
    told = terminal.run(capsys, "keys", "rotate", root)
    assert told.code == 1
    assert "cannot be written" in told.err
    assert "folder" in told.advice


def test_check_warns_of_a_missing_copy(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = terminal.run(capsys, "check", root)
    assert told.code == 0
    assert "Warning: [keys] copy names no second place" in told.out
    warned = terminal.run(capsys, "check", root, "--json").json["warnings"]
    assert [told.split()[0] for told in warned] == ["[keys]", "No"]  # and no backup
    (tmp_path / "second").mkdir()
    configure(root, f"copy = '{tmp_path}/second/ring.json'")
    told = terminal.run(capsys, "check", root)
    assert "is missing or is another one" in told.out
    terminal.run(capsys, "keys", "burn", root)
    assert "[keys]" not in terminal.run(capsys, "check", root).out


def test_no_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for act in ("rotate", "burn"):
        told = terminal.run(capsys, "keys", act, tmp_path)
        assert told.code == 2
        assert "not a site folder" in told.err

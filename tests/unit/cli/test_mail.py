# SPDX-License-Identifier: Apache-2.0
"""The export itself is tested with the outbox, and through the console; here is how it is told."""

from pathlib import Path

import pytest

from tests import site, terminal

SENDER = '[mail]\nsender = "Office <office@example.org>"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A site with two answers waiting."""
    opened = site.build(tmp_path)
    site.live(opened)
    opened.close()
    file = opened.settings.folder / "uphold.toml"
    file.write_text(file.read_text() + SENDER)
    return opened.settings.folder


def test_what_the_gate_keeps_sealed_is_told(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Those who wrote them have no account here, so the gate keeps them sealed.
    told = terminal.run(capsys, "mail", "export", root, tmp_path / "out", "--json")
    assert (told.code, told.json) == (0, {"written": [], "sealed": 2})
    told = terminal.run(capsys, "mail", "export", root, tmp_path / "out")
    assert told.out == "2 answer(s) stay sealed; the page of the enquiry says why.\n"


def test_a_folder_that_cannot_be_written(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = terminal.run(capsys, "mail", "export", root, root / "uphold.toml" / "x")
    assert told.code == 2
    assert told.advice


def test_without_a_sender(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = root / "uphold.toml"
    file.write_text(file.read_text().replace(SENDER, ""))
    told = terminal.run(capsys, "mail", "export", root, tmp_path / "out")
    assert told.code == 2
    assert "sender" in told.err
    assert not (tmp_path / "out").exists()

# SPDX-License-Identifier: Apache-2.0
"""`uphold canary`: laid out and listed at the machine, and told nowhere else."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import site, terminal
from tests.editions import FORM
from tests.terminal import Told

Run = Callable[..., Told]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return lambda *words: terminal.run(capsys, *words)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    opened = site.build(tmp_path)
    opened.close()
    return opened.settings.folder


def test_all_of_it_is_laid_out_and_listed(run: Run, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "reports.env"
    told = run(
        *("canary", "plant", folder, "--staff", "m.savelieva", "--role", "analyst"),
        *("--token", file, "--form", FORM),
    )
    assert (told.code, told.err) == (0, "")
    assert "savelieva" not in told.out
    assert file.stat().st_mode & 0o777 == 0o600
    token = file.read_text().partition("UPHOLD_TOKEN=")[2].strip()
    assert token.startswith("uphold_")
    listed = json.loads(run("canary", "list", folder, "--json").out)
    assert [(one["what"], bool(one["name"])) for one in listed] == [
        ("record", True),
        ("staff", True),
        ("token", False),
    ]
    assert listed[1]["name"] == "m.savelieva"
    assert "token" in run("canary", "list", folder).out


def test_nothing_named_is_nothing_laid_out(run: Run, folder: Path) -> None:
    told = run("canary", "plant", folder)
    assert told.code == 2
    assert "--token" in told.advice
    assert "Nothing is laid out" in run("canary", "list", folder).out


def test_a_file_that_is_there_is_never_written_over(run: Run, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine"
    file.write_text("mine")
    told = run("canary", "plant", folder, "--token", file)
    assert told.code == 2
    assert file.read_text() == "mine"
    assert json.loads(run("canary", "list", folder, "--json").out) == []

# SPDX-License-Identifier: Apache-2.0
"""`uphold move` as it is typed, and what it says."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests import site, terminal
from tests.terminal import Told
from uphold import config

OTHER = "sqlite:///data/other.sqlite"
Run = Callable[..., Told]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return lambda *words: terminal.run(capsys, *words)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    with closing(site.build(tmp_path)) as made:
        site.submit(made)
    return made.settings.folder


def test_it_says_what_was_done_and_for_how_long_nobody_could_write(run: Run, root: Path) -> None:
    text = (root / config.FILE).read_text()
    told = run("move", root, "--to", OTHER)
    assert told.code == 0, told.err
    assert "No backup was made" in told.out
    assert "Moved from SQLite to SQLite" in told.out
    assert "Writes waited 0." in told.out
    assert "delete it" in told.out
    again = run("move", root, "--to", OTHER)
    assert (again.code, "already" in again.err) == (2, True)
    (root / config.FILE).write_text(text)
    assert run("policy", "editions", root).code == 1
    last = run("move", root, "--to", OTHER, "--json")
    assert (last.code, last.json["pause"], last.json["after"]) == (0, None, "sqlite")
    assert run("journal", "verify", root).code == 0


def test_a_password_does_not_go_into_the_configuration(run: Run, root: Path) -> None:
    text = (root / config.FILE).read_text()
    told = run("move", root, "--to", "postgresql://uphold:secret@127.0.0.1/uphold")
    assert told.code == 2
    assert "secret" not in told.err + told.out
    assert (root / config.FILE).read_text() == text
    assert run("move", root).code == 2

# SPDX-License-Identifier: Apache-2.0
"""`uphold egress`: what is declared, and what was refused, for a person and for programs."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import site, terminal
from tests.terminal import Told
from uphold.assurance import refused
from uphold.cli import egress
from uphold.egress import Net

Run = Callable[..., Told]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return lambda *words: terminal.run(capsys, *words)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A site within which something tried to report home."""
    opened = site.build(tmp_path)
    tried: dict[refused.Asked, int] = {
        (Net.HOOK, "home-reporter", "home.example", 443): 3,
        (Net.LOOP, "home-reporter", "home.example", 0): 1,
    }
    opened.writer.run(lambda tx: refused.note(tx, tried))
    opened.close()
    return opened.settings.folder


def test_what_is_declared_and_what_was_refused(run: Run, folder: Path) -> None:
    told = run("egress", folder)
    assert told.code == 0
    assert "site      uphold.example:443" in told.out
    assert "2 refusal(s) in the journal." in told.out
    assert "3 x  hook  home-reporter" in told.out
    assert "home.example" not in told.out


def test_who_suspects_a_host_is_told_whether_it_was(run: Run, folder: Path) -> None:
    for was, found in (
        ("Home.example:443", [True, False]),
        ("home.example", [False, True]),
        ("home.example:80", [False, False]),
        ("elsewhere.example", [False, False]),
    ):
        listed = json.loads(run("egress", folder, "--was", was, "--json").out)
        assert [one["was"] for one in listed["refused"]] == found
        assert set(listed["declared"]) == {"site", "serve", "mail", "database"}
    assert "this host" in run("egress", folder, "--was", "home.example:443").out


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Home.example:443", ("home.example", 443)),
        ("home.example", ("home.example", 0)),
        ("192.0.2.1:25", ("192.0.2.1", 25)),
        ("[2001:db8::1]:25", ("2001:db8::1", 25)),
    ],
)
def test_a_host_is_written_as_everybody_writes_it(text: str, place: tuple[str, int]) -> None:
    assert egress.place(text) == place


@pytest.mark.parametrize("text", [":25", "home.example:70000", "home.example:٢٥"])
def test_what_is_no_host(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        egress.place(text)

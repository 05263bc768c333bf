# SPDX-License-Identifier: Apache-2.0
"""`uphold attack`: what it says of each attack, and that a site which looks for nothing is told so."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests import site
from tests.unit.assurance.test_drill import GOOD
from uphold.assurance.attacks import Played
from uphold.assurance.probe import said
from uphold.cli import attack, main


def told(capsys: pytest.CaptureFixture[str], played: Played) -> str:
    attack._told(played)
    return capsys.readouterr().out


def test_when_it_was_noticed_and_refused(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, GOOD)
    assert "alert     after 0.4 s, export-run" in text
    assert "block     after 0.6 s, exports were stopped" in text
    assert text.endswith("  well\n")


def test_what_went_wrong_is_plain(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, replace(GOOD, alert=None, blocked=None, worked=False))
    assert "not noticed" in text
    assert "not refused" in text
    assert "were stopped too" in text
    assert text.endswith("  NOT WELL\n")
    assert "not played: no form" in told(capsys, replace(GOOD, why=said("no form")))


def test_a_site_that_looks_for_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    opened = site.build(tmp_path)
    opened.close()
    folder = opened.settings.folder
    file = folder / "uphold.toml"
    file.write_text(file.read_text() + "\n[detection]\non = false\n")
    assert main.main(["attack", str(folder), "guess"]) == 2
    assert "Detection is switched off" in capsys.readouterr().err

# SPDX-License-Identifier: Apache-2.0
"""`uphold measures` tells what the page of evaluation tells."""

import json
from pathlib import Path

import pytest

from tests import site, terminal
from uphold.threats import measure


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    opened = site.build(tmp_path)
    opened.close()
    return opened.settings.folder


def test_each_measure_and_the_figures_are_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = terminal.run(capsys, "measures", folder)
    assert told.code == 0
    assert f"0 of {len(measure.catalogue())}." in told.out
    assert "Each role does" in told.out
    assert "Open threats: none" not in told.out
    assert "level 4" in told.out


def test_as_json_it_is_whole(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(terminal.run(capsys, "measures", folder, "--json").out)
    assert [one["id"] for one in told["measures"]] == sorted(measure.catalogue())
    assert len(told["order21"]) == 27
    assert told["figures"]["fresh"] == 0
    assert told["figures"]["alerts_per_person_day"] == 0

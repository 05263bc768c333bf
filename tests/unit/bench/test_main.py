# SPDX-License-Identifier: Apache-2.0
"""The command line: a whole run writes the page, anything less only prints unless told."""

import json
from pathlib import Path

import pytest

from bench import __main__ as program


def test_a_whole_run_writes_the_page() -> None:
    chosen = program.arguments([])
    assert (chosen.rounds, chosen.out) == (5, program.PAGE)
    assert chosen.concurrencies == [1, 16, 64, 256]


def test_less_than_a_whole_run_does_not_replace_it() -> None:
    assert program.arguments(["--quick"]).out is None
    assert program.arguments(["--only", "b,c"]).out is None
    assert program.arguments(["--quick", "--out", "x.md"]).out == Path("x.md")


def test_a_page_elsewhere_has_its_raw_figures_beside_it(tmp_path: Path) -> None:
    results = {"machine": {"date": "2026-11-22"}, "plan": {"rounds": 1, "seconds": 1}}
    raw = program.write(results, tmp_path / "new" / "page.md")
    assert raw == tmp_path / "new" / "page.json"
    assert json.loads(raw.read_text()) == results


def test_unknown_sections_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        program.arguments(["--only", "a,z"])
    assert "not z" in capsys.readouterr().err

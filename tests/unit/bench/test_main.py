# SPDX-License-Identifier: Apache-2.0
"""The command line: which sections run, and where what they found is kept."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench import __main__ as program, process, sections
from bench.course import Course

RECORD = {"date": "2026-11-23", "machine": {"kernel": "Linux 6"}, "rounds": 1, "rows": []}


def test_all_sections_run_unless_some_are_named() -> None:
    assert program.arguments([]).sections == list(sections.NAMED)
    assert program.arguments(["--only", "visits, erasure"]).sections == ["visits", "erasure"]


def test_a_look_is_short(tmp_path: Path) -> None:
    told = program.course(program.arguments(["--quick"]), tmp_path, print)
    assert (told.rounds, told.seconds, told.quick) == (1, 1, True)
    whole = program.course(program.arguments([]), tmp_path, print)
    assert (whole.rounds, whole.seconds, list(whole.clients)) == (5, 3, [1, 16, 64, 256])


def test_a_record_is_kept_where_it_was_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "new" / "out.json"
    chosen = program.arguments(["--only", "visits", "--out", str(file)])
    program.keep("visits", RECORD, chosen)
    program.keep("erasure", RECORD, chosen)
    assert json.loads(file.read_text()) == {"visits": RECORD, "erasure": RECORD}


def test_unknown_sections_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        program.arguments(["--only", "visits,z"])
    assert "not z" in capsys.readouterr().err


class Broken:
    NAME = "broken"
    TITLE = "What cannot be measured"

    def run(self, course: Course) -> Any:
        raise process.Failed("nothing here")

    def page(self, rows: Any) -> str:
        raise NotImplementedError


class Whole(Broken):
    NAME = "whole"

    def run(self, course: Course) -> Any:
        return [course.folder.is_dir()]


def test_one_that_fails_does_not_keep_the_others_from_being_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "NAMED", {"broken": Broken(), "whole": Whole()})
    file = tmp_path / "out.json"
    assert program.main(["--only", "broken,whole", "--out", str(file)]) == 1
    assert "broken: nothing here" in capsys.readouterr().err
    kept = json.loads(file.read_text())
    assert kept["whole"]["rows"] == [True]
    assert list(kept) == ["whole"]

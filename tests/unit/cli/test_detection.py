# SPDX-License-Identifier: Apache-2.0
"""`uphold detection`: rules listed as they stand, and tried on events of anybody's making."""

import io
import json
import sys
from pathlib import Path

import pytest

from tests import site, terminal
from tests.unit.detection.rules import described

RULE = described(
    "seen", "{a: {kind: failed}, condition: a}", "uphold: {against: source, severity: 4}"
)
EVENT = {"at": 1000, "kind": "failed", "source": "ab"}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "mine.yml").write_text(RULE)
    return folder


def events(tmp_path: Path, *more: str) -> Path:
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join([json.dumps(EVENT), *more]) + "\n")
    return file


def test_an_alert_is_printed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, rules: Path
) -> None:
    told = terminal.run(capsys, "detection", "replay", events(tmp_path), "--rules", rules)
    assert told.code == 0
    assert told.out == (
        "1970-01-01 00:00:01  4  seen  source=ab  line-1\n1 event(s), 1 alert(s) by 1 of 1 rules\n"
    )
    assert told.err == ""


def test_for_programs_and_with_lines_that_are_no_events(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, rules: Path
) -> None:
    file = events(tmp_path, "[]")
    told = terminal.run(capsys, "detection", "replay", file, "--rules", rules, "--json")
    assert told.code == 1
    assert "Line 2 is no flat JSON object" in told.err
    found = json.loads(told.out)
    assert found["events"] == 1
    assert [fault["line"] for fault in found["faults"]] == [2]
    [alert] = found["alerts"]
    assert (alert["rule"], alert["severity"], alert["events"]) == ("seen", 4, ["line-1"])
    assert alert["group"] == {"source": "ab"}


def test_what_outsiders_wrote_does_not_speak_to_the_terminal(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, rules: Path
) -> None:
    file = events(tmp_path, json.dumps({**EVENT, "source": "\x1b[2J\n", "id": "\u202eid"}))
    told = terminal.run(capsys, "detection", "replay", file, "--rules", rules)
    assert "source=?[2J?  ?id\n" in told.out


def test_events_come_by_the_input_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, rules: Path
) -> None:
    given = io.TextIOWrapper(io.BytesIO(json.dumps(EVENT).encode()))
    monkeypatch.setattr(sys, "stdin", given)
    told = terminal.run(capsys, "detection", "replay", "-", "--rules", rules)
    assert told.out.endswith("1 alert(s) by 1 of 1 rules\n")


def test_wrong_use(capsys: pytest.CaptureFixture[str], tmp_path: Path, rules: Path) -> None:
    gone = terminal.run(capsys, "detection", "replay", tmp_path / "gone")
    assert (gone.code, "cannot be read" in gone.err) == (2, True)
    empty = terminal.run(
        capsys, "detection", "replay", events(tmp_path), "--rules", tmp_path / "none"
    )
    assert (empty.code, "There is no rule in" in empty.err) == (2, True)
    (rules / "mine.yml").write_text("title: T")
    wrong = terminal.run(capsys, "detection", "replay", events(tmp_path), "--rules", rules)
    assert (wrong.code, "rules/mine.yml: rule 1: name is" in wrong.err) == (2, True)


def test_rules_are_listed_as_they_stand(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    plain = terminal.run(capsys, "detection", "rules")
    assert plain.code == 0
    assert "RULE" in plain.out.splitlines()[0]
    settings = site.copy(tmp_path / "site")
    (settings.folder / "detection").mkdir()
    (settings.folder / "detection" / "own.yml").write_text(RULE)
    with (settings.folder / "uphold.toml").open("a") as file:
        file.write('[detection]\ndry_run = ["seen"]\n')
    told = terminal.run(capsys, "detection", "rules", settings.folder, "--json")
    found = {one["rule"]: one for one in json.loads(told.out)}
    assert (found["seen"]["state"], found["seen"]["severity"]) == ("dry", 4)
    assert len(found) == len(plain.out.splitlines())


def test_a_rule_that_cannot_be_read_is_told_by_a_check(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settings = site.copy(tmp_path / "site")
    (settings.folder / "detection").mkdir()
    (settings.folder / "detection" / "own.yml").write_text(
        RULE.replace("severity: 4", "severity: 9")
    )
    told = terminal.run(capsys, "check", settings.folder)
    assert told.code == 1
    assert "detection/own.yml: seen: uphold.severity is 1 to 5" in told.out

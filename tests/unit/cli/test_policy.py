# SPDX-License-Identifier: Apache-2.0
import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from uphold import errors
from uphold.cli import policy
from uphold.policy import folder, scaffold

TEXT = """Privacy policy

Our site is on the domain shop.example.

1. Data
1.1. What you write.
2. Purposes
2.1. The purposes are:
2.1.1. communication with you;

Moscow, dated May 25, 2015
"""


def run(*words: str | Path) -> int:
    parser = argparse.ArgumentParser()
    policy.register(parser.add_subparsers(required=True))
    chosen = parser.parse_args([str(word) for word in words])
    return int(chosen.func(chosen))


@pytest.fixture
def text(tmp_path: Path) -> Path:
    file = tmp_path / "policy.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file


@pytest.fixture
def site(tmp_path: Path) -> Path:
    made = tmp_path / "site"
    folder.write(made, scaffold.example())
    return made


def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_init_makes_a_folder_and_shows_the_clauses(
    text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "made"
    assert run("init", made, "--policy", text, "--profile", "eu-gdpr") == 0
    out = capsys.readouterr().out
    assert "domain   shop.example" in out
    assert "dated    2015-05-25, Moscow" in out
    assert "    2.1.1    communication with you;" in out
    assert f"uphold check {made}" in out
    assert (made / "policy" / "policy.toml").exists()
    with pytest.raises(errors.Conflict):
        run("init", made, "--policy", text)
    assert run("check", made) == 1
    assert "policy/policy.toml:" in capsys.readouterr().out


def test_init_without_a_text(tmp_path: Path) -> None:
    with pytest.raises(errors.Invalid):
        run("init", tmp_path / "made", "--policy", tmp_path / "absent.txt")
    assert not (tmp_path / "made").exists()


def test_check(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", site) == 0
    first, *warned = capsys.readouterr().out.splitlines()
    assert first == "Nothing to mend."
    assert [line.split(": ", 1)[1][:20] for line in warned] == [
        "[keys] copy names no",
        "No backup is set up ",
    ]
    assert run("check", site, "--json") == 0
    told = printed(capsys)
    assert told == {
        "well": True,
        "problems": [],
        "warnings": [line.removeprefix("Warning: ") for line in warned],
        "findings": 0,
    }
    (site / "uphold.toml").write_text("[serve]\nprot = 1\n", encoding="utf-8")
    form = site / "forms" / "feedback.toml"
    form.write_text(form.read_text(encoding="utf-8").replace("max =", "mix =", 1), encoding="utf-8")
    assert run("check", site, "--json") == 1
    found = printed(capsys)["problems"]
    assert [(p["file"], p["code"]) for p in found] == [
        ("forms/feedback.toml", "unknown-key"),
        ("uphold.toml", "settings"),
    ]
    assert found[0]["advice"] == "Did you mean 'max'?"


def test_check_tells_of_a_form_that_the_site_could_not_take(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = site / "uphold.toml"
    limits = "\n[limits]\nbody_bytes = 16384\n"
    settings.write_text(settings.read_text(encoding="utf-8") + limits, encoding="utf-8")
    assert run("check", site, "--json") == 1
    (problem,) = printed(capsys)["problems"]
    assert (problem["file"], problem["code"]) == ("forms/feedback.toml", "form-too-heavy")
    assert "16384" in problem["message"]
    assert "body_bytes" in problem["advice"]


def test_import_writes_nothing(
    text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("policy", "import", text) == 0
    assert "title    Privacy policy" in capsys.readouterr().out
    assert run("policy", "import", text, "--json") == 0
    found = printed(capsys)
    assert (found["place"], found["adopted"], found["amended"]) == ("Moscow", "2015-05-25", [])
    assert [clause["id"] for clause in found["clauses"]][-1] == "date"
    assert list(tmp_path.iterdir()) == [text]


def test_import_of_an_empty_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").write_bytes(b"")
    assert run("policy", "import", tmp_path / "empty") == 0
    assert "(no date line found)" in capsys.readouterr().out

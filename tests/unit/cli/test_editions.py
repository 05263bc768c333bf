# SPDX-License-Identifier: Apache-2.0
"""What is published, what would be, and who may say that it is: at the command line."""

import argparse
import json
import os
import pty
from pathlib import Path
from typing import Any

import pytest

from tests import cast, visitor, wider
from tests.office import quick_hashing
from uphold import app, errors
from uphold.access import staff
from uphold.access.permission import Role
from uphold.cli import policy
from uphold.policy import approval, folder, scaffold

__all__ = ["quick_hashing"]

pytestmark = pytest.mark.usefixtures("quick_hashing")


def run(*words: str | Path) -> int:
    parser = argparse.ArgumentParser()
    policy.register(parser.add_subparsers(required=True))
    chosen = parser.parse_args([str(word) for word in words])
    return int(chosen.func(chosen))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    made = tmp_path / "site"
    folder.write(made, scaffold.example())
    return made


def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def widened(site: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A site in force, whose folder goes beyond what is published."""
    assert run("policy", "publish", site) == 0
    wider.write(site)
    capsys.readouterr()
    return site


def test_publish_show_editions(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(errors.UpholdError):
        run("policy", "show", site)
    assert run("policy", "publish", site) == 0
    assert "Published edition 1" in capsys.readouterr().out
    with pytest.raises(errors.Conflict):
        run("policy", "publish", site)
    form = site / "forms" / "feedback.toml"
    form.write_text(form.read_text(encoding="utf-8") + "\n# A note.\n", encoding="utf-8")
    assert run("policy", "publish", site, "--effective", "2999-01-01T00:00+00:00") == 0
    capsys.readouterr()
    assert run("policy", "editions", site, "--json") == 0
    second, first = printed(capsys)
    assert [(e["number"], e["state"]) for e in (second, first)] == [
        (2, "published"),
        (1, "in-force"),
    ]
    assert second["in_force_since"] is None
    assert first["in_force_since"] == first["published_at"]
    assert run("policy", "editions", site) == 0
    told = capsys.readouterr().out
    assert "edition 2  published, in force from 2999-01-01 00:00:00 UTC" in told
    assert "edition 1  in force since 20" in told
    assert run("policy", "show", site, "--json", "--language", "ru") == 0
    shown = printed(capsys)
    assert (shown["number"], shown["language"], shown["updated_on"]) == (1, "ru", "2026-11-16")
    assert run("policy", "show", site, "--edition", "2") == 0
    assert "edition 2" in capsys.readouterr().out
    with pytest.raises(errors.Missing):
        run("policy", "show", site, "--edition", "3")


@pytest.mark.parametrize("moment", ["soon", "2026-13-01", "1999-01-01"])
def test_a_time_that_cannot_be(site: Path, moment: str) -> None:
    with pytest.raises(errors.Invalid):
        run("policy", "publish", site, "--effective", moment)


def test_a_policy_with_errors_is_not_published(site: Path) -> None:
    (site / "policy" / "policy.ru.md").unlink()
    with pytest.raises(errors.Invalid, match="uphold check"):
        run("policy", "publish", site)
    assert not (site / "data").exists()


def test_diff_takes_what_is_in_force_and_the_folder(
    widened: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("policy", "diff", widened) == 0
    told = capsys.readouterr().out
    assert told.startswith("edition 1 -> the draft: material")
    assert "a new recipient: Asker LLC" in " ".join(told.split())
    assert "[-one year-] {+two years+}" in told
    assert "\x1b" not in told
    assert run("policy", "diff", widened, "1", "draft", "--json") == 0
    found = printed(capsys)
    assert (found["old"], found["new"], found["new_is_published"]) == (1, 2, False)
    assert found["material"] is True
    assert {one["what"] for one in found["changes"]} == {"retention-longer", "recipient-added"}
    assert found["impact"]["consents"] == []
    assert found["impact"]["forms"] == ["feedback"]
    assert run("policy", "publish", widened) == 0
    capsys.readouterr()
    assert run("policy", "diff", widened) == 0
    assert capsys.readouterr().out == (
        "edition 2 -> the draft: no difference in what is declared or said.\n"
    )
    # Back in time nothing would be brought about.
    assert run("policy", "diff", widened, "2", "1", "--json") == 0
    assert printed(capsys)["impact"] is None


@pytest.mark.parametrize("name", ["3", "0", "first", "99999999999999", "\u0663"])
def test_diff_of_what_is_not_there(widened: Path, name: str) -> None:
    with pytest.raises(errors.Missing, match="There is no edition"):
        run("policy", "diff", widened, name)


def test_a_later_publication_shows_what_it_brings_about_and_goes_on(
    widened: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody sits at a pipe: a script publishes as it always did."""
    assert run("policy", "publish", widened) == 0
    told = capsys.readouterr().out
    assert "What publishing it brings about" in told
    assert "The text reads otherwise in 3 clause(s)" in told
    assert told.splitlines()[-2].startswith("Published edition 2, in force from ")


@pytest.mark.parametrize(
    ("typed", "more", "code", "editions"),
    [("n\n", [], 1, 1), ("\n", [], 1, 1), ("y\n", [], 0, 2), ("", ["--yes"], 0, 2)],
)
def test_at_a_terminal_it_asks(
    widened: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    more: list[str],
    code: int,
    editions: int,
) -> None:
    ours, theirs = pty.openpty()
    with open(theirs, encoding="utf-8") as terminal:
        monkeypatch.setattr("sys.stdin", terminal)
        monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
        monkeypatch.setenv("NO_COLOR", "1")
        os.write(ours, typed.encode())
        assert run("policy", "publish", widened, *more) == code
    os.close(ours)
    told = capsys.readouterr().out
    assert ("Publish it? [y/N]" in told) is bool(typed)
    assert ("Nothing was published." in told) is (code == 1)
    assert run("policy", "editions", widened, "--json") == 0
    assert len(printed(capsys)) == editions


def test_a_publication_with_reason_and_author(
    widened: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with app.opened(widened) as opened:
        owner = visitor.employ(opened, cast.owner)
        visitor.employ(opened, cast.clerk)
        opened.writer.run(lambda tx: staff.invite(tx, "invited-ibis", Role.OWNER, 0))
    for by in (cast.clerk.login, "nobody-at-all", "invited-ibis"):
        with pytest.raises(errors.Invalid, match="nobody who may publish"):
            run("policy", "publish", widened, "--reason", "A survey.", "--by", by)
    with pytest.raises(errors.Invalid, match="reason"):
        run("policy", "publish", widened, "--by", cast.owner.login)
    words = ["policy", "publish", str(widened), "--json", "--reason", "A survey."]
    assert run(*words, "--by", cast.owner.login) == 0
    assert printed(capsys)["state"] == "in-force"
    with app.reading(widened) as connection:
        found = approval.all(connection)
    assert [(one.edition, one.staff, one.reason) for one in found.values()] == [
        (2, owner, "A survey.")
    ]

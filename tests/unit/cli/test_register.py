# SPDX-License-Identifier: Apache-2.0
"""`uphold register`: readable, as JSON, as a page."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from uphold import errors
from uphold.cli import main
from uphold.policy import folder, scaffold


def run(*words: object) -> int:
    arguments = main.parser().parse_args(["register", *map(str, words)])
    return int(arguments.func(arguments))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    made = tmp_path / "site"
    folder.write(made, scaffold.example())
    return made


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    made = tmp_path / "bare"
    text = "Policy <b>\n\n1. Data\n1.1. We use data for communication with the user."
    folder.write(made, scaffold.make(text.encode()).files)
    return made


def test_both_renderings(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(site) == 0
    out = capsys.readouterr().out
    assert "Record of processing activities (Regulation (EU) 2016/679, article 30)\n====" in out
    assert "152-FZ, article 22; Order 180" in out
    assert "answering your message and dealing with your request  [communication]" in out
    assert "given by the operator" not in out
    assert max(map(len, out.splitlines())) <= 100


def test_in_russian(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(site, "--language", "ru") == 0
    assert "Правовое основание:" in capsys.readouterr().out


def test_what_is_still_to_be_given(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(bare) == 0
    out = capsys.readouterr().out
    assert "(to be given by the operator)" in out
    assert "Still to be given, in policy/policy.toml:\n" in out
    assert "\n  Means of encryption: [register] encryption\n" in out


def test_json(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(bare, "--json") == 0
    record, notice = json.loads(capsys.readouterr().out)
    assert (record["id"], notice["id"]) == ("gdpr-30", "order-180")
    assert "[register] started" in notice["open"]
    assert record["activities"][0]["items"][0]["key"] == "purpose"


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loaded += [value or "" for name, value in attrs if name in {"src", "href"}]


def test_a_page(bare: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "register.html"
    toml = bare / "policy" / "policy.toml"
    marked = toml.read_text(encoding="utf-8").replace('name.en = ""', 'name.en = "A <i>& B"', 1)
    toml.write_text(marked, encoding="utf-8")
    assert run(bare, "--html", file) == 0
    assert f"Wrote {file}." in capsys.readouterr().out
    text = file.read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert page.tags.count("h1") == 2
    assert page.loaded == []
    assert not {"script", "i"} & set(page.tags)
    assert "A &lt;i&gt;&amp; B" in text
    assert "to be given by the operator: [register] methods" in text


def test_a_page_that_cannot_be_written(site: Path, tmp_path: Path) -> None:
    with pytest.raises(errors.Invalid, match="cannot be written"):
        run(site, "--html", tmp_path / "absent" / "register.html")


def test_what_is_no_site(tmp_path: Path) -> None:
    with pytest.raises(errors.Missing):
        run(tmp_path)
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy" / "policy.toml").write_text("[", encoding="utf-8")
    with pytest.raises(errors.Invalid):
        run(tmp_path)

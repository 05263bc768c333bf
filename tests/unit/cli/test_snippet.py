# SPDX-License-Identifier: Apache-2.0
"""`uphold visits snippet`: lines that a page can be given as they are."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests import site, terminal, visiting


class Loads(HTMLParser):
    """What a page fetches."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, value or "") for name, value in attrs if name == "src"]


def test_the_lines_lead_to_the_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    opened = visiting.build(tmp_path, more='hosts = ["shop.example"]\n')
    opened.close()
    told = terminal.run(capsys, "visits", "snippet", opened.settings.folder)
    assert told.code == 0
    assert Loads(told.out).found == [
        ("script", f"{site.ADDRESS}/static/visit.js"),
        ("img", f"{site.ADDRESS}/visit"),
    ]
    assert "shop.example" in told.err
    assert "record = true" not in told.err


def test_what_is_missing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    opened = site.build(tmp_path)
    opened.close()
    told = terminal.run(capsys, "visits", "snippet", opened.settings.folder)
    assert "record = true" in told.err
    told = terminal.run(capsys, "visits", "snippet", opened.settings.folder, "--json")
    found = json.loads(told.out)
    assert (found["record"], found["hosts"]) == (False, [])
    assert "/static/visit.js" in found["snippet"]

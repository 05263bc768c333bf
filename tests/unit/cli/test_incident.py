# SPDX-License-Identifier: Apache-2.0
"""Incidents as somebody at a terminal meets them: what people wrote is printed in a draft alone."""

from pathlib import Path

import pytest

from tests import cast, site, terminal
from tests.office import Office, quick_hashing

__all__ = ["quick_hashing"]

WORDS = "Mr Secretov read the inbox"


@pytest.fixture
def place(tmp_path: Path, quick_hashing: None) -> Path:
    """A site with an officer."""
    app = site.build(tmp_path)
    Office(app).staff(cast.officer)
    app.close()
    return app.settings.folder


def test_from_the_opening_to_a_draft(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    by = ("--by", cast.officer.login)

    def told(*words: str | Path) -> terminal.Told:
        return terminal.run(capsys, "incident", *words)

    assert told("list", place).out == "No incident of this sort.\n"
    said = tmp_path / "words.txt"
    said.write_text(WORDS)
    opened = told("open", place, *by, "--detected", "2024-01-01T09:15Z", "--words", said)
    assert opened.code == 0
    assert "ru-152fz-first" in opened.out
    late = told("list", place, "--late")
    assert (late.code, late.out.split()[0]) == (1, "1")
    shown = told("show", place, "1")
    assert "late" in shown.out
    assert "Secretov" not in shown.out
    assert told("show", place, "1", "--json").json["notices"][0]["stand"] == "late"
    assert told("list", place, "--json").json[0]["number"] == 1
    drafted = told("draft", place, "1", "ru-152fz-first", *by)
    assert drafted.code == 1  # the causes are missing, and more
    assert WORDS in drafted.out
    file = tmp_path / "draft.pdf"
    assert told("draft", place, "1", "ru-152fz-first", *by, "--pdf", file).code == 1
    assert file.read_bytes().startswith(b"%PDF")
    assert told("draft", place, "1", "atlantis", *by).code == 2
    assert told("open", place, *by, "--detected", "soon").code == 2
    assert told("open", place, *by, "--detected", "2999-01-01").code == 2

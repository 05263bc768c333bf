# SPDX-License-Identifier: Apache-2.0
"""Figures as somebody at a terminal meets them: the recipe, the daily work, the ledger."""

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests import cast, site, terminal
from tests.figures import opened, view
from tests.office import Office, quick_hashing
from uphold import statistics
from uphold.statistics import recipe

__all__ = ["quick_hashing"]


@pytest.fixture
def folder(tmp_path: Path, quick_hashing: None) -> Path:
    """A site whose visitors came yesterday."""
    app = site.build(tmp_path)
    office = Office(app)
    office.staff(cast.officer)
    office.staff(cast.clerk)
    day = app.keeper.today() - timedelta(days=1)
    opened(app.keeper.store.folder, {day: [view(visitor, "/home") for visitor in range(1, 9)]})
    app.close()
    return app.settings.folder


def test_the_work_is_done_once_and_is_in_the_ledger(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = terminal.run(capsys, "statistics", "ledger", folder)
    assert (told.code, told.out) == (0, "Nothing was done on figures yet.\n")
    told = terminal.run(capsys, "statistics", "run", folder)
    assert told.code == 0
    assert told.out.startswith("Closed 20")
    assert "Released 20" in told.out
    told = terminal.run(capsys, "statistics", "run", folder)
    assert (told.code, told.out) == (0, "Nothing was due.\n")
    told = terminal.run(capsys, "statistics", "ledger", folder)
    assert "Recipe 1" in told.out
    assert "fixed by the site itself" in told.out
    assert "smallest 8" in told.out
    assert "fewer than 100 events" in told.out
    told = terminal.run(capsys, "statistics", "ledger", folder, "--json", "--act", "closed")
    (line,) = json.loads(told.out)["acts"]
    assert (line["act"], line["label"], line["count"]) == ("closed", "pseudonymised", 0)
    told = terminal.run(capsys, "statistics", "ledger", folder, "--act", "guessed")
    assert told.code == 2
    assert "released" in told.advice


def test_the_work_tells_programs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = terminal.run(capsys, "statistics", "run", folder, "--json")
    found = json.loads(told.out)
    assert len(found["closed"]) == 1
    assert found["closed"][0] in found["released"]
    assert (found["refused"], found["waits"]) == ([], False)


def test_a_recipe_is_fixed_by_who_may(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = recipe.default().replace(b"minimum = 5", b"minimum = 9")
    terminal.run(capsys, "statistics", "run", folder)
    (folder / recipe.FILE).write_bytes(changed)
    told = terminal.run(capsys, "statistics", "run", folder)
    assert "is not the recipe that stands" in told.out
    fix = ("statistics", "recipe", "fix", folder, "--by")
    assert terminal.run(capsys, *fix, "nobody").code == 2
    assert terminal.run(capsys, *fix, cast.clerk.login).code == 2
    told = terminal.run(capsys, *fix, cast.officer.login)
    assert told.out == f"Recipe 2 stands from now on: {recipe.parse(changed).digest}\n"
    told = terminal.run(capsys, *fix, cast.officer.login)
    assert told.code == 2
    assert terminal.run(capsys, "statistics", "run", folder).out == "Nothing was due.\n"
    told = terminal.run(capsys, "statistics", "recipe", "show", folder, "--json")
    declared = json.loads(told.out)
    assert (declared["minimum"], declared["budget"]) == (9, "0.5")
    told = terminal.run(capsys, "statistics", "recipe", "show", folder)
    assert "[x] identifiers" in told.out


def test_the_local_act_is_printed_from_what_stands(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = terminal.run(capsys, "statistics", "act", folder)
    assert told.code == 2
    assert "recipe fix" in told.advice
    terminal.run(capsys, "statistics", "run", folder)
    told = terminal.run(capsys, "statistics", "act", folder, "--language", "en")
    assert told.out.startswith("Procedure for depersonalising personal data\n")
    assert "The smallest group shown anywhere: 8." in told.out
    page = tmp_path / "act.html"
    told = terminal.run(capsys, "statistics", "act", folder, "--html", page, "--language", "ru")
    assert told.out == f"Wrote {page}.\n"
    assert "Порядок обезличивания" in page.read_text()
    assert terminal.run(capsys, "statistics", "act", folder, "--html", folder).code == 2
    assert terminal.run(capsys, "statistics", "act", folder, "--language", "fr").code == 2


def test_what_counts_may_not_be_installed(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(statistics, "run", raising=False)
    monkeypatch.setitem(sys.modules, "uphold.statistics.run", None)
    told = terminal.run(capsys, "statistics", "run", folder)
    assert told.code == 1
    assert "uphold[statistics]" in told.advice

# SPDX-License-Identifier: Apache-2.0
"""`uphold visits import`: what it says, what it keeps, and what the journal says of it."""

import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests import site, terminal
from uphold import app as wiring, visits
from uphold.app import App
from uphold.journal import entry
from uphold.statistics import ledger
from uphold.visits import agent

DAY = date.today() - timedelta(days=3)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"


@pytest.fixture
def opened(tmp_path: Path) -> App:
    app = site.build(tmp_path)
    app.close()
    return app


def log(path: Path, days: tuple[date, ...]) -> Path:
    asked = f'"GET /users/ivan HTTP/1.1" 200 9 "-" "{FIREFOX}"'
    lines = [f"192.0.2.7 - - [{day:%d/%b/%Y}:12:00:00 +0300] {asked}\n" for day in days]
    path.write_text("".join([*lines, "torn\n"]))
    return path


def test_a_log_is_taken_in_and_journaled(
    capsys: pytest.CaptureFixture[str], opened: App, tmp_path: Path
) -> None:
    folder = opened.settings.folder
    file = log(tmp_path / "access.log", (DAY, DAY, DAY - timedelta(days=9000)))
    told = terminal.run(capsys, "visits", "import", folder, file)
    assert told.code == 0
    assert told.out.splitlines() == [
        "4 lines read; 2 views of 1 day(s) taken in.",
        f"  {DAY}  2 views",
        "Left out: 1 unreadable.",
        "Refused: 1 views of 1 day(s).",
        f"  {DAY - timedelta(days=9000)}  it is older than [visits] keep_months",
        "A day is taken in whole and once: give all files of it in one command.",
    ]
    with wiring.opened(folder) as app, app.database.read() as connection:
        said = [entry.decode(raw) for _, raw in app.log.entries(connection)]
        acts = ledger.lines(connection)
    number = int(f"{DAY:%Y%m%d}")
    kinds = {one.kind: one.codes for one in said[-2:]}
    assert kinds == {
        "statistics.closed": {"day": number, "events": 2},
        "visits.imported": {"first": number, "last": number, "days": 1, "views": 2},
    }
    assert [(act.act, act.what, act.count) for act in acts] == [("closed", DAY.isoformat(), 2)]


def test_a_log_that_was_taken_in_is_refused_and_says_what_to_do(
    capsys: pytest.CaptureFixture[str], opened: App, tmp_path: Path
) -> None:
    folder, file = opened.settings.folder, log(tmp_path / "access.log", (DAY,))
    assert terminal.run(capsys, "visits", "import", folder, file, "--json").json == {
        "lines": 2,
        "left_out": {"unreadable": 1},
        "days": [{"day": DAY.isoformat(), "views": 1}],
        "refused": {},
        "views_refused": 0,
    }
    told = terminal.run(capsys, "visits", "import", folder, file)
    assert told.code == 1
    assert f"  {DAY}  the store has this day already" in told.out
    assert "in one command" in told.out


def test_nothing_of_a_visit_is_printed_or_kept(
    capsys: pytest.CaptureFixture[str], opened: App, tmp_path: Path
) -> None:
    folder, file = opened.settings.folder, log(tmp_path / "access.log", (DAY,))
    told = terminal.run(capsys, "visits", "import", folder, file)
    assert not [raw for raw in ("192.0.2.7", "ivan", "rv:127") if raw in told.out + told.err]
    kept = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert not [raw for raw in (b"192.0.2.7", b"ivan", b"rv:127") for body in kept if raw in body]


def test_a_log_that_is_not_there(
    capsys: pytest.CaptureFixture[str], opened: App, tmp_path: Path
) -> None:
    told = terminal.run(capsys, "visits", "import", opened.settings.folder, tmp_path / "none.log")
    assert (told.code, told.advice) == (2, "Name files that you may read.")


@pytest.mark.parametrize("absent", ["agent", "compact"])
def test_what_takes_in_logs_may_not_be_installed(
    absent: str,
    capsys: pytest.CaptureFixture[str],
    opened: App,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = log(tmp_path / "access.log", (DAY,))
    if absent == "agent":
        monkeypatch.setattr(agent, "INSTALLED", False)
    else:
        for name in ("compact", "intake"):
            monkeypatch.delattr(visits, name, raising=False)
            monkeypatch.delitem(sys.modules, f"uphold.visits.{name}", raising=False)
        monkeypatch.setitem(sys.modules, "uphold.visits.compact", None)
    told = terminal.run(capsys, "visits", "import", opened.settings.folder, file)
    assert told.code == 1
    assert "uphold[statistics]" in told.advice


def test_a_file_that_is_no_log(
    capsys: pytest.CaptureFixture[str], opened: App, tmp_path: Path
) -> None:
    told = terminal.run(
        capsys, "visits", "import", opened.settings.folder, log(tmp_path / "notes", ())
    )
    assert told.code == 1
    assert "give the access log of a web server" in told.out

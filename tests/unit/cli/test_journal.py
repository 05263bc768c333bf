# SPDX-License-Identifier: Apache-2.0
import json
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from tests import site
from uphold.app import App
from uphold.cli import journal, main
from uphold.database.engine import Database
from uphold.journal import checkpoint


@pytest.fixture
def made(tmp_path: Path) -> App:
    """A closed site with three submissions."""
    app = site.build(tmp_path)
    for _ in range(3):
        site.submit(app)
    app.close()
    return app


def run(*words: str | Path) -> int:
    return main.main([str(word) for word in ("journal", *words)])


def harm(app: App) -> None:
    database = Database(app.settings.database_url)
    with database.connect() as connection:
        connection.execute(text("DROP TRIGGER submission_record_no_update"))
        connection.execute(text("UPDATE submission_record SET state = 'aside' WHERE number = 2"))
    database.dispose()


def test_a_whole_site_is_well(made: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify", made.settings.folder) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("Audited 10 entries")
    assert out[1] == "All is well."


def test_a_finding_says_where_and_what_to_do(made: App, capsys: pytest.CaptureFixture[str]) -> None:
    harm(made)
    assert run("verify", made.settings.folder) == 1
    out = capsys.readouterr().out
    assert "WRONG  submission_record 2, entry 7: `state` is not what its entry says\n" in out
    assert "1 finding. Stop the site" in out


def test_findings_are_told_to_programs(made: App, capsys: pytest.CaptureFixture[str]) -> None:
    harm(made)
    assert run("verify", made.settings.folder, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["well"] is False
    assert told["findings"] == [
        {
            "what": "`state` is not what its entry says",
            "table": "submission_record",
            "number": 2,
            "entry": 7,
        }
    ]
    assert told["audited"]["submissions"] == 3


def test_a_key_stands_in_for_the_key_ring(made: App, capsys: pytest.CaptureFixture[str]) -> None:
    made.settings.path("keys/ring.json").unlink()
    assert run("verify", made.settings.folder) == 2
    assert "--key VKEY" in capsys.readouterr().err
    assert run("verify", made.settings.folder, "--key", made.log.vkey) == 0
    assert run("verify", made.settings.folder, "--key", "nonsense") == 2


@pytest.mark.parametrize("act", ["verify", "head"])
def test_a_folder_that_is_no_site_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], act: str
) -> None:
    assert run(act, tmp_path) == 2
    assert "uphold init" in capsys.readouterr().err


def test_a_vanished_database_is_told(made: App, capsys: pytest.CaptureFixture[str]) -> None:
    made.settings.path("data/uphold.sqlite").unlink()
    assert run("verify", made.settings.folder) == 1
    assert "Put uphold.sqlite back" in capsys.readouterr().err


def test_progress_shows_on_a_terminal_only(
    made: App, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "_SECONDS_BETWEEN", 0)
    with journal._progress(show=True) as watch:
        assert watch is None
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with journal._progress(show=False) as watch:
        assert watch is None
    with journal._progress(show=True) as watch:
        assert watch is not None
        watch("journal", 7)
    assert run("verify", made.settings.folder) == 0
    assert "All is well." in capsys.readouterr().out


def test_the_head_is_the_signed_one(made: App, capsys: pytest.CaptureFixture[str]) -> None:
    made.settings.path("keys/ring.json").unlink()
    assert run("head", made.settings.folder) == 0
    raw = capsys.readouterr().out.encode()
    signed = checkpoint.verify(raw, made.log.verifier).checkpoint
    assert run("head", made.settings.folder, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"size": 10, "root": signed.root.hex(), "note": raw.decode()}


def test_the_journal_is_exported(
    made: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run("export", made.settings.folder, out) == 0
    assert "10 entries in 3 files" in capsys.readouterr().out
    assert (out / "tile" / "entries" / "000.p" / "10").exists()
    assert run("export", made.settings.folder, out) == 2
    assert "not empty" in capsys.readouterr().err

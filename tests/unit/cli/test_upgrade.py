# SPDX-License-Identifier: Apache-2.0
"""What the migrations do is tested with the database; here is how it is told."""

from pathlib import Path

import pytest
from sqlalchemy import text

from tests import site, terminal
from uphold.database import upgrade
from uphold.database.engine import Database


@pytest.fixture
def root(tmp_path: Path) -> Path:
    opened = site.build(tmp_path)
    opened.close()
    return opened.settings.folder


def set_version(root: Path, version: str) -> None:
    database = Database(f"sqlite:///{root / 'data' / 'uphold.sqlite'}")
    with database.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    database.dispose()


def test_nothing_to_do(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = terminal.run(capsys, "upgrade", root)
    assert (told.code, told.out) == (0, "The database is up to date.\n")


def test_a_database_of_another_version_is_refused(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_version(root, "0000")
    for words in (["policy", "show"], ["serve"], ["staff", "list"], ["journal", "head"]):
        told = terminal.run(capsys, *words, root)
        assert told.code == 2
        assert upgrade.HEAD in told.err
        assert "uphold upgrade" in told.advice


def test_an_empty_database(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in (root / "data").iterdir():
        file.unlink()
    (root / "data" / "uphold.sqlite").touch(mode=0o600)
    told = terminal.run(capsys, "upgrade", root)
    assert told.code == 2
    assert "uphold policy publish" in told.advice

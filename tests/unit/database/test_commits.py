# SPDX-License-Identifier: Apache-2.0
"""Commits are noticed, whoever makes them; nothing else is."""

from contextlib import closing
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest

from uphold.database.commits import Commits


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database in WAL mode, with one table."""
    file = tmp_path / "it's a site.sqlite"
    with closing(sqlite.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE thing (number)")
    return file


def test_a_commit_of_anybody_is_another_mark(path: Path) -> None:
    commits = Commits(path)
    with closing(sqlite.connect(path)) as other:
        first = commits.mark()
        assert first is not None
        other.execute("INSERT INTO thing VALUES (1)")
        assert commits.mark() == first
        other.commit()
        second = commits.mark()
        assert second not in (None, first)
        other.execute("SELECT * FROM thing").fetchall()
        other.execute("INSERT INTO thing VALUES (2)")
        other.rollback()
        assert commits.mark() == second
    commits.close()


def test_another_file_in_its_place_is_another_mark(path: Path) -> None:
    commits = Commits(path)
    first = commits.mark()
    aside = path.with_name("aside")
    path.rename(aside)
    assert commits.mark() is None
    with closing(sqlite.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    assert commits.mark() not in (None, first)
    commits.close()


def test_what_was_committed_while_it_was_away_is_another_mark(path: Path) -> None:
    commits = Commits(path)
    first = commits.mark()
    aside = path.with_name("aside")
    path.rename(aside)
    assert commits.mark() is None
    aside.rename(path)
    with closing(sqlite.connect(path)) as other:
        other.execute("INSERT INTO thing VALUES (1)")
        other.commit()
        assert commits.mark() not in (None, first)
    commits.close()


def test_it_holds_no_state_of_the_file(path: Path) -> None:
    commits = Commits(path)
    with closing(sqlite.connect(path)) as other:
        other.execute("INSERT INTO thing VALUES (1)")
        other.commit()
        assert commits.mark() is not None
        assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    commits.close()

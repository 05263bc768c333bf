# SPDX-License-Identifier: Apache-2.0
"""A database that lacks the end is written down without a word in its journal, and brought back under another one."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from tests import backups, site
from tests.backups import Kept
from uphold import errors
from uphold.app import App, open_site
from uphold.continuity import behind
from uphold.journal import log as journal


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """A site with two submissions, whose database knows of the first one only."""
    with closing(site.build(tmp_path)) as made:
        site.submit(made)
    data, older = made.settings.folder / "data", tmp_path / "older"
    shutil.copytree(data, older)
    with closing(open_site(made.settings)) as made:
        site.submit(made)
        size = head(made)
    shutil.rmtree(data)
    older.rename(data)
    kept = backups.set_up(made.settings, tmp_path)
    with pytest.raises(errors.Broken, match=f"the head file knows {size}"):
        open_site(kept.settings)
    return kept


def head(app: App) -> int:
    with app.database.read() as connection:
        return journal.newest(connection).size


def test_what_is_left_is_brought_back_under_another_journal(kept: Kept, tmp_path: Path) -> None:
    file = tmp_path / "left.age"
    made = behind.run(kept.settings, file, kept.identity)
    assert (made.checked, made.number) == ("opened", 0)
    done = backups.bring_back(backups.wanted(kept, file, tmp_path / "back"))
    assert done.kept == made.entries
    assert done.lost
    assert done.origin != done.before
    # Nothing was signed on it.
    with pytest.raises(errors.Broken, match=f"has {made.entries} entries"):
        open_site(kept.settings)


def test_a_whole_database_is_backed_up_as_ever(tmp_path: Path) -> None:
    with closing(site.build(tmp_path)) as made:
        kept = backups.set_up(made.settings, tmp_path)
    with pytest.raises(errors.Conflict, match="is not behind"):
        behind.run(kept.settings, tmp_path / "left.age", kept.identity)
    assert not (tmp_path / "left.age").exists()


def test_nothing_is_overwritten(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "left.age").touch()
    with pytest.raises(errors.Conflict, match="is there already"):
        behind.run(kept.settings, tmp_path / "left.age", kept.identity)

# SPDX-License-Identifier: Apache-2.0
"""Every variant appends as many records as it says."""

import sqlite3
from pathlib import Path

import pytest

from bench import appends, journal_store


def test_raw_writes_a_page_each(tmp_path: Path) -> None:
    with appends.raw(tmp_path) as append:
        assert append() + append() == 2
    assert (tmp_path / "raw").stat().st_size == 2 * 4096


def test_naive_commits_a_row_each(tmp_path: Path) -> None:
    with appends.naive(tmp_path) as append:
        append()
        with sqlite3.connect(tmp_path / "naive.sqlite") as other:
            assert other.execute("SELECT count(*) FROM record").fetchone() == (1,)


@pytest.mark.parametrize("batch", [1, 10])
def test_journal_appends_a_batch_in_one_signed_head(tmp_path: Path, batch: int) -> None:
    with appends.journal(tmp_path, batch) as append:
        assert append() == batch
    with (
        journal_store.opened(tmp_path / f"journal-{batch}") as store,
        store.database.read() as connection,
    ):
        assert store.journal.head(connection).size == 1 + batch

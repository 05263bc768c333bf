# SPDX-License-Identifier: Apache-2.0
"""What the machine allows: loops that end, rows that do not clash, a page with what was there."""

import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
import pytest

from bench import limits


def row(name: str, cpu_us: float) -> dict[str, Any]:
    """One run."""
    return {
        "round": 1,
        "variant": name,
        "per_second": 1.0,
        "cpu_us": cpu_us,
        "p50_ms": 0.0,
        "p99_ms": 0.0,
    }


def site(path: Path, *, is_moved: bool = False) -> Path:
    """A database with the rows of a hundred submissions, those of the index waiting or moved to their order."""
    with closing(sqlite.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE submission_record (number INTEGER PRIMARY KEY, a, b, c, d, e, nonce UNIQUE)"
        )
        connection.execute("CREATE TABLE enquiry_item (number INTEGER PRIMARY KEY, a)")
        connection.execute("CREATE TABLE journal_batch (number INTEGER PRIMARY KEY, count)")
        for table in ("consent_event", "vault_part", "vault_key"):
            connection.execute(f"CREATE TABLE {table} (number INTEGER PRIMARY KEY, a)")
        connection.execute(
            "CREATE TABLE vault_index_tail (number INTEGER PRIMARY KEY, epoch, kind, value, part)"
        )
        connection.execute("CREATE TABLE vault_index (kind, epoch, value, part)")
        for number in range(1, 101):
            told = (number, 0, 0, 0, 0, 0, b"%d" % number)
            connection.execute("INSERT INTO submission_record VALUES (?, ?, ?, ?, ?, ?, ?)", told)
            connection.execute("INSERT INTO enquiry_item VALUES (?, 0)", (number,))
            for table in ("consent_event", "vault_part", "vault_key"):
                connection.execute(f"INSERT INTO {table} VALUES (?, 0)", (number << 8,))
            part = number << 8
            if is_moved:
                moved = "INSERT INTO vault_index VALUES (1, 1, x'00', ?)"
                connection.execute(moved, (part,))
            else:
                waiting = "INSERT INTO vault_index_tail VALUES (?, 1, 1, x'00', ?)"
                connection.execute(waiting, (part << 2, part))
        connection.execute("INSERT INTO journal_batch VALUES (1, 64)")
        connection.commit()
    return path


@pytest.mark.parametrize("is_moved", [False, True])
def test_rows_are_inserted_again_and_again_under_other_numbers(
    tmp_path: Path, *, is_moved: bool
) -> None:
    stored = site(tmp_path / "site", is_moved=is_moved)
    done = limits.copied(stored, tmp_path, time.perf_counter() + 0.05)

    assert done >= limits.BATCH
    assert done % limits.BATCH == 0
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_loops_end(tmp_path: Path) -> None:
    assert limits.synced(tmp_path, time.perf_counter() + 0.05) > 0
    assert limits.inserted(tmp_path, time.perf_counter() + 0.05) > 0


def test_the_page_leaves_out_what_was_not_there() -> None:
    rows = [row("echo-c", 5.0), row("uphold-visit", 50.0)]

    page = limits.page(rows)

    assert "10.0 [10.0-10.0]" in page
    assert "nginx |" not in page

# SPDX-License-Identifier: Apache-2.0
"""What the machine allows: loops that end, rows that do not clash, a page with what was there."""

import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite

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


def site(path: Path) -> Path:
    """A database with the rows of a hundred submissions."""
    with closing(sqlite.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE submission_record (number INTEGER PRIMARY KEY, a, b, c, d, e, nonce UNIQUE)"
        )
        connection.execute("CREATE TABLE enquiry_item (number INTEGER PRIMARY KEY, a)")
        connection.execute("CREATE TABLE journal_batch (number INTEGER PRIMARY KEY, count)")
        for table in ("consent_event", "vault_part", "vault_key", "vault_index_tail"):
            connection.execute(f"CREATE TABLE {table} (number INTEGER PRIMARY KEY, a)")
        for number in range(1, 101):
            told = (number, 0, 0, 0, 0, 0, b"%d" % number)
            connection.execute("INSERT INTO submission_record VALUES (?, ?, ?, ?, ?, ?, ?)", told)
            connection.execute("INSERT INTO enquiry_item VALUES (?, 0)", (number,))
            for table in ("consent_event", "vault_part", "vault_key"):
                connection.execute(f"INSERT INTO {table} VALUES (?, 0)", (number << 8,))
            connection.execute("INSERT INTO vault_index_tail VALUES (?, 0)", (number << 10,))
        connection.execute("INSERT INTO journal_batch VALUES (1, 64)")
        connection.commit()
    return path


def test_rows_are_inserted_again_and_again_under_other_numbers(tmp_path: Path) -> None:
    done = limits.copied(site(tmp_path / "site"), tmp_path, time.perf_counter() + 0.05)

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

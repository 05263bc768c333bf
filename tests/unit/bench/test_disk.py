# SPDX-License-Identifier: Apache-2.0
"""Files are measured without PostgreSQL's log of what it writes."""

from pathlib import Path

from bench import disk


def test_what_counts_as_kept(tmp_path: Path) -> None:
    for name, size in (
        ("a/site.sqlite", 100),
        ("a/keys/ring", 10),
        ("pg/pg_wal/1", 999),
        ("x.log", 9),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(size))
    assert disk.size(tmp_path) == 110


def test_the_page() -> None:
    row = {
        "round": 1,
        "variant": "uphold-sqlite",
        "stored": 5000,
        "bytes": 2920.0,
        "written": 7958.0,
    }
    assert "| Uphold, SQLite | 5 000 | 2 920 [2 920-2 920] | 7 958 [7 958-7 958] |" in disk.page(
        [row]
    )

# SPDX-License-Identifier: Apache-2.0
"""A later run of a section takes the place of the one before; the others stay."""

from pathlib import Path

from bench import kept


def test_a_section_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "2026-11-23.json"
    kept.add(file, "visits", {"rows": [1]})
    kept.add(file, "erasure", {"rows": [2]})
    kept.add(file, "visits", {"rows": [3]})
    assert kept.read(file) == {"visits": {"rows": [3]}, "erasure": {"rows": [2]}}
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_the_newest_of_each_section_counts(tmp_path: Path) -> None:
    kept.add(tmp_path / "2026-11-23.json", "visits", {"rows": "new"})
    kept.add(tmp_path / "2026-11-22.json", "visits", {"rows": "old"})
    kept.add(tmp_path / "2026-11-22.json", "erasure", {"rows": "only"})
    kept.add(tmp_path / "soak-2026-11-24.json", "visits", {"rows": "of something else"})
    assert kept.newest(tmp_path) == {"visits": {"rows": "new"}, "erasure": {"rows": "only"}}


def test_what_is_committed_can_be_read() -> None:
    found = kept.newest()
    assert found
    for record in found.values():
        assert {"date", "machine", "rounds", "rows"} <= set(record)

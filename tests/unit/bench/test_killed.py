# SPDX-License-Identifier: Apache-2.0
"""What is missing after a kill stands on the page."""

from typing import Any

from bench import killed


def test_what_is_missing_is_added_up() -> None:
    def row(number: int, missing: int) -> dict[str, Any]:
        of = {"round": number, "store": "sqlite", "acknowledged": 1000, "found": 1000 - missing}
        return {**of, "missing": missing, "again_s": 0.5}

    shown = killed.page([row(1, 0), row(2, 3)])
    assert "| SQLite | 2 | 2 000 | 3 | 0.50 [0.50-0.50] |" in shown
    assert "PostgreSQL |" not in shown

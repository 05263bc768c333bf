# SPDX-License-Identifier: Apache-2.0
"""What is missing after a kill stands on the page."""

import json
from pathlib import Path
from typing import Any

from bench import killed
from tests import site
from uphold.vault import identifier


def test_an_acknowledgement_is_missing_whose_own_submission_is_not_there(tmp_path: Path) -> None:
    """As many as were acknowledged may be there, and one of them be another's."""
    app = site.build(tmp_path)
    kept = [site.submit(app).number for _ in range(2)]
    named = [app.ring.identifiers.encode(identifier.RECEIPT, one) for one in (kept[0], 1 << 40)]
    app.close()
    seen = [json.dumps({"ok": True, "id": name}) for name in (*named, "no-receipt-at-all")]
    assert killed._missing(tmp_path / "site", seen[:1]) == 0
    assert killed._missing(tmp_path / "site", seen) == 2


def test_what_is_missing_is_added_up() -> None:
    def row(number: int, missing: int) -> dict[str, Any]:
        of = {"round": number, "store": "sqlite", "acknowledged": 1000}
        return {**of, "missing": missing, "again_s": 0.5}

    shown = killed.page([row(1, 0), row(2, 3)])
    assert "| SQLite | 2 | 2 000 | 3 | 0.50 [0.50-0.50] |" in shown
    assert "PostgreSQL |" not in shown

# SPDX-License-Identifier: Apache-2.0
"""What bandit questions fails the build, unless the very line answers that question with a reason."""

from pathlib import Path
from typing import Any

from tools import bandit

QUERY = 'def find(name):\n    return f"SELECT * FROM t WHERE name = {name}"'


def found(tmp_path: Path, text: str) -> list[dict[str, Any]]:
    (tmp_path / "one.py").write_text(text)
    return [one for one in bandit.found(str(tmp_path)) if bandit.is_open(one)]


def test_what_is_questioned_and_not_answered_is_open(tmp_path: Path) -> None:
    (one,) = found(tmp_path, f"{QUERY}\n")
    assert one["test_id"] == "B608"


def test_only_a_reason_for_that_very_question_answers() -> None:
    asked = {"test_id": "B608", "line_range": [2]}
    noqa = "# no" + "qa"
    for end, is_answered in (
        (f"  {noqa}: S608 - names come from our own schema", True),
        (f"  {noqa}: S603, S608 - names come from our own schema", True),
        (f"  {noqa}: S608", False),
        (f"  {noqa}: S105 - the name of a field", False),
        ("", False),
    ):
        assert bandit.answered(asked, f"{QUERY}{end}".splitlines()) is is_answered, end

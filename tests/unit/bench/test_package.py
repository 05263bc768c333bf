# SPDX-License-Identifier: Apache-2.0
"""A package is measured only when it is whole."""

from typing import Any

import pytest

from bench import erasure, package as section, process
from tests import cast
from tests.office import Office
from uphold.rights import package


def test_a_package_is_whole(sqlite_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office = sqlite_office
    for _ in range(erasure.SUBMISSIONS):
        office.submit()
    monkeypatch.setattr(erasure, "address", lambda _: cast.subject.email)
    row = section.taken(office.app, 0, package.json)
    assert row["bytes"] > 1000
    office.submit()
    with pytest.raises(process.Failed, match="not whole"):
        section.taken(office.app, 0, package.json)


def test_the_page_has_a_line_for_each_way() -> None:
    def row(way: str, ms: float, **more: Any) -> dict[str, Any]:
        return {"round": 1, "submissions": 10_000, "way": way, "ms": ms, "cpu_ms": ms, **more}

    shown = section.page([row("json", 20.0, bytes=20480), row("django", 5.0)])
    assert (
        "| Uphold: opened, journaled, as JSON | 20.0 [20.0-20.0] | 20.0 [20.0-20.0] | 20.0 |"
        in shown
    )
    assert "| Django: rows as JSON | 5.00 [5.00-5.00] | 5.00 [5.00-5.00] | - |" in shown
    assert "10 000 submissions" in shown

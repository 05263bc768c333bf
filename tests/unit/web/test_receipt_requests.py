# SPDX-License-Identifier: Apache-2.0
"""What the number of a receipt suffices to ask for, and how far that is; see tests/flow/test_withdraw."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import site
from uphold.app import App
from uphold.rights.machine import Kind
from uphold.submission import record
from uphold.web import receipt_requests


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = site.build(tmp_path)
    yield opened
    opened.close()


def test_nothing_that_shows_or_changes_data_is_among_the_kinds() -> None:
    needs_proof = {Kind.ACCESS, Kind.RECTIFICATION, Kind.PORTABILITY}
    assert needs_proof.isdisjoint(receipt_requests.KINDS)


def test_before_anything_is_asked_there_is_only_the_form(app: App) -> None:
    number = site.submit(app).number
    with app.database.read() as connection:
        facts = record.facts(connection, [number])[number]
    shown = receipt_requests.view(app, facts, "x")
    assert (shown.action_href, shown.made) == ("/receipt/x/request", ())
    assert shown.kinds == ("erasure", "restriction", "objection", "complaint")

# SPDX-License-Identifier: Apache-2.0
"""A program reads of a receipt what its page shows, and no value of a field."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import cast, site, visitor
from tests.editions import PURPOSE
from tests.visitor import JSON, Visitor
from uphold.app import App


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = site.build(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def anna(app: App) -> Iterator[Visitor]:
    with visitor.visiting(app) as found:
        yield found


def test_it_says_what_the_page_says(anna: Visitor) -> None:
    path = anna.receipt()
    answer = anna.get(path, JSON)
    told = answer.json
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert told["receipt_url"].endswith(path)
    (consent,) = told["consents"]
    assert (consent["purpose"], consent["state"], consent["edition"]) == (PURPOSE, "given", 1)
    means = consent["withdraw"]["means"]
    assert means["data"] == ["Name", "E-mail", "Telephone", "Message"]
    assert means["destroyed_by"] > told["received_at"]
    assert told["requests"] == []
    for value in cast.subject.values().values():
        assert value not in answer.html

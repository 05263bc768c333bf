# SPDX-License-Identifier: Apache-2.0
"""An officer at the desk of requests, over HTTP, on a site with one submission.

path = desk.entered(officer, kind="erasure")      a letter is typed in; its page
desk.move(officer, path, "take")
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests import cast, visitor
from tests.visitor import Answer, Visitor
from uphold.app import App
from uphold.rights import request
from uphold.rights.stored import Stored

LIST, ENTER = "/console/requests", "/console/requests/enter"
LETTER = {"kind": "access", "channel": "paper", "identity": "none"}
LONG_AGO = (datetime.now(UTC) - timedelta(days=60)).date().isoformat()
BY_ADDRESS = {**LETTER, "contact": cast.subject.email}


@pytest.fixture
def officer(here: App, somebody: Visitor) -> Iterator[Visitor]:
    somebody.receipt()
    visitor.employ(here, cast.officer)
    with visitor.visiting(here) as who:
        assert who.sign_in(cast.officer).status == 303
        yield who


def entered(officer: Visitor, **fields: str) -> str:
    """Enter a request; returns the path of its page."""
    answer = officer.act(ENTER, **{**BY_ADDRESS, **fields})
    assert answer.status == 303, answer.html
    return str(answer.location.partition("?")[0])


def stored(app: App, path: str) -> Stored:
    with app.database.read() as connection:
        return request.find(connection, int(path.rpartition("/")[2]))


def move(officer: Visitor, path: str, step: str, **fields: str) -> Answer:
    return officer.act(f"{path}/move", step=step, **fields)


def in_work(officer: Visitor, **fields: str) -> str:
    path = entered(officer, **{"identity": "document", **fields})
    assert move(officer, path, "take").status == 303
    return path

# SPDX-License-Identifier: Apache-2.0
"""Every operation is under a permission that a client can have, and every address below the API is the door's."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import Route

from tests import machine, site
from tests.machine import Api
from uphold.access import client
from uphold.access.permission import Permission
from uphold.app import App
from uphold.web import api
from uphold.web.api_door import BASE, Door

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "api.md"
OPERATIONS = [one for found in api.OPERATIONS.values() for one in found]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    opened = site.build(tmp_path_factory.mktemp("api"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def asked(app: App) -> Iterator[Api]:
    with machine.asked(app) as found:
        yield found


def test_scopes_are_what_operations_need() -> None:
    needed = {one.wanted for one in OPERATIONS} - {Permission.ACCOUNT_OWN}
    # To take up what was set aside is a move that needs a permission of its own.
    assert needed | {Permission.ENQUIRY_RELEASE} == set(client.SCOPES)


def test_whatever_changes_something_has_a_key() -> None:
    assert {one.name for one in OPERATIONS if one.is_act} == {"moveEnquiry", "moveRequest"}
    assert {one.name for one in OPERATIONS if one.method != "GET" and not one.is_act} == {
        "openRecord"
    }


def test_every_address_is_behind_the_door(app: App) -> None:
    first, *rest = api.routes(app)
    assert (first.path, first.methods) == ("/api/openapi.json", {"GET", "HEAD"})
    assert all(isinstance(route, Route) and isinstance(route.endpoint, Door) for route in rest)
    assert [route.path for route in rest[:-1]] == [BASE + path for path in api.OPERATIONS]
    assert rest[-1].path == "/api/{rest:path}"


def test_the_document_is_anybody_s(asked: Api) -> None:
    answer = asked.visitor.get("/api/openapi.json")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json["openapi"] == "3.1.0"
    assert asked.visitor.get("/api/v2/client").status == 404
    assert asked.visitor.get("/api/").status == 404


def test_the_reference_tells_each_operation_and_its_scope() -> None:
    told = re.findall(
        r"^\| `([A-Z]+) /api/v1(/[^`]*)` \| (?:`([^`]+)`)? ?\|", PAGE.read_text(), re.MULTILINE
    )
    own = Permission.ACCOUNT_OWN
    assert told == [
        (one.method, path, "" if one.wanted == own else str(one.wanted))
        for path, found in api.OPERATIONS.items()
        for one in found
    ]


def test_the_reference_tells_who_can_be_given_what() -> None:
    told = PAGE.read_text()
    for scope in client.SCOPES:
        has = " | ".join("yes" if scope in client.offered(role) else "no" for role in client.ROLES)
        assert f"| `{scope}` | {has} |" in told

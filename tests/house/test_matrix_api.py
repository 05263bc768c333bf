# SPDX-License-Identifier: Apache-2.0
"""Every operation of the API and which role's client may do it. A new one fails here until it has its line."""

from collections.abc import Iterator

import pytest

from tests import cast, machine, site
from tests.editions import PURPOSE
from tests.machine import Api
from uphold.access import client
from uphold.access.client import Made
from uphold.access.permission import Permission, Role
from uphold.app import App
from uphold.web import api

# What a client with every scope of its role gets, and what it posts.
NOTHING, REFUSED = 404, 403
WHO = ("anybody", "analyst", "auditor", "clerk", "officer")
OPEN, ENQUIRY, REQUEST = {"purpose": PURPOSE}, {"to": "discarded"}, {"step": "take"}
MATRIX = {
    # anybody, analyst, auditor, clerk, officer
    ("GET", "/client"): (NOTHING, 200, 200, 200, 200),
    ("GET", "/enquiries"): (NOTHING, REFUSED, 200, 200, 200),
    ("GET", "/enquiries/{id}"): (NOTHING, REFUSED, 200, 200, 200),
    # The policy gives an officer another purpose, and the gate says so.
    ("POST", "/enquiries/{id}/open"): (NOTHING, REFUSED, REFUSED, 200, REFUSED),
    ("POST", "/enquiries/{id}/move"): (NOTHING, REFUSED, REFUSED, 409, REFUSED),
    ("GET", "/requests"): (NOTHING, REFUSED, 200, REFUSED, 200),
    ("GET", "/requests/{number}"): (NOTHING, REFUSED, 200, REFUSED, 200),
    ("POST", "/requests/{number}/move"): (NOTHING, REFUSED, REFUSED, REFUSED, 409),
    ("GET", "/editions"): (NOTHING, 200, 200, 200, 200),
    ("GET", "/editions/{number}"): (NOTHING, 200, 200, 200, 200),
    ("GET", "/proof"): (NOTHING, REFUSED, 200, REFUSED, 200),
    ("GET", "/journal/head"): (NOTHING, 200, 200, 200, 200),
}
SENT = {
    "/enquiries/{id}/open": OPEN,
    "/enquiries/{id}/move": ENQUIRY,
    "/requests/{number}/move": REQUEST,
}
# What every client may look at: itself, and what is public anyway.
EVERYBODY_S = {"/client", "/editions", "/editions/{number}", "/journal/head"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    opened = site.build(tmp_path_factory.mktemp("matrix-api"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def asked(app: App) -> Iterator[Api]:
    with machine.asked(app) as found:
        assert found.request(found.submit()) == 1
        yield found


@pytest.fixture(scope="module")
def clients(asked: Api) -> dict[str, Made | None]:
    return {"anybody": None, **{str(role): asked.client(role) for role in client.ROLES}}


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """A client of another site."""
    other = site.anew(tmp_path_factory.mktemp("other-api"))
    with machine.asked(other) as elsewhere:
        yield elsewhere.client()
    other.close()


def test_every_operation_has_its_line() -> None:
    every = {(one.method, path) for path, found in api.OPERATIONS.items() for one in found}
    assert every == MATRIX.keys()


def status(asked: Api, who: Made | None, line: tuple[str, str]) -> int:
    method, path = line
    id_ = asked.get(asked.client(), "/enquiries").json["items"][0]["id"]
    address = path.replace("{id}", id_).replace("{number}", "1")
    answer = asked.ask(who, method, address, SENT.get(path))
    assert answer.status == 200 or cast.leaks(answer.body) == []
    return answer.status


@pytest.mark.parametrize("column", range(len(WHO)), ids=WHO)
@pytest.mark.parametrize("line", MATRIX, ids=" ".join)
def test_who_gets_what(
    asked: Api, clients: dict[str, Made | None], line: tuple[str, str], column: int
) -> None:
    assert status(asked, clients[WHO[column]], line) == MATRIX[line][column]


@pytest.mark.parametrize("line", MATRIX, ids=" ".join)
def test_a_client_of_another_site_is_a_stranger(
    asked: Api, foreign: Made, line: tuple[str, str]
) -> None:
    assert status(asked, foreign, line) == NOTHING


@pytest.mark.parametrize("line", MATRIX, ids=" ".join)
def test_without_scopes_there_is_only_what_is_everybody_s(
    asked: Api, line: tuple[str, str]
) -> None:
    for role in client.ROLES:
        found = status(asked, asked.client(role, scopes=()), line)
        assert found == (200 if line[1] in EVERYBODY_S else REFUSED)


@pytest.mark.parametrize("line", MATRIX, ids=" ".join)
def test_one_scope_opens_one_kind_of_door(asked: Api, line: tuple[str, str]) -> None:
    """A client that has every scope but the one that the operation needs is refused."""
    (operation,) = (one for one in api.OPERATIONS[line[1]] if one.method == line[0])
    for role in client.ROLES:
        rest = [one for one in client.offered(role) if one != operation.wanted]
        found = status(asked, asked.client(role, scopes=rest), line)
        assert found == (200 if operation.wanted == Permission.ACCOUNT_OWN else REFUSED)


@pytest.mark.parametrize("line", MATRIX, ids=" ".join)
def test_a_client_of_an_exercise_reaches_nobody(asked: Api, line: tuple[str, str]) -> None:
    """Of people's enquiries and requests there is nothing for it."""
    probe = asked.client(Role.OFFICER, purposes=(), exercise=9)
    named = "{id}" in line[1] or line[1].startswith("/requests/{")
    expected = NOTHING if named and MATRIX[line][-1] != REFUSED else MATRIX[line][-1]
    expected = NOTHING if line[1].endswith("/open") else expected
    assert status(asked, probe, line) == expected

# SPDX-License-Identifier: Apache-2.0
"""Requests over the API: told with their terms, moved only where nothing is decided."""

from collections.abc import Iterator

import pytest

from tests import cast, machine, site
from tests.machine import Api
from uphold.access.permission import Permission, Role
from uphold.app import App
from uphold.rights import request
from uphold.rights.machine import Kind
from uphold.web.api_rights import STEPS


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    opened = site.build(tmp_path_factory.mktemp("api-rights"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def asked(app: App) -> Iterator[Api]:
    with machine.asked(app) as found:
        yield found


def test_told_with_its_terms(asked: Api) -> None:
    who, id_ = asked.client(Role.OFFICER), asked.submit()
    number = asked.request(id_)
    answer = asked.get(who, f"/requests/{number}")
    found = answer.json
    assert (found["kind"], found["state"], found["enquiries"]) == ("access", "received", [id_])
    assert found["clocks"]
    assert all(one["due_at"] > one["started_at"] for one in found["clocks"])
    assert found["steps"] == ["ask-identity"]
    assert found["late"] is False
    assert cast.leaks(answer.body) == []


def test_open_and_ended_by_pages(app: App, asked: Api) -> None:
    who = asked.client(Role.AUDITOR)
    numbers = [asked.request(asked.submit()) for _ in range(3)]
    page = asked.get(who, "/requests?limit=2").json
    assert [one["number"] for one in page["items"]] == numbers[:0:-1]
    rest = asked.get(who, f"/requests?limit=100&cursor={page['next']}").json
    assert numbers[0] in [one["number"] for one in rest["items"]]
    assert rest["next"] is None
    before = [one["number"] for one in asked.get(who, "/requests?ended=true").json["items"]]
    app.writer.run(lambda tx: request.done(tx, app.ring, numbers[0], 1))
    after = [one["number"] for one in asked.get(who, "/requests?ended=true").json["items"]]
    assert set(after) - set(before) == {numbers[0]}
    assert asked.get(who, "/requests?cursor=x").status == 404
    # Whoever only looks can do no step.
    assert all(one["steps"] == [] for one in page["items"])


def test_moved_once_for_each_key(app: App, asked: Api) -> None:
    who = asked.client(Role.OFFICER)
    number = asked.request(asked.submit())
    sent = {"step": "ask-identity"}
    answers = [
        asked.post(who, f"/requests/{number}/move", sent, idempotency_key="a-key-of-mine")
        for _ in range(2)
    ]
    assert [one.status for one in answers] == [200, 200]
    assert answers[0].body == answers[1].body
    with app.database.read() as connection:
        (step,) = request.history(connection, number)
    assert (step.staff, str(step.to)) == (who.number, "identity-asked")
    assert asked.post(who, f"/requests/{number}/move", sent).status == 409


@pytest.mark.parametrize("step", ["verify", "extend", "fulfil", "refuse", "retract", "join", ""])
def test_what_decides_is_for_people(asked: Api, step: str) -> None:
    who, number = asked.client(Role.OFFICER), asked.request(asked.submit())
    assert asked.post(who, f"/requests/{number}/move", {"step": step}).status == 400
    assert step not in STEPS


def test_who_may_not(asked: Api) -> None:
    number = asked.request(asked.submit(), Kind.COMPLAINT)
    looks = asked.client(Role.OFFICER, scopes=(Permission.REQUEST_LIST,))
    sent = {"step": "ask-identity"}
    assert asked.post(looks, f"/requests/{number}/move", sent).status == 403
    assert asked.get(asked.client(Role.CLERK), f"/requests/{number}").status == 403


@pytest.mark.parametrize("number", ["0", "999999999", "x", "1" * 30, "-1", "١"])
def test_there_is_no_such_request(asked: Api, number: str) -> None:
    assert asked.get(asked.client(Role.OFFICER), f"/requests/{number}").status == 404


def test_a_client_of_an_exercise_sees_none_of_people_s(asked: Api) -> None:
    number = asked.request(asked.submit())
    probe = asked.client(Role.OFFICER, exercise=78)
    assert asked.get(probe, f"/requests/{number}").status == 404
    assert asked.get(probe, "/requests").json == {"items": [], "next": None}

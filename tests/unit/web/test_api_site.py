# SPDX-License-Identifier: Apache-2.0
"""What the API tells of the site itself is what the site says elsewhere."""

from collections.abc import Iterator

import pytest

from tests import machine, site
from tests.editions import PURPOSE
from tests.machine import Api
from uphold.access.permission import Role
from uphold.app import App
from uphold.assurance import proof


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    opened = site.build(tmp_path_factory.mktemp("api-site"))
    site.live(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def asked(app: App) -> Iterator[Api]:
    with machine.asked(app) as found:
        yield found


def test_a_client_is_told_what_it_is(asked: Api) -> None:
    found = asked.get(asked.client(Role.CLERK), "/client").json
    assert (found["role"], found["purposes"], found["openings_left"]) == ("clerk", [PURPOSE], 500)
    assert found["scopes"] == [
        "access:record:open",
        "enquiry:item:list",
        "enquiry:item:move",
        "enquiry:item:release",
    ]
    assert found["expires_at"].endswith("Z")


def test_editions(app: App, asked: Api) -> None:
    who = asked.client(Role.ANALYST)
    page = asked.get(who, "/editions").json
    assert [one["number"] for one in page["items"]] == [2, 1]
    assert [one["in_force"] for one in page["items"]] == [True, False]
    assert page["items"][0]["digest"] == app.shelf.in_force().digest
    first = asked.get(who, "/editions?limit=1").json
    rest = asked.get(who, f"/editions?limit=1&cursor={first['next']}").json
    assert ([one["number"] for one in rest["items"]], rest["next"]) == ([1], None)
    assert asked.get(who, "/editions/1").json == page["items"][1]
    assert [asked.get(who, f"/editions/{n}").status for n in ("3", "0", "x")] == [404] * 3
    assert asked.get(who, "/editions?cursor=x").status == 404


def test_the_proof_is_the_report(app: App, asked: Api) -> None:
    found = asked.get(asked.client(Role.AUDITOR), "/proof").json
    with app.database.read() as connection:
        report = proof.report(connection, app.ground(), site.now())
    assert found["well"] is report.is_well
    assert found["summary"] == {str(name): count for name, count in report.counts.items()}
    assert [one["id"] for one in found["clauses"]] == [one.id for one in report.clauses]
    assert {one["id"] for one in found["promises"]} == set(report.promises)
    assert (found["edition"], found["run"]) == (2, None)


def test_the_head_is_the_public_one(asked: Api) -> None:
    found = asked.get(asked.client(Role.ANALYST), "/journal/head").json
    assert found["checkpoint"] == asked.visitor.get("/journal/checkpoint").body.decode()
    assert found["checkpoint"].split("\n")[:2] == [found["origin"], str(found["size"])]
    assert found["key"] == asked.visitor.get("/journal/key").body.decode().strip()

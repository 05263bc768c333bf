# SPDX-License-Identifier: Apache-2.0
"""Machine clients at the console: made with a token that is shown once, listed, revoked."""

from collections.abc import Iterator

import pytest

from tests import cast, machine, site, visitor
from tests.editions import PURPOSE
from tests.office import quick_hashing
from tests.visitor import Answer, Visitor
from uphold.access import client, session
from uphold.access.permission import Permission, Role
from uphold.app import App

__all__ = ["quick_hashing"]

PAGE = "/console/clients"
GOOD = {
    "name": "importer",
    "role": "clerk",
    "days": "30",
    "scope.enquiry:item:list": "yes",
    "scope.access:record:open": "yes",
    f"for.{PURPOSE}": "yes",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    opened = site.build(tmp_path_factory.mktemp("clients"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def owner(app: App) -> Iterator[Visitor]:
    visitor.employ(app, cast.owner)
    with visitor.visiting(app) as somebody:
        assert somebody.sign_in(cast.owner).status == 303
        yield somebody


def token(answer: Answer) -> str:
    found: str = answer.html.partition(f"<code>{client.PREFIX}")[2].partition("</code>")[0]
    return client.PREFIX + found


def clients(app: App) -> dict[str, client.Client]:
    with app.database.read() as connection:
        return {one.name: one for one in client.clients(connection)}


def test_made_used_and_revoked(app: App, owner: Visitor) -> None:
    made = owner.act(PAGE, **GOOD)
    assert made.status == 200
    known = clients(app)["importer"]
    assert known.actor.scopes == frozenset(
        {Permission.ACCOUNT_OWN, Permission.ENQUIRY_LIST, Permission.RECORD_OPEN}
    )
    assert (known.actor.role, known.actor.purposes) == (Role.CLERK, frozenset({PURPOSE}))
    assert known.expires_at - known.made_at == 30 * client.DAY_MS
    assert known.made_by
    headers = {"authorization": f"Bearer {token(made)}"}
    with visitor.visiting(app) as program:
        assert program.get(f"{machine.BASE}/client", headers).json["name"] == "importer"
        again = owner.get(PAGE)
        assert "importer" in again.html
        assert token(made) not in again.html
        (address,) = [at for at in again.page.actions if at.endswith("/revoke")]
        assert owner.act(address).location == f"{PAGE}?done=client-revoked"
        assert program.get(f"{machine.BASE}/client", headers).status == 401
    assert owner.act(address).status == 404
    assert owner.get(PAGE).page.actions.count(address) == 0
    assert owner.act(f"{PAGE}/x/revoke").status == 404


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"name": "a b"}, "name"),
        ({"name": cast.owner.login}, "name"),
        ({"role": "owner"}, "role"),
        ({"role": ""}, "role"),
        ({"role": "auditor"}, "scope"),
        ({"scope.access:staff:invite": "yes"}, "scope"),
        ({"for.nothing": "yes"}, "purpose"),
        ({"for.consent-evidence": "yes"}, "purpose"),
        ({"days": "0"}, "days"),
        ({"days": "367"}, "days"),
        ({"days": "1e9"}, "days"),
        ({"days": "٣"}, "days"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_at_its_place(
    app: App, owner: Visitor, changed: dict[str, str], problem: str
) -> None:
    answer = owner.act(PAGE, **{**GOOD, "name": "another", **changed})
    assert answer.status == 422
    assert f'id="{problem}-error"' in answer.html
    assert "another" not in clients(app)


def test_a_fresh_proof_is_asked_for(app: App, owner: Visitor) -> None:
    def prove(at: int) -> None:
        app.writer.run(lambda tx: tx.execute(session.access_session.update().values(proven_at=at)))

    prove(site.now() - 3_600_000)
    assert owner.act(PAGE, **{**GOOD, "name": "late"}).location.startswith("/console/again")
    assert "late" not in clients(app)
    prove(site.now())


def test_the_officer_looks_and_revokes_and_makes_none(app: App, owner: Visitor) -> None:
    owner.act(PAGE, **{**GOOD, "name": "watched"})
    visitor.employ(app, cast.officer)
    with visitor.visiting(app) as officer:
        officer.sign_in(cast.officer)
        assert PAGE in officer.get("/console/staff").page.links
        page = officer.get(PAGE).page
        assert PAGE not in page.actions
        (address,) = [at for at in page.actions if at.endswith("/revoke")]
        assert officer.act(PAGE, **GOOD).status == 404
        assert officer.act(address).status == 303
    assert clients(app)["watched"].revoked_at

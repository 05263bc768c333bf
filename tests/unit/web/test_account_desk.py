# SPDX-License-Identifier: Apache-2.0
"""Sessions are listed and ended, second factors set and taken away, accounts closed."""

from tests import cast, visitor
from tests.office import quick_hashing
from tests.unit.web.second import ACCOUNT, clerk, set_up
from tests.visitor import Visitor
from uphold.app import App
from uphold.journal import entry
from uphold.vault import identifier

__all__ = ["clerk", "quick_hashing"]


def kinds(app: App) -> list[str]:
    with app.database.read() as connection:
        return [entry.decode(raw).kind for _, raw in app.log.entries(connection)]


def test_a_session_is_ended_from_another(here: App, clerk: Visitor) -> None:
    with visitor.visiting(here) as elsewhere:
        elsewhere.sign_in(cast.clerk)
        (path,) = [at for at in clerk.get(ACCOUNT).page.actions if "/session/" in at]
        assert clerk.act(path).status == 303
        assert elsewhere.get("/console").location.startswith("/console/login")
        assert clerk.act(path).status == 404
    assert clerk.get(ACCOUNT).status == 200
    visitor.employ(here, cast.owner)
    with visitor.visiting(here) as owner:
        owner.sign_in(cast.owner)
        (path,) = [f"{ACCOUNT}/session/{number}/end" for number in (1,)]
        assert owner.act(path).status == 404, "another's is as if there were none"
    assert clerk.get(ACCOUNT).status == 200


def test_the_owner_ends_sessions_takes_factors_and_closes_accounts(
    here: App, clerk: Visitor
) -> None:
    set_up(clerk)
    visitor.employ(here, cast.owner)
    ids = here.ring.identifiers
    theirs, mine = (f"/console/staff/{ids.encode(identifier.STAFF, n)}" for n in (1, 2))
    with visitor.visiting(here) as owner:
        owner.sign_in(cast.owner)
        assert theirs in owner.get("/console/staff").page.links
        assert owner.act(f"{theirs}/sessions").status == 303
        assert clerk.get("/console").location.startswith("/console/login")
        assert owner.act(f"{theirs}/factor").status == 303
        assert clerk.sign_in(cast.clerk).status == 303
        assert clerk.get("/console").status == 200
        assert owner.act(f"{mine}/close").status == 422, "nobody closes their own"
        assert owner.act(f"{theirs}/close").location.startswith("/console/staff?")
        assert clerk.get("/console").location.startswith("/console/login")
        assert clerk.sign_in(cast.clerk).status == 422
    assert {"staff.closed", "staff.factor-removed"} <= set(kinds(here))

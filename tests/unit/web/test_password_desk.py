# SPDX-License-Identifier: Apache-2.0
"""One's own password is changed by who knows it, and every session ends."""

from tests import cast, visitor
from tests.office import quick_hashing
from tests.unit.web.second import ACCOUNT, clerk
from tests.visitor import Answer, Visitor
from uphold.app import App
from uphold.journal import entry

__all__ = ["clerk", "quick_hashing"]

FRESH = "seven herons over the lock"


def change(who: Visitor, current: str, fresh: str, again: str = "") -> Answer:
    fields = {"current": current, "password": fresh, "again": again or fresh}
    return who.act(f"{ACCOUNT}/password", **fields)


def test_who_knows_the_present_one_sets_another_and_every_session_ends(
    here: App, clerk: Visitor
) -> None:
    with visitor.visiting(here) as thief:
        thief.sign_in(cast.clerk)
        assert change(clerk, cast.clerk.password, FRESH).location == (
            "/console/login?done=password-set"
        )
        assert thief.get(ACCOUNT).status == 303
        assert thief.sign_in(cast.clerk).status == 422, "the old one is no good"
        assert thief.sign_in(cast.clerk, FRESH).status == 303
        assert thief.get(ACCOUNT).status == 200
    with here.database.read() as connection:
        kinds = [entry.decode(raw).kind for _, raw in here.log.entries(connection)]
    assert kinds.count("staff.password-set") == 2


def test_nobody_else_does_and_a_weak_one_is_refused(clerk: Visitor) -> None:
    present = cast.clerk.password
    for current, fresh, again, told in (
        ("not the present one", FRESH, FRESH, "is not right"),
        (present, "short", "short", "too short"),
        (present, "password1234", "password1234", "easy to guess"),
        (present, FRESH, f"{FRESH}!", "differ"),
    ):
        refused = change(clerk, current, fresh, again)
        assert refused.status == 422
        assert told in refused.page.summary, told
    assert clerk.get(ACCOUNT).status == 200


def test_the_present_one_cannot_be_guessed_at(clerk: Visitor) -> None:
    told = [change(clerk, "not the present one", FRESH).status for _ in range(8)]
    assert set(told[:5]) == {422}
    assert told[-1] == 429

# SPDX-License-Identifier: Apache-2.0
"""What an alert has put upon an account is felt by its very next request, at the console and at the API alike."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import cast, machine, visitor
from tests.office import quick_hashing
from tests.unit.web.second import clerk, code, set_up
from tests.unit.web.test_export_desk import make, owner, paths
from tests.visitor import ADDRESS, Answer, Visitor
from uphold.access import arrival, restraint, session
from uphold.access.client import Made
from uphold.access.restraint import Wanted, What
from uphold.app import App
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.web import staffed, turns

__all__ = ["clerk", "owner", "quick_hashing"]

HOUR = 60 * restraint.MINUTE
HOME = "/console"
AGAIN = f"{HOME}/again"


def bind(app: App, what: What, staff: int = 0, source: str = "") -> int:
    def place(tx: Transaction) -> int:
        return restraint.place(tx, Wanted(what, staff, source, tx.now + HOUR, 1, "a-rule"))

    return app.writer.run(place)


def number(app: App, who: Visitor) -> int:
    with app.database.read() as connection:
        found = session.resolve(connection, who.cookies[staffed.COOKIE], turns._now())
    assert found is not None
    return found.actor.staff


def take_turns(app: App, staff: int, source: str) -> None:
    """Let others stand in line before, as many as may."""
    for _ in range(9):
        app.writer.run(lambda tx: restraint.turn(tx, staff, source, tx.now))


def prove(who: Visitor, **fields: str) -> Answer:
    """Post to the one page that is open to a session which must prove itself."""
    csrf = session.csrf(who.cookies[staffed.COOKIE])
    return who.post(AGAIN, {"_csrf": csrf, **fields})


def reasons(app: App) -> list[object]:
    with app.database.read() as connection:
        told = [entry.decode(raw) for _, raw in app.log.entries(connection)]
    return [one.codes["reason"] for one in told if one.kind == "staff.refused"]


def test_a_lock_ends_what_goes_on_and_is_told_to_who_knows_the_password(
    here: App, clerk: Visitor
) -> None:
    staff = number(here, clerk)
    assert clerk.get(HOME).status == 200
    placed = bind(here, What.LOCK, staff)
    assert clerk.get(HOME).location.startswith("/console/login")
    with visitor.visiting(here) as other:
        answer = other.sign_in(cast.clerk)
        assert answer.status == 403
        assert "This account is locked until" in answer.page.text
        wrong = other.post(
            "/console/login", {"login": cast.clerk.login, "password": "not the right one"}
        )
        assert wrong.status == 422
        assert "locked" not in wrong.page.text
        assert reasons(here) == ["account-locked", "password-wrong"]
        here.writer.run(lambda tx: restraint.lift(tx, placed, 99))
        assert other.sign_in(cast.clerk).status == 303


def test_a_new_proof_is_asked_of_every_session_and_what_was_posted_goes_on(
    here: App, clerk: Visitor
) -> None:
    bind(here, What.STEP_UP, number(here, clerk))
    assert clerk.get(HOME).location == f"{AGAIN}?next=%2Fconsole"
    asked = clerk.get(AGAIN)
    assert "Something unusual was seen" in asked.page.text
    assert prove(clerk, given="a guess").status == 422
    assert clerk.get(HOME).status == 303
    assert prove(clerk, given=cast.clerk.password, next=HOME).location == HOME
    assert clerk.get(HOME).status == 200


def test_a_new_proof_is_by_both_factors_where_there_are_two(here: App, clerk: Visitor) -> None:
    secret, recovery = set_up(clerk)
    bind(here, What.STEP_UP, number(here, clerk))
    asked = clerk.get(AGAIN)
    assert {"given", "password"} <= asked.page.fields.keys()
    # A code alone is what a thief of the device has, a password alone what a thief of the password has.
    assert prove(clerk, given=recovery[0]).status == 422
    assert prove(clerk, given=recovery[0], password="a guess").status == 422
    assert prove(clerk, password=cast.clerk.password, given="000000").status == 422
    assert clerk.get(HOME).status == 303
    done = prove(clerk, given=recovery[0], password=cast.clerk.password, next=HOME)
    assert done.location == HOME
    assert clerk.get(HOME).status == 200
    assert code(secret)


def test_exports_stop_to_be_made_and_to_be_taken(here: App, owner: Visitor) -> None:
    make(owner)
    take, _ = paths(owner)
    placed = bind(here, What.EXPORT, number(here, owner))
    refused = owner.act(take)
    assert refused.status >= 400
    assert "Exports are stopped for now" in refused.page.text
    assert cast.leaks(refused.body) == []
    assert "Exports are stopped for now" in make(owner).page.text
    assert len(paths(owner)) == 2
    here.writer.run(lambda tx: restraint.lift(tx, placed, 99))
    assert owner.act(take).status == 200


def test_under_a_delay_requests_that_come_at_once_stand_in_one_line(
    here: App, clerk: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restraint, "PACE_MS", 400)
    monkeypatch.setattr(restraint, "PATIENCE_MS", 1_000)
    bind(here, What.DELAY, number(here, clerk))
    token, at_once = clerk.cookies[staffed.COOKIE], turns._now()
    # However slow the machine is, they come at one moment.
    monkeypatch.setattr(turns, "_now", lambda: at_once)

    def ask(_: int) -> int:
        with visitor.visiting(here) as one:
            return one.ask("GET", HOME, headers={"cookie": f"{staffed.COOKIE}={token}"}).status

    with ThreadPoolExecutor(6) as pool:
        found = sorted(pool.map(ask, range(6)))
    assert found == [200, 200, 200, 429, 429, 429]


def test_a_delayed_source_signs_in_slowly_and_another_does_not(
    here: App, clerk: Visitor, stranger: Visitor
) -> None:
    source = arrival.source(here.ring.signal_key, ADDRESS, turns._now())
    bind(here, What.DELAY, source=source)
    here.writer.run(lambda tx: [restraint.turn(tx, 0, source, tx.now) for _ in range(9)] and None)
    refused = clerk.sign_in(cast.clerk)
    assert refused.status == 429
    assert int(refused.headers["retry-after"]) > restraint.PATIENCE_MS // 1000
    assert stranger.sign_in(cast.clerk).status == 303
    # Whoever is signed in works on, wherever they are.
    assert clerk.get(HOME).status == 200


def late(*, had_turn: bool) -> turns.Later:
    return turns.Later(0.0)


def test_a_turn_is_taken_once() -> None:
    with pytest.raises(TypeError):
        asyncio.run(turns.run(late))


@pytest.fixture
def asked(here: App) -> Iterator[machine.Api]:
    with machine.asked(here) as found:
        yield found


@pytest.fixture
def program(asked: machine.Api) -> Made:
    return asked.client()


def test_a_locked_program_gets_nothing_and_is_told_why(
    here: App, asked: machine.Api, program: Made
) -> None:
    assert asked.get(program, "/enquiries").status == 200
    placed = bind(here, What.LOCK, program.number)
    refused = asked.get(program, "/enquiries")
    assert (refused.status, refused.json["type"]) == (403, "urn:uphold:problem:client-locked")
    assert int(refused.headers["retry-after"]) > 0
    here.writer.run(lambda tx: restraint.lift(tx, placed, 99))
    assert asked.get(program, "/enquiries").status == 200


def test_a_delayed_program_comes_again(here: App, asked: machine.Api, program: Made) -> None:
    bind(here, What.DELAY, program.number)
    take_turns(here, program.number, "")
    refused = asked.get(program, "/enquiries")
    assert refused.status == 429
    assert int(refused.headers["retry-after"]) > restraint.PATIENCE_MS // 1000


def test_tokens_are_guessed_slowly_from_a_delayed_source(here: App, asked: machine.Api) -> None:
    assert asked.ask(None, "GET", "/enquiries").status == 404
    source = arrival.source(here.ring.signal_key, ADDRESS, turns._now())
    bind(here, What.DELAY, source=source)
    take_turns(here, 0, source)
    assert asked.ask(None, "GET", "/enquiries").status == 429

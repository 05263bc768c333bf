# SPDX-License-Identifier: Apache-2.0
"""The console's door by itself: what it decides before any page. Sessions end to end are in tests/flow."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from starlette.requests import Request
from starlette.responses import Response

from tests import cast, site, visitor
from tests.office import quick_hashing
from tests.unit.web.second import set_up
from tests.visitor import Visitor
from uphold import errors
from uphold.access import session
from uphold.access.permission import Permission
from uphold.access.session import Attempt, Signed
from uphold.app import App
from uphold.mail import letter
from uphold.web import staffed
from uphold.web.staffed import Visit

__all__ = ["quick_hashing"]
Make = Callable[..., Request]


@pytest.fixture
def token(here: App, quick_hashing: None) -> str:
    """The session of a clerk."""
    visitor.employ(here, cast.clerk)
    attempt = Attempt(cast.clerk.login, cast.clerk.password, b"source")
    signed = session.sign_in(here.writer, attempt, key=b"k", now=site.now())
    assert isinstance(signed, Signed)
    return signed.token


def through(
    app: App, request: Request, body: bytes = b"", wanted: Permission = Permission.ENQUIRY_LIST
) -> tuple[Response, list[Visit]]:
    """Send a request through the door; returns the answer and who came in."""
    entered: list[Visit] = []

    def handler(visit: Visit) -> Response:
        entered.append(visit)
        return Response("in")

    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    request._receive = receive
    return entering(app, request, handler, wanted), entered


def entering(
    app: App,
    request: Request,
    handler: staffed.Handler,
    wanted: Permission = Permission.ENQUIRY_LIST,
) -> Response:
    async def enter() -> Response:
        return await staffed.door(app, wanted, handler)(request)

    return asyncio.run(enter())


def cookie(token: str) -> dict[str, str]:
    return {"cookie": f"{staffed.COOKIE}={token}"}


def test_a_stranger_is_led_to_sign_in(here: App, request_of: Make) -> None:
    answer, entered = through(here, request_of("/console/staff?lang=ru"))
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/login?next=%2Fconsole%2Fstaff&lang=ru"
    assert entered == []
    answer, _ = through(here, request_of("/console"))
    assert answer.headers["location"] == "/console/login"
    answer, _ = through(here, request_of("/console/staff", **cookie("made-up")))
    assert "problem=expired" in answer.headers["location"]


def test_staff_come_in(here: App, request_of: Make, token: str) -> None:
    answer, (visit,) = through(here, request_of("/console?done=moved", **cookie(token)))
    assert answer.status_code == 200
    assert visit.session.login == cast.clerk.login
    assert visit.may(Permission.ENQUIRY_ANSWER)
    assert not visit.may(Permission.STAFF_LIST)
    around = visit.frame()
    assert around.person is not None
    assert (around.person.name, around.flash) == (cast.clerk.login, "moved")
    assert around.token == session.csrf(token)
    assert visit.frame("answered").flash == "answered"


def test_what_is_not_permitted_is_not_there(here: App, request_of: Make, token: str) -> None:
    request = request_of("/console/staff", **cookie(token))
    answer, entered = through(here, request, wanted=Permission.STAFF_LIST)
    assert (answer.status_code, entered) == (404, [])


FORM = {"content_type": "application/x-www-form-urlencoded"}


def test_a_post_needs_token_and_origin(here: App, request_of: Make, token: str) -> None:
    good = f"_csrf={session.csrf(token)}&to=closed".encode()

    def post(body: bytes, **headers: str) -> int:
        request = request_of("/console", "POST", **FORM, **cookie(token), **headers)
        return through(here, request, body)[0].status_code

    assert post(good) == 200
    assert post(good, sec_fetch_site="same-origin") == 200
    assert post(b"to=closed") == 403
    assert post(b"_csrf=wrong&to=closed") == 403
    assert post(good, origin="https://evil.example") == 403
    assert post(good, sec_fetch_site="cross-site") == 403
    assert post(b"_csrf=%ff") == 400
    assert post(b"x" * (staffed.ANSWER_BYTES + 1)) == 413


def test_the_longest_answer_fits(here: App, request_of: Make, token: str) -> None:
    """In any letters: an emoji takes twelve bytes when form-encoded."""
    text = "%F0%9F%99%82" * letter.LONGEST_TEXT
    body = f"_csrf={session.csrf(token)}&text={text}".encode()
    request = request_of("/console", "POST", **FORM, **cookie(token))
    answer, (visit,) = through(here, request, body)
    assert answer.status_code == 200
    assert len(visit.posted["text"]) == letter.LONGEST_TEXT


@pytest.mark.parametrize(
    ("error", "status"), [(errors.Missing("x"), 404), (errors.Unavailable("x"), 503)]
)
def test_errors_of_handlers_become_pages(
    here: App, request_of: Make, token: str, error: Exception, status: int
) -> None:
    def handler(_: Visit) -> Response:
        raise error

    request = request_of("/console", **cookie(token))
    assert entering(here, request, handler).status_code == status


def test_where_an_attempt_comes_from_is_hidden(here: App, request_of: Make) -> None:
    first, again = (staffed.source(here, request_of("/")) for _ in range(2))
    other = request_of("/")
    other.scope["client"] = ("198.51.100.1", 1)
    assert first == again != staffed.source(here, other)
    assert b"192.0.2.7" not in first
    other.scope["client"] = None
    assert len(staffed.source(here, other)) == 16


def test_the_cookie_is_taken_away(here: App) -> None:
    answer = staffed.with_cookie(here, Response(), "")
    assert "Max-Age=0" in answer.headers["set-cookie"]


def test_a_session_that_does_nothing_is_locked_and_goes_on_after_its_proof(
    here: App, somebody: Visitor, quick_hashing: None
) -> None:
    visitor.employ(here, cast.clerk)
    somebody.sign_in(cast.clerk)
    token = somebody.cookies[staffed.COOKIE]
    by = here.settings.console.lock_minutes * 60_000
    here.writer.run(lambda tx: session.grow_old(tx, token, by))
    locked = somebody.get("/console")
    assert (locked.status, locked.location) == (303, "/console/again?next=%2Fconsole")
    assert somebody.get("/console/account").status == 303
    assert somebody.get("/console").status == 303, "a look at the lock does not open it"
    again = {"_csrf": session.csrf(token), "next": "/console"}
    guess = somebody.post("/console/again", {**again, "given": "a guess of nobody's"})
    assert guess.status == 422
    assert somebody.get("/console").status == 303
    proof = {**again, "given": cast.clerk.password}
    assert somebody.post("/console/again", proof).location == "/console"
    assert somebody.get("/console").status == 200


def test_without_the_second_factor_that_is_demanded_nothing_else_can_be_done(
    here: App, quick_hashing: None
) -> None:
    console = msgspec.structs.replace(here.settings.console, second_factor="required")
    strict = replace(here, settings=msgspec.structs.replace(here.settings, console=console))
    visitor.employ(here, cast.owner)
    with visitor.visiting(strict) as somebody:
        somebody.sign_in(cast.owner)
        for place in ("/console", "/console/staff", "/console/policy", "/console/requests"):
            assert somebody.get(place).location == "/console/account?next=" + quote(place, safe="")
        asked = somebody.act("/console/staff", login="x-man", role="owner")
        assert asked.location == "/console/account"
        assert somebody.get("/console/account").status == 200
        assert somebody.get("/console/again").status == 200
        set_up(somebody)
        assert somebody.get("/console").status == 200
        assert somebody.act("/console/logout").status == 303


def test_alarms_are_looked_for_once_a_page(
    here: App, quick_hashing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many lines it has: a list of fifty must not ask fifty times."""
    visitor.employ(here, cast.officer)
    looked: list[int] = []
    real = staffed._alarm

    def alarm(app: App, now: int, **options: bool) -> Any:
        looked.append(now)
        return real(app, now, **options)

    with visitor.visiting(here) as who:
        for _ in range(3):
            assert who.send().status == 303
        who.sign_in(cast.officer)
        monkeypatch.setattr(staffed, "_alarm", alarm)
        assert who.get("/console").html.count("/console/enquiry/") >= 3
    assert len(looked) == 1

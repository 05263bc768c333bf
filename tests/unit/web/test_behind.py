# SPDX-License-Identifier: Apache-2.0
"""Routes that are made when they are asked for: the same answers, and nothing made for strangers' guesses."""

import threading

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from uphold.app import App
from uphold.web import server
from uphold.web.behind import Behind, Routed
from uphold.web.post import Door


class Desk:
    """Routes below /desk, and how often they were made."""

    def __init__(self) -> None:
        self.made = 0
        self.makers: set[threading.Thread] = set()

    def routes(self) -> list[Route]:
        self.made += 1
        self.makers.add(threading.current_thread())

        def shown(request: Request) -> Response:
            return PlainTextResponse(f"{request.method} {request.path_params['one']}")

        return [
            Route("/desk/{one}", shown, methods=["GET"]),
            Route("/desk/{one}", shown, methods=["POST"]),
        ]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def site(desk: Desk) -> Routed:
    def home(_: Request) -> Response:
        return PlainTextResponse("home")

    return Routed(routes=[Route("/", home), Behind(("/desk",), desk.routes)])


SCOPE: Scope = {"type": "http", "method": "GET", "headers": [], "query_string": b""}


async def nothing() -> Message:
    return {"type": "http.request"}


async def ask(site: ASGIApp, method: str, path: str) -> tuple[int, str]:
    """Return the status and the text of an answer."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await site({**SCOPE, "method": method, "path": path}, nothing, send)
    return sent[0]["status"], b"".join(one["body"] for one in sent[1:]).decode()


async def test_they_are_made_once_and_when_asked(desk: Desk, site: Routed) -> None:
    assert await ask(site, "GET", "/") == (200, "home")
    assert (await ask(site, "GET", "/wp-login.php"))[0] == 404
    assert desk.made == 0
    assert await ask(site, "GET", "/desk/7") == (200, "GET 7")
    assert await ask(site, "POST", "/desk/8") == (200, "POST 8")
    assert desk.made == 1


@pytest.mark.parametrize("path", ["/desk/7", "/desk/", "/desk"])
async def test_others_are_served_while_they_are_made(desk: Desk, path: str) -> None:
    """Also where an address is tried with a slash at its end."""
    await ask(Routed(routes=[Behind(("/desk/",), desk.routes)]), "GET", path)
    assert desk.made == 1
    assert threading.current_thread() not in desk.makers


async def test_what_cannot_be_made_is_a_fault_that_says_nothing() -> None:
    """Its page is like that of any, and the next request tries again."""

    def fail() -> list[Route]:
        raise ImportError

    def sorry(_: Request, __: Exception) -> Response:
        return PlainTextResponse("sorry", 500)

    site = Routed(routes=[Behind(("/desk",), fail)], exception_handlers={Exception: sorry})
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    with pytest.raises(ImportError):
        await site({**SCOPE, "path": "/desk/7"}, nothing, send)
    assert (sent[0]["status"], sent[1]["body"]) == (500, b"sorry")


async def test_a_request_knows_its_own_route(site: Routed) -> None:
    seen: list[str] = []

    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        await site(scope, receive, send)
        seen.append(scope["route"].path)

    await ask(noting, "GET", "/desk/7")
    assert seen == ["/desk/{one}"]


async def test_what_fits_none_is_answered_as_ever(site: Routed) -> None:
    assert (await ask(site, "GET", "/desk/7/8"))[0] == 404
    assert (await ask(site, "DELETE", "/desk/7"))[0] == 405


def test_every_route_of_a_site_is_found_by_its_address(here: App) -> None:
    site = server.routes(here, Door(here))
    for route in site.routes:
        assert isinstance(route, Route)
        assert route in list(site.among(route.path)), route.path


def test_nothing_is_made_for_what_is_not_there(here: App) -> None:
    site = server.routes(here, Door(here))
    groups = [one for one in site.router.routes if isinstance(one, Behind)]
    assert groups
    for path in ("/", "/f/feedback", "/wp-login.php", "/.env", "/static/uphold.css", "/visit"):
        assert not any(one.is_waiting_for(path) for one in groups), path

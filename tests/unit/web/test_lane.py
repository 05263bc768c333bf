# SPDX-License-Identifier: Apache-2.0
"""The fast lane: the same answers as uvicorn's own way, and nothing that is not plain takes it."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from tests import cast, site, visitor
from tests.visitor import BOX
from uphold.app import App
from uphold.submission import form
from uphold.web.lane import Answer, Lane
from uphold.web.server import Face

ENCODED = "application/x-www-form-urlencoded"
PAGE = {"accept": "text/html", "accept-language": "ru"}
DATA = {"accept": "application/json"}
# What differs from one submission to the next: its number's name, a fresh token, and what hangs on it.
OWN = re.compile(rb"/receipt/[a-z2-7]{26}|\"id\":\"[a-z2-7]{26}\"|[A-Za-z0-9_-]{80,}")


class Wire(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.7", 40_000), "sockname": ("127.0.0.1", 8000)})
        self.written = b""
        self.writes = 0
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data
        self.writes += 1

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """All is taken at once here."""

    def pause_reading(self) -> None:
        """Nothing is read here."""

    def resume_reading(self) -> None:
        """As above."""


def connect(application: Any, *, proxies: bool = False) -> tuple[Lane, Wire]:
    config = uvicorn.Config(
        application, http=Lane, lifespan="off", log_config=None, proxy_headers=proxies
    )
    config.load()
    made, wire = Lane(config=config, server_state=ServerState(), app_state={}), Wire()
    made.connection_made(wire)
    return made, wire


def request(body: bytes, path: str = "/f/feedback", kind: str = ENCODED, **headers: str) -> bytes:
    named = {"host": "uphold.example", "content-type": kind, "content-length": str(len(body))}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + body


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.001)


def fields(app: App, **changed: str) -> bytes:
    token = visitor.old_token(app, site.now() - 5000)
    return urlencode({form.TOKEN: token, **cast.subject.values(), BOX: "yes", **changed}).encode()


async def answered(application: object, *requests: bytes) -> bytes:
    made, wire = connect(application)
    for raw in requests:
        made.data_received(raw)
    await until(lambda: wire.written.count(b"HTTP/1.1 ") == 1 and not made.tasks)
    return wire.written


def slow(face: Face) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """The same application without a way in for the lane."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await face(scope, receive, send)

    return application


CASES: dict[str, Callable[[App], bytes]] = {
    "stored, for a program": lambda app: request(fields(app), **DATA),
    "stored, for a person": lambda app: request(fields(app), **PAGE),
    "connection closed": lambda app: request(fields(app), **DATA, connection="close"),
    "a problem": lambda app: request(fields(app, email="no"), **DATA),
    "a problem on a page": lambda app: request(fields(app, email="no"), **PAGE),
    "undeclared": lambda app: request(fields(app, extra="1"), **DATA),
    "no token": lambda _: request(b"name=A", **DATA),
    "nothing": lambda _: request(b"", **DATA),
    "malformed": lambda _: request(b"a=%ff", **DATA),
    "another type": lambda _: request(b"x", kind="text/plain", **DATA),
    "too large": lambda _: request(b"x" * 300_000, **DATA),
    "no such form": lambda app: request(fields(app), "/f/none", **PAGE),
    "a strange host": lambda app: request(fields(app), **PAGE, host="a b"),
    "a query": lambda app: request(fields(app), "/f/feedback?lang=en", **PAGE),
    "an escaped path": lambda app: request(fields(app), "/f/feed%62ack", **DATA),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
async def test_both_ways_give_the_same_answer(here: App, case: Callable[[App], bytes]) -> None:
    face = Face(here)
    quick, usual = await answered(face, case(here)), await answered(slow(face), case(here))
    assert OWN.sub(b"", quick) == OWN.sub(b"", usual)
    assert quick.startswith(b"HTTP/1.1 ")


async def test_an_answer_leaves_in_one_write(here: App) -> None:
    made, wire = connect(Face(here))
    made.data_received(request(fields(here), **DATA))
    await until(lambda: bool(wire.written))
    assert wire.writes == 1
    assert wire.written.startswith(b"HTTP/1.1 201 ")


class Slow:
    """Answers a post when told to, and says which way it came."""

    def __init__(self) -> None:
        self.went: list[str] = []
        self.may = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.went.append("usual")
        await self.may.wait()
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def post(self, scope: Scope, receive: Receive) -> Answer:
        self.went.append("quick")
        await self.may.wait()
        return 201, [(b"content-length", b"0")], b""


@pytest.fixture
def application() -> Slow:
    return Slow()


PLAIN = request(b"a=b")
OTHERS = {
    "a query": request(b"a=b", "/f/feedback?x=1"),
    "another path": request(b"a=b", "/console/signin"),
    "an escape": request(b"a=b", "/f/%66"),
    "another method": PLAIN.replace(b"POST", b"PUT", 1),
    "an older protocol": PLAIN.replace(b"HTTP/1.1", b"HTTP/1.0"),
    "an upgrade": request(b"a=b", connection="upgrade", upgrade="x"),
    "a question first": request(b"a=b", expect="100-continue"),
}


@pytest.mark.parametrize("raw", OTHERS.values(), ids=list(OTHERS))
async def test_what_is_not_plain_goes_the_usual_way(application: Slow, raw: bytes) -> None:
    application.may.set()
    made, wire = connect(application)
    made.data_received(raw)
    await until(lambda: b" 204 " in wire.written)
    assert application.went == ["usual"]


async def test_behind_a_proxy_all_goes_the_usual_way(application: Slow) -> None:
    application.may.set()
    made, wire = connect(application, proxies=True)
    made.data_received(PLAIN)
    await until(lambda: b" 204 " in wire.written)
    assert application.went == ["usual"]


@pytest.mark.parametrize("at", [1, len(PLAIN) - 3, len(PLAIN) - 1])
async def test_a_post_in_pieces_is_answered(application: Slow, at: int) -> None:
    application.may.set()
    made, wire = connect(application)
    made.data_received(PLAIN[:at])
    await asyncio.sleep(0)
    assert wire.written == b""
    made.data_received(PLAIN[at:])
    await until(lambda: b"HTTP/1.1 20" in wire.written)
    # A head alone is no post yet; once it is all here, a body that is not makes it uvicorn's.
    assert application.went == ["quick" if at == 1 else "usual"]


async def test_posts_behind_one_another_are_answered_in_order(application: Slow) -> None:
    made, wire = connect(application)
    made.data_received(PLAIN + PLAIN + PLAIN)
    await until(lambda: application.went == ["quick"])
    await asyncio.sleep(0)
    assert wire.written == b""
    application.may.set()
    await until(lambda: wire.written.count(b"HTTP/1.1 ") == 3)
    assert application.went == ["quick", "usual", "usual"]
    made.data_received(PLAIN)
    await until(lambda: wire.written.count(b"HTTP/1.1 201") == 2)
    assert not wire.closed


async def test_a_stop_lets_a_post_be_answered_and_closes(application: Slow) -> None:
    made, wire = connect(application)
    made.data_received(PLAIN)
    await until(lambda: bool(application.went))
    made.shutdown()
    assert not wire.closed
    application.may.set()
    await until(lambda: wire.closed)
    assert b"connection: close\r\n\r\n" in wire.written


async def test_who_went_away_is_not_answered(application: Slow) -> None:
    made, wire = connect(application)
    made.data_received(PLAIN)
    await until(lambda: bool(application.went))
    made.connection_lost(None)
    application.may.set()
    await until(lambda: not made.tasks)
    assert wire.written == b""


@pytest.mark.parametrize(
    "headers", [None, [(b"location", b"/\r\nx: y")]], ids=["it fails", "a broken header"]
)
async def test_an_application_that_fails_has_its_connection_closed(headers: Any) -> None:
    failed: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failed.append(context))

    class Failing(Slow):
        async def post(self, scope: Scope, receive: Receive) -> Answer:
            if headers is None:
                raise RuntimeError
            return 303, headers, b""

    made, wire = connect(Failing())
    made.data_received(PLAIN)
    await until(lambda: wire.closed and not made.tasks)
    assert wire.written == b""


async def test_nothing_is_sent_to_who_does_not_read(application: Slow) -> None:
    made, wire = connect(application)
    made.pause_writing()
    application.may.set()
    made.data_received(PLAIN)
    await until(lambda: bool(application.went))
    await asyncio.sleep(0.01)
    assert wire.written == b""
    made.resume_writing()
    await until(lambda: b" 201 " in wire.written)


async def test_whoever_leaves_ends_each_connection_with_its_answer(here: App) -> None:
    """On the fast lane, on uvicorn's way, and for a visit; `/readyz` says so meanwhile."""
    face = Face(here)
    face.leaving.begin()
    slower = slow(face)
    vars(slower)["leaving"] = face.leaving
    for application in (face, slower):
        for raw, status in (
            (request(fields(here), **DATA), b"201"),
            (request(b"{}", "/visit", "application/json"), b"202"),
            (b"GET /readyz HTTP/1.1\r\nhost: uphold.example\r\n\r\n", b"503"),
        ):
            made, wire = connect(application)
            made.data_received(raw)
            await until(wire.is_closing)
            assert wire.written.startswith(b"HTTP/1.1 " + status)
            assert wire.written.count(b"connection: close\r\n") == 1

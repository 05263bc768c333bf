# SPDX-License-Identifier: Apache-2.0
"""The site as one ASGI application: routes, the hot path before them, headers around them."""

import re
import string
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import cache, partial
from importlib import resources
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from uphold import errors
from uphold.app import App
from uphold.database import sequence
from uphold.web import (
    api,
    console,
    holder,
    my_routes,
    opinions,
    published,
    receipt_requests,
    renewals,
    reply,
    visit,
    visit_choice,
    withdrawals,
)
from uphold.web.behind import Behind, Routed
from uphold.web.crowd import Crowd
from uphold.web.lane import Answer
from uphold.web.leaving import Leaving
from uphold.web.noticed import Noticed
from uphold.web.post import PREFIX, Door
from uphold.web.public import Public
from uphold.web.security import Headers
from uphold.web.tiles import Tiles
from uphold.web.turnstile import Turnstile
from uphold.web.visit import Pairs

_KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
# RFC 3986 3.2.2, less the characters that no host of ours has.
_HOST = re.compile(rb"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{0,5})?")
# What pages on other hosts may load as well.
_ELSEWHERE = {"visit.js": {"cross-origin-resource-policy": "cross-origin"}}
_FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}


class Face:
    """The outermost application: posts of forms go to their door, everything else through the routes."""

    def __init__(self, app: App, crowd: Crowd | None = None) -> None:
        """Build the routes of `app`. `crowd` is of the server's connections, for `web.protocol`."""
        self.crowd = crowd or Crowd()
        self.leaving = Leaving(app.settings.serve.drain_seconds)
        self._door = Door(app)
        routed = routes(app, self._door, self.leaving)
        inner = Headers(Turnstile(routed, app), secure=app.settings.secure)
        self._rest: ASGIApp = Noticed(inner, self._door.watch)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        scope = readable(scope)
        if scope["method"] != "POST":
            await self._rest(scope, receive, send)
        elif scope["path"].startswith(PREFIX):
            await self._door(scope, receive, send)
        elif scope["path"] == visit.PATH:
            await self._door.beacon(scope, receive, send)
        else:
            await self._rest(scope, receive, send)

    async def post(self, scope: Scope, receive: Receive) -> Answer:
        """Serve a post that came whole, for `web.lane`."""
        return await self._door.answer(readable(scope), receive)

    def visit(self, headers: Pairs, address: str, raw: bytes) -> Answer:
        """Take what a page said of a visit, for `web.lane`."""
        return self._door.beacon.said(dict(headers), address, raw)


def readable(scope: Scope) -> Scope:
    """Return a request whose address can be read: Starlette fails on any bytes that are no URL's (pure).

    Other bytes than ASCII in the query are percent-encoded; a Host that names no host is left out.
    """
    query: bytes = scope["query_string"]
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if query.isascii() and all(map(_HOST.fullmatch, hosts)):
        return scope
    return {
        **scope,
        "query_string": quote(query, safe=string.printable).encode(),
        "headers": [
            (name, value)
            for name, value in scope["headers"]
            if name != b"host" or _HOST.fullmatch(value)
        ],
    }


def routes(app: App, door: Door, leaving: Leaving | None = None) -> Routed:
    """Return the application behind the hot path, with every route of the site."""
    public, tiles = Public(app, door), Tiles(app)
    get: list[tuple[str, Callable[[Request], Response | Awaitable[Response]]]] = [
        ("/", public.home),
        ("/policy", public.policy),
        ("/policy/editions", public.editions),
        ("/policy/compare/{old}/{new}", public.compare),
        ("/policy/proof", public.proved),
        ("/f/{form}", public.form),
        ("/wording/{digest}", public.wording),
        ("/receipt/{id}.tlog-proof", public.proof),
        ("/receipt/{id}.jsonld", public.consent_record),
        ("/receipt/{id}", public.receipt),
        ("/journal/checkpoint", tiles.checkpoint),
        ("/journal/tile/{path:path}", tiles.tile),
        ("/journal/key", tiles.key),
        ("/journal/keys", tiles.keys),
        ("/journal/verify.sh", tiles.script),
        ("/static/{name}", _static),
        ("/healthz", _healthy),
        ("/readyz", _ready(app, leaving or Leaving())),
    ]
    everybody = [Route(path, handler, methods=_methods(path)) for path, handler in get]
    everybody.append(Route(visit.PATH, door.beacon, methods=["GET", "POST"]))
    behind = [
        Behind(("/receipt/", "/visit/choice"), lambda: _with_what_was_sent(app, public)),
        Behind(("/statistics",), lambda: _published(app)),
        Behind(("/my",), lambda: my_routes.routes(app)),
        Behind(("/console",), lambda: console.routes(app)),
        Behind(("/api",), lambda: api.routes(app)),
    ]
    return Routed(routes=[*everybody, *behind], exception_handlers=_doors(app))


def _with_what_was_sent(app: App, public: Public) -> list[Route]:
    """List what people do with a receipt, and with the cookie of visits."""
    chosen = holder.endpoint(app, visit_choice.endpoint(app))
    return [
        Route(visit_choice.PATH, partial(visit_choice.show, app), methods=["GET"]),
        Route(visit_choice.PATH, chosen, methods=["POST"]),
    ] + [
        Route(
            path, holder.endpoint(app, made(app, public.facts, public.receipt_of)), methods=["POST"]
        )
        for path, made in (
            ("/receipt/{id}", renewals.endpoint),
            ("/receipt/{id}/withdraw", withdrawals.endpoint),
            ("/receipt/{id}/request", receipt_requests.endpoint),
            ("/receipt/{id}/opinion", opinions.endpoint),
        )
    ]


def _published(app: App) -> list[Route]:
    return [Route(published.PATH, partial(published.show, app), methods=["GET"])]


def _methods(path: str) -> list[str]:
    # Posts of forms never come to the routes; they are named for the answer to other methods.
    return ["GET", "POST"] if path.startswith(PREFIX) else ["GET"]


def _static(request: Request) -> Response:
    name = request.path_params["name"]
    kind, content = _KINDS.get(name.rpartition(".")[2]), _statics().get(name)
    if kind is None or content is None:
        raise HTTPException(404)
    return Response(content, media_type=kind, headers=_FOR_EVER | _ELSEWHERE.get(name, {}))


@cache
def _statics() -> Mapping[str, bytes]:
    """Read every static file, by name: a file system that is asked for a stranger's name may fail in many ways."""
    folder = resources.files("uphold.web") / "static"
    return {item.name: item.read_bytes() for item in folder.iterdir() if item.is_file()}


async def _healthy(_: Request) -> Response:
    """`/healthz`: the process answers. Not from a thread, as those may all be waiting for the storage."""
    return PlainTextResponse("ok\n", headers=reply.NO_STORE)


def _ready(app: App, leaving: Leaving) -> Callable[[Request], Response]:
    def ready(_: Request) -> Response:
        """`/readyz`: the database can be read and takes a write, a policy is in force, nobody has said to stop."""
        if leaving.is_begun:
            return PlainTextResponse("stopping\n", 503, headers=reply.NO_STORE)
        try:
            app.writer.run(sequence.touch)
            app.shelf.in_force(time.time_ns() // 1_000_000)
        except errors.UpholdError as error:
            return PlainTextResponse(f"{error}\n", 503, headers=reply.NO_STORE)
        return PlainTextResponse("ready\n", headers=reply.NO_STORE)

    return ready


def _allowed(request: Request) -> list[str]:
    """List the methods of an address, which may be spread over several routes (RFC 9110, section 10.2.1)."""
    routes = request.app.among(request.scope["path"])
    there = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in there for method in route.methods or ()})


def _doors(
    app: App,
) -> dict[int | type[Exception], Callable[[Request, Exception], Awaitable[Response]]]:
    """What a request gets that no handler answers, and what a fault of ours looks like."""

    async def refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        response = reply.problem(app, request, status)
        if status == 405:
            response.headers["allow"] = ", ".join(_allowed(request))
        return response

    return {HTTPException: refused, Exception: refused}

# SPDX-License-Identifier: Apache-2.0
"""The API's door: whose token is it, is it too often, may they, can what they sent be read. Strictest by default.

    Door(app, path, operations)      one address with what can be done there, each under a permission

To a stranger, with no token or a made-up one, there is nothing at any address (404). Whoever shows a token that has
ended is told so (401), and the journal knows. Every answer that is no success is a problem by RFC 9457.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from uphold import errors
from uphold.access import client, permission, repeat, restraint
from uphold.access.client import Client
from uphold.access.permission import Permission
from uphold.app import App
from uphold.submission.guard import Meter
from uphold.web import body, reply, shown, turns
from uphold.web.api_types import Nothing, Problem
from uphold.web.body import Refused
from uphold.web.turns import Later

ROOT = "/api"
BASE = f"{ROOT}/v1"
PROBLEM = "application/problem+json"
KEY = "idempotency-key"
KEY_PATTERN = "^[A-Za-z0-9._~-]{8,128}$"

_KEY = re.compile(KEY_PATTERN)
_BEARER = re.compile(r"[Bb]earer +([A-Za-z0-9_-]{1,128})")
# What `msgspec` says of a field of ours that is not there; whatever else it says may quote what was sent.
_LACKS = "Object missing required field"
_PLACE = re.compile(r" - at `(\$[^`]*)`$")
# What each status means where no error says more.
_DETAILS = {
    400: "The request could not be read. Nothing was changed.",
    401: "The token has expired or was revoked. Have a new one made.",
    403: "This client was not given that. Nothing was changed.",
    404: "There is nothing at this address for whoever asks without a good token, or nothing at all.",
    405: "This address takes other methods; see the header Allow.",
    408: "The body did not come to its end in time. Nothing was changed.",
    413: "The body is larger than is accepted. Nothing was changed.",
    415: "The body must be application/json. Nothing was changed.",
    429: "Too many requests. Nothing was changed; send the same again later.",
    500: "Something went wrong on our side. To send an act again with its key never does it twice.",
    503: "Nothing can be stored just now. Send the same again later.",
}
_SCOPE = "This needs the scope %s under a role that holds it. Nothing was changed."
_LOCKED = "An alert has locked this client for a while. An owner or an officer can end that sooner."
_DENIED = "The gate denied this reading, and the journal says so. Nothing was opened."


class Unlike(errors.Invalid):
    """What was sent does not fit the types of the operation."""


@dataclass(frozen=True, slots=True)
class Denial:
    """The gate's no, as a value: `reason` is its code, `entry` its index in the journal."""

    reason: str
    entry: int


@dataclass(frozen=True, slots=True)
class TooOften:
    """Not now: `retry_after` is in seconds."""

    retry_after: int


@dataclass(frozen=True, slots=True)
class Call:
    """One request of a client: `query` and `sent` are of the types that the operation names, `now` is unix ms."""

    app: App
    client: Client
    path: Mapping[str, str]
    query: msgspec.Struct
    sent: msgspec.Struct | None
    key: str
    asked: bytes
    now: int

    def may(self, wanted: Permission) -> bool:
        """Tell whether this client may do something."""
        return permission.may(self.client.actor, wanted)


_CODES: Mapping[type[errors.UpholdError], str] = {
    repeat.Reused: "key-reused",
    Unlike: "unlike-the-types",
}

Handler = Callable[[Call], msgspec.Struct | Denial | TooOften | bytes]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be done: under which permission, with what, and what comes of it.

    `title` says what it does in one sentence. `refuses` are the statuses that only this operation has. An act
    (`is_act`) changes something and needs a key, so that to send it again does nothing twice.
    """

    method: str
    name: str
    title: str
    wanted: Permission
    handler: Handler
    answer: type[msgspec.Struct]
    query: type[msgspec.Struct] = Nothing
    body: type[msgspec.Struct] | None = None
    refuses: tuple[int, ...] = ()
    is_act: bool = False


class Door:
    """One address of the API, as an ASGI application behind a route that names its path parameters."""

    def __init__(self, app: App, meter: Meter, operations: Sequence[Operation]) -> None:
        """Let clients of `app` do `operations`; `meter` counts the requests of each."""
        self._app = app
        self._meter = meter
        self._operations = {one.method: one for one in operations}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope, receive)
        response = await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            known: Client | Response = await turns.run(partial(self._in_turn, request))
            if not isinstance(known, Client):
                return known
            operation = self._operation(request.method)
            raw = await self._read(request) if operation.body else b""
            return await run_in_threadpool(self._run, operation, known, request, raw)
        except Refused as refused:
            return self._refused(refused)
        except errors.UpholdError as error:
            return of_error(error)

    def _refused(self, refused: Refused) -> Response:
        if refused.status == 429:
            return too_often(refused.retry_after)
        return problem(refused.status, headers=self._allow(refused.status))

    def _operation(self, method: str) -> Operation:
        found = self._operations.get("GET" if method == "HEAD" else method)
        if found is None:
            raise Refused(405 if self._operations else 404)
        return found

    def _allow(self, status: int) -> Mapping[str, str]:
        methods = {*self._operations, *(["HEAD"] if "GET" in self._operations else [])}
        return {"allow": ", ".join(sorted(methods))} if status == 405 else {}

    def _admit(self, request: Request) -> Client | Response:
        """Find who asks; a response for whoever is not let in."""
        now = time.time_ns() // 1_000_000
        token = _token(request)
        known = self._known(token) if token else None
        shown.note(self._app, request, token, known, now)
        if known is None:
            # The same for each address, so that nobody learns which there are.
            return self._too_often(request, now) or problem(404)
        refused = self._ended(known, now) or self._locked(known, now) or self._paced(known, now)
        return refused or known

    def _in_turn(self, request: Request, *, had_turn: bool) -> Client | Response | Later:
        """Let in when their turn comes: a client under a delay, or a stranger from a place under one."""
        found = self._admit(request)
        if had_turn:
            return found
        if isinstance(found, Client):
            return turns.of_staff(self._app, found.actor.staff) or found
        return turns.of_source(self._app, request) or found

    def _locked(self, known: Client, now: int) -> Response | None:
        with self._app.database.read() as connection:
            bonds = restraint.bonds(connection, known.actor.staff, now)
        if not bonds.is_locked:
            return None
        retry = {"retry-after": str(max(1, (bonds.locked_until - now) // 1000))}
        return problem(403, code="client-locked", detail=_LOCKED, headers=retry)

    def _ended(self, known: Client, now: int) -> Response | None:
        ended = known.ended(now)
        if ended is None:
            return None
        self._app.writer.run(lambda tx: client.refuse(tx, known, ended))
        challenge = f'Bearer realm="uphold", error="invalid_token", error_description="{ended}"'
        return problem(401, code=str(ended), headers={"www-authenticate": challenge})

    def _paced(self, known: Client, now: int) -> Response | None:
        pace = self._meter.count(f"client {known.actor.staff}", now)
        if pace.count > self._app.settings.api.per_minute:
            return too_often(pace.retry_after)
        if client.stale(known, now):
            self._app.writer.run(lambda tx: client.touch(tx, known, now))
        return None

    def _known(self, token: str) -> Client | None:
        with self._app.database.read() as connection:
            return client.resolve(connection, token)

    def _too_often(self, request: Request, now: int) -> Response | None:
        address = request.client.host if request.client else ""
        pace = self._meter.count(address, now)
        refused = pace.count > self._app.settings.limits.refuse_per_minute
        return too_often(pace.retry_after) if refused else None

    async def _read(self, request: Request) -> bytes:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != reply.JSON:
            raise Refused(415)
        headers = dict(request.scope["headers"])
        limit = self._app.settings.limits.body_bytes
        return await body.read(request.scope, request.receive, headers, limit)

    def _run(self, operation: Operation, known: Client, request: Request, raw: bytes) -> Response:
        if not permission.may(known.actor, operation.wanted):
            return problem(403, code="scope-missing", detail=_SCOPE % operation.wanted)
        if operation.is_act and not permission.within(known.actor, operation.wanted):
            return problem(403)
        call = Call(
            app=self._app,
            client=known,
            path=request.path_params,
            query=_query(request, operation.query),
            sent=_decoded(raw, operation.body) if operation.body else None,
            key=_key(request) if operation.is_act else "",
            asked=b"\0".join((operation.method.encode(), request.url.path.encode(), raw)),
            now=time.time_ns() // 1_000_000,
        )
        return _response(operation.handler(call))


def problem(
    status: int,
    *,
    code: str = "",
    detail: str = "",
    denied: Denial | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with a problem by RFC 9457."""
    phrase = HTTPStatus(status).phrase
    told = Problem(
        type=f"urn:uphold:problem:{code or phrase.lower().replace(' ', '-')}",
        title=phrase,
        status=status,
        detail=detail or _DETAILS.get(status, phrase),
        reason=denied.reason if denied else msgspec.UNSET,
        entry=denied.entry if denied else msgspec.UNSET,
    )
    return Response(
        msgspec.json.encode(told),
        status,
        media_type=PROBLEM,
        headers={**reply.NO_STORE, **(headers or {})},
    )


def too_often(retry_after: int) -> Response:
    """Answer 429 with when to come again."""
    return problem(429, headers={"retry-after": str(max(1, retry_after))})


def of_error(error: errors.UpholdError) -> Response:
    """Answer with the problem that an error of the product is."""
    status = 422 if isinstance(error, repeat.Reused) else reply.status_of(error)
    code = _CODES.get(type(error), "")
    retry = {"retry-after": str(reply.RETRY_SECONDS)} if status == 503 else {}
    return problem(status, code=code, detail=str(error), headers=retry)


def _token(request: Request) -> str:
    found = _BEARER.fullmatch(request.headers.get("authorization", ""))
    return found[1] if found else ""


def _key(request: Request) -> str:
    key = request.headers.get(KEY, "")
    if not _KEY.fullmatch(key):
        raise Unlike(
            "An act needs the header Idempotency-Key.",
            "Take 8 to 128 of A-Z, a-z, 0-9 and . _ ~ -, another for each act, such as a UUID.",
        )
    return key


def _query(request: Request, kind: type[msgspec.Struct]) -> msgspec.Struct:
    given = request.query_params.multi_items()
    if len({name for name, _ in given}) < len(given):
        raise Unlike("A parameter of the query stands twice.", "See /api/openapi.json.")
    try:
        return msgspec.convert(dict(given), kind, strict=False)
    except msgspec.ValidationError as error:
        raise Unlike(_unlike("query", error), "See /api/openapi.json.") from None


def _decoded(raw: bytes, kind: type[msgspec.Struct]) -> msgspec.Struct:
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise Unlike(_unlike("body", error), "See /api/openapi.json.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unlike("The body is no JSON.", "See /api/openapi.json.") from None


def _unlike(what: str, error: msgspec.ValidationError) -> str:
    """Say where it does not fit; never the value that stands there."""
    told = str(error)
    if told.startswith(_LACKS):
        return f"{told}."
    place = _PLACE.search(told)
    return f"The {what} does not fit" + (f" at {place[1]}." if place else ".")


def _response(made: msgspec.Struct | Denial | TooOften | bytes) -> Response:
    if isinstance(made, Denial):
        return problem(403, code="reading-denied", detail=_DENIED, denied=made)
    if isinstance(made, TooOften):
        return too_often(made.retry_after)
    raw = made if isinstance(made, bytes) else msgspec.json.encode(made)
    return Response(raw, media_type=reply.JSON, headers=reply.NO_STORE)

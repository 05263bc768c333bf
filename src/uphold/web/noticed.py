# SPDX-License-Identifier: Apache-2.0
"""What is noticed of requests beside their answers: pages that are not there, doors that stay shut, forged hops.

Nothing here changes an answer or makes one wait: it looks at a request once it is answered, and what it notices goes
to `Signals`. Whom a door has let in, it writes into the request's scope.
"""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial
from urllib.parse import parse_qsl

from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from uphold.access import arrival
from uphold.access.signal import Kind, Signal, Value
from uphold.app import App
from uphold.submission import exercise
from uphold.web import probing
from uphold.web.probing import Where

STAFF = "uphold.staff"
"""In the scope of a request: the number of the account that a door has let in."""
PEER = "uphold.peer"
"""In the scope of a request: who is at the other end of the connection, whatever headers say."""
SENT = "uphold.sent"
"""In the scope of a post: what was typed, and the form it was sent to."""
POSTED = "/f/{form}"

_MISSING = frozenset({404, 410})
_REFUSED = frozenset({403, 405, 429})
# What proxies say of the hops before them.
_HOPS = frozenset(
    {
        b"x-forwarded-for",
        b"x-forwarded-proto",
        b"x-forwarded-host",
        b"forwarded",
        b"x-real-ip",
        b"x-client-ip",
        b"true-client-ip",
        b"cf-connecting-ip",
    }
)
# Where tools of attackers put what they try; what else a browser sends is short of room for it.
_LOOKED_AT = frozenset({b"user-agent", b"referer", *_HOPS}) - {b"forwarded"}
# Forged hops are told of once an hour for each source: many companies' own proxies say who is behind them.
_HOUR_MS = 60 * 60 * 1000
_MOST_SOURCES = 10_000


class Noticed:
    """Passes requests on to an ASGI application, and looks at each once it is answered."""

    def __init__(self, inner: ASGIApp, watch: "Watch") -> None:
        """Wrap `inner`; what is odd goes to `watch`."""
        self._inner, self._watch = inner, watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        status = 0

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self._inner(scope, receive, told)
        self._watch.answered(scope, status)


class Watch:
    """Looks at requests of one site, and notes what is odd about them."""

    def __init__(self, app: App) -> None:
        """Know of no source yet."""
        self._signals, self._key = app.signals, app.ring.signal_key
        self._app = app
        self._is_proxy = lru_cache(1024)(lambda peer: is_among(peer, app.settings.serve.proxies))
        self._forged: OrderedDict[str, int] = OrderedDict()

    def answered(self, scope: Scope, status: int) -> None:
        """Look at a request that was answered."""
        staff = scope.get(STAFF, 0)
        fields: dict[str, Value]
        if status in _MISSING and not staff:
            fields = {"source": self._source(scope)}
            self._signals.put(Signal(Kind.MISSING, fields, exercise=self._run(scope)))
        elif status in _MISSING | _REFUSED:
            fields = {"status": status, "path": template(scope)}
            self._signals.put(Signal(Kind.REFUSED, fields, staff, self._run(scope)))
        self._hops(scope)
        if SENT in scope:
            # All of it in the background: nearly every post is no attempt, and even to see that takes time.
            texts, form = scope[SENT]
            self._signals.later(partial(self._look, scope, texts, form), sum(map(len, texts)))
        elif not staff and any(probing.is_odd(text, where) for where, text in _texts(scope)):
            self._signals.later(partial(self._look, scope, (), ""))

    def _look(self, scope: Scope, sent: Sequence[str], form: str) -> Iterator[Signal]:
        """Look whether anything in a request is an attempt at something; what was sent is kept nowhere."""
        texts = [*_texts(scope), *((Where.FORM, text) for text in sent)]
        odd = [(where, text) for where, text in texts if probing.is_odd(text, where)]
        found = {(what, where) for where, text in odd for what in probing.recognise(text, where)}
        if not found:
            return
        source, run = self._source(scope), self._run(scope)
        for what, where in sorted(found):
            told = {"class": str(what), "where": str(where), "source": source, "form": form}
            yield Signal(Kind.PROBE, told, exercise=run)

    def _hops(self, scope: Scope) -> None:
        """Note that a request tells of hops by one who is no proxy of this site: nothing of it was believed."""
        if not any(name in _HOPS for name, _ in scope["headers"]):
            return
        if self._is_proxy(scope.get(PEER) or _address(scope)):
            return
        source, now = self._source(scope), _now()
        if now - self._forged.get(source, 0) < _HOUR_MS:
            return
        self._forged[source] = now
        if len(self._forged) > _MOST_SOURCES:
            self._forged.popitem(last=False)
        run = self._run(scope)
        self._signals.put(Signal(Kind.FORGED, {"source": source}, exercise=run))

    def _run(self, scope: Scope) -> int:
        return run_of(self._app, scope["headers"])

    def _source(self, scope: Scope) -> str:
        return arrival.source(self._key, _address(scope), _now())


def run_of(app: App, headers: Iterable[tuple[bytes, bytes]]) -> int:
    """Return the run of probes that a request bears the mark of, 0 for people's. Only this site can make a mark."""
    for name, value in headers:
        if name == exercise.HEADER:
            return exercise.verify(app.ring.exercise_key, value.decode("latin-1"), _now()) or 0
    return 0


def is_among(peer: str, proxies: Sequence[str]) -> bool:
    """Tell whether somebody is one of the proxies that a configuration declares, which are addresses (pure)."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    return any(address == ipaddress.ip_address(one) for one in proxies)


def template(scope: Scope) -> str:
    """Name the route of a request with the names of its parameters; empty where it has none (pure)."""
    if scope["path"].startswith("/f/") and scope["method"] == "POST":
        return POSTED
    route = scope.get("route")
    return route.path if isinstance(route, Route) else ""


def _texts(scope: Scope) -> Iterator[tuple[Where, str]]:
    """What of a request somebody could have chosen freely, but its body."""
    yield Where.PATH, scope["path"]
    if query := scope["query_string"]:
        try:
            pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=100)
        except ValueError:
            pairs = []
        yield from ((Where.QUERY, text) for pair in pairs for text in pair if text)
    for name, value in scope["headers"]:
        if name in _LOOKED_AT:
            yield Where.HEADER, _own_left_out(scope, name, value).decode("latin-1")


def _own_left_out(scope: Scope, name: bytes, value: bytes) -> bytes:
    """Of where a request comes from, leave out this site itself, which may well be at 127.0.0.1."""
    scheme, _, place = value.partition(b"://")
    if name != b"referer" or scheme not in {b"http", b"https"}:
        return value
    hosts = (host for head, host in scope["headers"] if head == b"host")
    own = next(hosts, b"")
    return place.removeprefix(own) if own and place.startswith(own + b"/") else value


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _now() -> int:
    return time.time_ns() // 1_000_000

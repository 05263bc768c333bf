# SPDX-License-Identifier: Apache-2.0
"""Routes that are made when somebody first asks for one of them: most of a site's code is behind these.

What is not there (`/wp-login.php`) never has them made: each group says how its addresses begin.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

_CHOSEN = "uphold.behind"


class Behind(BaseRoute):
    """Routes whose paths begin with one of `prefixes`, as `make` makes them."""

    def __init__(self, prefixes: Sequence[str], make: Callable[[], Sequence[Route]]) -> None:
        """Make nothing yet."""
        self._prefixes, self._make = tuple(prefixes), make
        self._lock = threading.Lock()
        self._made: Sequence[Route] | None = None

    def is_waiting_for(self, path: str) -> bool:
        """Whether a request of this path needs what is not made yet; one without its last slash is tried with it."""
        return self._made is None and f"{path}/".startswith(self._prefixes)

    def routes(self) -> Sequence[Route]:
        """Return the routes; making them loads their modules, which takes up to a second."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def of(self, path: str) -> Sequence[Route]:
        """Return the routes that a path may be one of."""
        return self.routes() if path.startswith(self._prefixes) else ()

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Do as the first of the routes that fits, else as the first whose path fits."""
        found: tuple[Match, Scope] = (Match.NONE, {})
        for route in self.of(scope["path"]):
            match, child = route.matches(scope)
            if match is Match.FULL or (match is Match.PARTIAL and found[0] is Match.NONE):
                found = (match, {**child, _CHOSEN: route})
            if match is Match.FULL:
                break
        return found

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request that one of the routes fits; it is that route's from here on."""
        route = scope["route"] = scope[_CHOSEN]
        await route.handle(scope, receive, send)


class Routed(Starlette):
    """An application whose routes may be behind others; whoever lists them gets them all."""

    def __init__(self, routes: Sequence[BaseRoute], **named: Any) -> None:
        """Take routes; `named` is as Starlette's own."""
        super().__init__(routes=routes, middleware=[Middleware(_Making, routes)], **named)

    @property
    def routes(self) -> list[BaseRoute]:
        """Every route, those that are made for this too."""
        return list(_flat(self.router.routes))

    def among(self, path: str) -> Iterator[Route]:
        """List the routes that a path may be one of."""
        for one in self.router.routes:
            if isinstance(one, Behind):
                yield from one.of(path)
            elif isinstance(one, Route):
                yield one


class _Making:
    """Has what a request needs made; others are served meanwhile. Where that fails, it is a fault like any."""

    def __init__(self, inner: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self._inner = inner
        self._groups = [one for one in routes if isinstance(one, Behind)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for one in self._groups:
            if one.is_waiting_for(scope["path"]):
                await run_in_threadpool(one.routes)
        await self._inner(scope, receive, send)


def _flat(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    for one in routes:
        if isinstance(one, Behind):
            yield from one.routes()
        else:
            yield one

# SPDX-License-Identifier: Apache-2.0
"""So many requests are under way at once; whoever comes beyond is told to come again, before anything is begun.

Requests that wait for the storage wait in threads, and there are few of those. To let all others queue for one would
take memory for each, and answer them when nobody waits any more. Once an answer begins its request counts no more:
from then on only its reader can be slow, and `web.crowd` bounds that.
"""

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from uphold.app import App
from uphold.web import reply

MOST = 500
# Answered by the event loop at once: whoever watches the process must not think that it is dead.
HEALTH = "/healthz"


class Turnstile:
    """Lets at most `most` requests at once through to an ASGI application; 503 with `Retry-After` for the others."""

    def __init__(self, inner: ASGIApp, app: App, most: int = MOST) -> None:
        """Wrap `inner`; nobody is inside."""
        self._inner, self._app, self._most = inner, app, most
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if self._inside >= self._most and scope["path"] != HEALTH:
            wait = reply.RETRY_SECONDS
            answer = reply.problem(self._app, Request(scope), 503, retry_after=wait)
            await answer(scope, receive, send)
            return
        self._inside += 1
        counted = 1

        async def told(message: Message) -> None:
            leave()
            await send(message)

        def leave() -> None:
            nonlocal counted
            self._inside -= counted
            counted = 0

        try:
            await self._inner(scope, receive, told)
        finally:
            leave()

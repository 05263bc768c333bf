# SPDX-License-Identifier: Apache-2.0
"""So many requests are under way at once; whoever comes beyond is told to come again, before anything is begun.

Requests that wait for the storage wait in threads, and there are few of those. To let all others queue for one would
take memory for each, and answer them when nobody waits any more. While a body is waited for, and once an answer begins,
a request does not count: then it is the client who is slow, and `web.crowd` bounds that.
"""

import asyncio

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
            await self._later(scope, receive, send)
            return
        is_inside = is_begun = False

        def stand(*, inside: bool) -> None:
            nonlocal is_inside
            self._inside += inside - is_inside
            is_inside = inside

        async def heard() -> Message:
            before = is_inside
            stand(inside=False)
            message = await receive()
            stand(inside=before)
            return message

        async def told(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            stand(inside=False)
            await send(message)

        stand(inside=True)
        try:
            await self._inner(scope, heard, told)
        except asyncio.CancelledError:
            # By a server that ends and waits no longer; it would answer 500 itself.
            if is_begun:
                raise
            await self._later(scope, receive, send)
        finally:
            stand(inside=False)

    async def _later(self, scope: Scope, receive: Receive, send: Send) -> None:
        wait = reply.RETRY_SECONDS
        answer = reply.problem(self._app, Request(scope), 503, retry_after=wait)
        await answer(scope, receive, send)

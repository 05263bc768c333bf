# SPDX-License-Identifier: Apache-2.0
"""Posts of whoever holds a receipt: nobody signs in, as the address is a secret of its holder; all are paced."""

import time
from collections.abc import Awaitable, Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from uphold import errors
from uphold.app import App
from uphold.submission import guard
from uphold.submission.record import Facts
from uphold.web import reply, staffed
from uphold.web.body import Refused

Find = Callable[[str], Facts]
"""Looks a receipt up by its public number; raises `errors.Missing` if there is none."""

Show = Callable[[Request, Facts, str], Response]
"""Shows the page of a receipt again with a problem."""

Handler = Callable[[Request, Mapping[str, str]], Response]
"""Answers what was posted; runs in a thread, so it may wait for the storage."""


def endpoint(app: App, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Make the handler of a post to a receipt: read it within the limits, turn errors into their pages."""

    async def post(request: Request) -> Response:
        try:
            pace = app.meter.count(request.client.host if request.client else "", now())
            if guard.refused(app.settings.limits, pace):
                raise Refused(429, pace.retry_after)
            posted = await staffed.read(request, app.settings.limits.body_bytes)
            return await run_in_threadpool(handler, request, posted)
        except Refused as refused:
            retry = refused.retry_after
            return reply.problem(app, request, refused.status, retry_after=retry)
        except errors.UpholdError as error:
            return await run_in_threadpool(reply.of_error, app, request, error)

    return post


def now() -> int:
    """Unix milliseconds."""
    return time.time_ns() // 1_000_000

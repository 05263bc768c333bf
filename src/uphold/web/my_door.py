# SPDX-License-Identifier: Apache-2.0
"""The door of `/my`: who has proved control of an address, and did they mean it. No account, one cookie.

Every page behind it is made by `door`; there is no other way to get one onto a route. A post needs the session's
anti-forgery token and must come from our own pages. Whoever has proved nothing is asked for their address.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from uphold import errors
from uphold.access import session
from uphold.app import App
from uphold.rights import holdings, identity
from uphold.rights.holdings import Ground, Holdings
from uphold.rights.identity import Claim
from uphold.vault.contact import Contact
from uphold.web import frame, holder, my_views, reply, staffed, views
from uphold.web.body import Refused

COOKIE = "uphold_my"
HOME = "/my"
# What a page of one person says to the browser beside what every page says. A link's address goes
# to no other site; without any referrer browsers would not say where a post of our own comes from.
PRIVATE = {"x-robots-tag": "noindex", "referrer-policy": "same-origin"}


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a person who has proved control of an address, with what was posted (empty for a GET)."""

    app: App
    request: Request
    claim: Claim
    token: str
    posted: Mapping[str, str]
    now: int

    @property
    def contact(self) -> Contact:
        """The address that was proved."""
        return self.claim.contact

    @property
    def language(self) -> str:
        """The language of the page."""
        return frame.language(self.request, self.app.shelf.in_force())

    def frame(self, path: str = "", flash: str = "") -> views.Frame:
        """Build the frame of a page; `path` is where its language links lead if not to its own address."""
        edition = self.app.shelf.in_force()
        shown = flash or self.request.query_params.get("done", "")
        csrf = session.csrf(self.token)
        return frame.surround(self.app, self.request, edition, path, token=csrf, flash=shown)

    def ground(self) -> Ground:
        """What holdings are reckoned from."""
        return self.app.holdings()

    def holdings(self) -> Holdings:
        """Everything held about whoever has the proved address; no value is opened."""
        with self.app.database.read() as connection:
            return holdings.of(connection, self.ground(), self.contact, self.now)

    def page(self, view: my_views.View, status: int = 200, path: str = "") -> Response:
        """Show a page, kept by nobody."""
        return reply.page(view, self.frame(path), status, PRIVATE)


Handler = Callable[[Visit], Response]
Open = Callable[[Request, Mapping[str, str]], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def door(app: App, handler: Handler, otherwise: Open | None = None) -> Endpoint:
    """Let in who has proved control of an address; others are led to where it is asked for, or get `otherwise`."""
    return _answered(app, lambda request, posted: _enter(app, handler, otherwise, request, posted))


def open_door(app: App, handler: Open) -> Endpoint:
    """Let anybody in, for proving an address: posts must still come from our own pages."""

    def entered(request: Request, posted: Mapping[str, str]) -> Response:
        if not staffed.ours(request):
            raise Refused(403)
        return handler(request, posted)

    return _answered(app, entered)


def with_cookie(app: App, response: Response, token: str) -> Response:
    """Set the session's cookie, or take it away for an empty token."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=identity.AGE_MS // 1000 if token else 0,
        path=HOME,
        httponly=True,
        samesite="lax",
        secure=app.settings.secure,
    )
    return response


def _answered(app: App, handler: Open) -> Endpoint:
    """Read a post within the limits; turn errors into their pages, kept by nobody."""

    async def endpoint(request: Request) -> Response:
        try:
            posted = await staffed.read(request, app.settings.limits.body_bytes)
            response = await run_in_threadpool(handler, request, posted)
        except Refused as refused:
            retry = refused.retry_after
            response = reply.problem(app, request, refused.status, retry_after=retry)
        except errors.UpholdError as error:
            response = await run_in_threadpool(reply.of_error, app, request, error)
        for name, value in {**reply.NO_STORE, **PRIVATE}.items():
            response.headers[name] = value
        return response

    return endpoint


def _enter(
    app: App,
    handler: Handler,
    otherwise: Open | None,
    request: Request,
    posted: Mapping[str, str],
) -> Response:
    now = holder.now()
    token = request.cookies.get(COOKIE, "")
    proved = _claim(app, token, now)
    if proved is None and token:
        return with_cookie(app, reply.see_other(request, f"{HOME}?done=expired"), "")
    if proved is None:
        return otherwise(request, posted) if otherwise else reply.see_other(request, HOME)
    if request.method == "POST" and not (
        staffed.ours(request) and session.check_csrf(token, posted.get("_csrf", ""))
    ):
        raise Refused(403)
    if identity.stale(proved, now):
        app.writer.run(lambda tx: identity.touch(tx, proved, now))
    return handler(Visit(app, request, proved, token, posted, now))


def _claim(app: App, token: str, now: int) -> Claim | None:
    if not token:
        return None
    with app.database.read() as connection:
        return identity.claim(connection, app.ring, token, now)

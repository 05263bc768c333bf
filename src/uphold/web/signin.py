# SPDX-License-Identifier: Apache-2.0
"""Signing in and out, and setting the first password through a single-use link."""

import time
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from uphold.access import password as passwords, session, staff
from uphold.access.session import Attempt, Refusal
from uphold.access.staff import Account, LinkFault
from uphold.app import App
from uphold.web import console_views, frame, noticed, reply, staffed, views
from uphold.web.staffed import Visit

_SECOND = 1000


class SignIn:
    """The handlers of `/console/login`, `/console/logout` and `/console/welcome/{link}`."""

    def __init__(self, app: App) -> None:
        """Serve the staff of `app`."""
        self.app = app

    def ask(self, request: Request, _: Mapping[str, str]) -> Response:
        """`GET /console/login`."""
        problem = request.query_params.get("problem", "")
        view = console_views.Login(
            next=staffed.inside(request.query_params.get("next", "")),
            problem=problem if problem in {"expired", "signed-out"} else "",
        )
        return reply.page(view, self._frame(request))

    def enter(self, request: Request, posted: Mapping[str, str]) -> Response:
        """`POST /console/login`: a wrong name and a wrong password are answered alike."""
        login = posted.get("login", "")
        # Only what stands where a login should; what was typed as a password is nobody's to look at.
        request.scope[noticed.SENT] = ([login], "")
        now, source = _now(), staffed.source(self.app, request)
        whence = staffed.whence(self.app, request, now, login)
        attempt = Attempt(login, posted.get("password", ""), source, whence)
        signed = session.sign_in(self.app.writer, attempt, key=self.app.ring.token_key, now=now)
        wanted = staffed.inside(posted.get("next", ""))
        if isinstance(signed, Refusal):
            return self._refused(request, signed, login, wanted, now)
        response = reply.see_other(request, wanted or staffed.HOME)
        return staffed.with_cookie(self.app, response, signed.token)

    def leave(self, visit: Visit) -> Response:
        """`POST /console/logout`."""
        self.app.writer.run(lambda tx: session.end(tx, visit.session, visit.now))
        gone = reply.see_other(visit.request, f"{staffed.LOGIN}?problem=signed-out")
        return staffed.with_cookie(self.app, gone, "")

    def welcome(self, request: Request, _: Mapping[str, str]) -> Response:
        """`GET /console/welcome/{link}`: looking at the link does not spend it."""
        link = request.path_params["link"]
        with self.app.database.read() as connection:
            found = staff.look(connection, link, _now())
        return self._welcome(request, found)

    def begin(self, request: Request, posted: Mapping[str, str]) -> Response:
        """`POST /console/welcome/{link}`: set the password and spend the link."""
        link, password = request.path_params["link"], posted.get("password", "")
        with self.app.database.read() as connection:
            found = staff.look(connection, link, _now())
        if not isinstance(found, Account):
            return self._welcome(request, found)
        if password != posted.get("again", ""):
            return self._welcome(request, found, "differ")
        done = staff.redeem(self.app.writer, link, password, now=_now())
        if isinstance(done, Account):
            return reply.see_other(request, f"{staffed.LOGIN}?done=password-set")
        if isinstance(done, LinkFault):
            return self._welcome(request, done)
        return self._welcome(request, found, str(done))

    def _refused(
        self, request: Request, refusal: Refusal, login: str, wanted: str, now: int
    ) -> Response:
        problem, status = _problem(refusal)
        wait = max(1, (refusal.retry_at - now) // _SECOND) if refusal.throttled else 0
        until = refusal.locked_until
        view = console_views.Login(
            login=login, next=wanted, problem=problem, retry_after=wait, until_at=until
        )
        extra = {"retry-after": str(wait)} if wait else {}
        return reply.page(view, self._frame(request, staffed.LOGIN), status, extra)

    def _welcome(self, request: Request, found: Account | LinkFault, problem: str = "") -> Response:
        known = isinstance(found, Account)
        view = console_views.Welcome(
            action_href=request.url.path,
            link=request.path_params["link"],
            login=found.login if isinstance(found, Account) else "",
            minimum=passwords.SHORTEST,
            problem=problem if known else str(found),
        )
        status = 200 if known and not problem else (422 if known else 410)
        return reply.page(view, self._frame(request), status, {"referrer-policy": "no-referrer"})

    def _frame(self, request: Request, path: str = "") -> views.Frame:
        edition = self.app.shelf.in_force_or_none()
        flash = request.query_params.get("done", "")
        return frame.surround(self.app, request, edition, path, flash=flash)


def _problem(refusal: Refusal) -> tuple[str, int]:
    if refusal.throttled:
        return "throttled", 429
    return ("locked", 403) if refusal.locked_until else ("refused", 422)


def _now() -> int:
    return time.time_ns() // 1_000_000

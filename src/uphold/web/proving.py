# SPDX-License-Identifier: Apache-2.0
"""Where a proof is asked for: the second step of a sign-in, and anew before what weighs most."""

import time
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from uphold.access import factor, second, session
from uphold.access.session import Refusal, Session
from uphold.app import App
from uphold.web import frame, reply, staffed, views
from uphold.web.account_views import Proof
from uphold.web.body import Refused
from uphold.web.staffed import Visit

CODE = staffed.CODE
AGAIN = staffed.AGAIN
_SECOND = 1000


class Proving:
    """The handlers of `/console/login/code` and `/console/again`."""

    def __init__(self, app: App) -> None:
        """Serve the staff of `app`."""
        self.app = app

    def ask(self, request: Request, _: Mapping[str, str]) -> Response:
        """`GET /console/login/code`: for who has given the right password, and nobody else."""
        if self._waiting(request) is None:
            return reply.see_other(request, staffed.LOGIN)
        wanted = staffed.inside(request.query_params.get("next", ""))
        return reply.page(Proof(CODE, "code", begins=True, next=wanted), self._frame(request))

    def enter(self, request: Request, posted: Mapping[str, str]) -> Response:
        """`POST /console/login/code`: a code of the second factor, or a recovery code."""
        known, token = self._waiting(request), request.cookies.get(staffed.COOKIE, "")
        if known is None:
            return reply.see_other(request, staffed.LOGIN)
        if not session.check_csrf(token, posted.get("_csrf", "")):
            raise Refused(403)
        wanted, now = staffed.inside(posted.get("next", "")), _now()
        refused = self._show(known, posted.get("given", ""), now)
        if refused is None:
            return reply.see_other(request, wanted or staffed.HOME)
        view = Proof(CODE, "code", begins=True, next=wanted)
        return _refused(view, refused, now, self._frame(request))

    def ask_again(self, visit: Visit) -> Response:
        """`GET /console/again`."""
        wanted = staffed.inside(visit.request.query_params.get("next", ""))
        return reply.page(self._view(visit, wanted), visit.frame())

    def prove(self, visit: Visit) -> Response:
        """`POST /console/again`: the code where there is a second factor, else the password."""
        wanted, given = staffed.inside(visit.posted.get("next", "")), visit.posted.get("given", "")
        view = self._view(visit, wanted)
        prove: Callable[[Session, str, int], Refusal | None] = (
            self._show if view.asks == "code" else self._again
        )
        refused = prove(visit.session, given, visit.now)
        if refused is None:
            return reply.see_other(visit.request, wanted or staffed.HOME)
        return _refused(view, refused, visit.now, visit.frame())

    def _view(self, visit: Visit, wanted: str) -> Proof:
        with self.app.database.read() as connection:
            has_factor = factor.is_set(connection, visit.session.actor.staff)
        return Proof(AGAIN, "code" if has_factor else "password", begins=False, next=wanted)

    def _show(self, known: Session, given: str, now: int) -> Refusal | None:
        key = self.app.ring.token_key
        return second.show(self.app.writer, self.app.ring, known, given, key=key, now=now)

    def _again(self, known: Session, given: str, now: int) -> Refusal | None:
        return second.again(self.app.writer, known, given, key=self.app.ring.token_key, now=now)

    def _waiting(self, request: Request) -> Session | None:
        return staffed.waiting(self.app, request.cookies.get(staffed.COOKIE, ""), _now())

    def _frame(self, request: Request) -> views.Frame:
        token = session.csrf(request.cookies.get(staffed.COOKIE, ""))
        return frame.surround(self.app, request, self.app.shelf.in_force_or_none(), token=token)


def address(wanted: str, at: str = AGAIN) -> str:
    """Return where a proof is asked for before going on to `wanted`."""
    return f"{at}?{urlencode({'next': wanted})}" if wanted else at


def _refused(view: Proof, refusal: Refusal, now: int, around: views.Frame) -> Response:
    wait = max(1, (refusal.retry_at - now) // _SECOND) if refusal.throttled else 0
    problem = "throttled" if refusal.throttled else "refused"
    shown = Proof(view.action_href, view.asks, view.begins, view.next, problem, wait)
    extra = {"retry-after": str(wait)} if wait else {}
    return reply.page(shown, around, 429 if refusal.throttled else 422, extra)


def _now() -> int:
    return time.time_ns() // 1_000_000

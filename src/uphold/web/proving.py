# SPDX-License-Identifier: Apache-2.0
"""Where a proof is asked for: the second step of a sign-in, and anew before what weighs most."""

import time
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from uphold import errors
from uphold.access import passkey, second, session, standing
from uphold.access.session import Refusal, Session
from uphold.access.standing import Standing
from uphold.app import App
from uphold.web import frame, reply, showing, staffed, views
from uphold.web.account_views import Proof
from uphold.web.body import Refused
from uphold.web.staffed import Visit

CODE = staffed.CODE
AGAIN = staffed.AGAIN


class Proving:
    """The handlers of `/console/login/code` and `/console/again`."""

    def __init__(self, app: App) -> None:
        """Serve the staff of `app`."""
        self.app = app

    def ask(self, request: Request, _: Mapping[str, str]) -> Response:
        """`GET /console/login/code`: for who has given the right password, and nobody else."""
        known = self._waiting(request)
        if known is None:
            return reply.see_other(request, staffed.LOGIN)
        wanted = staffed.inside(request.query_params.get("next", ""))
        return reply.page(self._view(known, wanted, CODE), self._frame(request))

    def question(self, request: Request, posted: Mapping[str, str]) -> Response:
        """`POST /console/login/code/options`: what the browser is asked for a passkey."""
        known, token = self._waiting(request), request.cookies.get(staffed.COOKIE, "")
        if known is None or not session.check_csrf(token, posted.get("_csrf", "")):
            raise Refused(403)
        return self._question(known)

    def enter(self, request: Request, posted: Mapping[str, str]) -> Response:
        """`POST /console/login/code`: a passkey, a code of the second factor, or a recovery code."""
        known, token = self._waiting(request), request.cookies.get(staffed.COOKIE, "")
        if known is None:
            return reply.see_other(request, staffed.LOGIN)
        if not session.check_csrf(token, posted.get("_csrf", "")):
            raise Refused(403)
        wanted, now = staffed.inside(posted.get("next", "")), _now()
        trial = staffed.trial(self.app, request, now)
        refused = showing.attempt(self.app, known, posted, trial)
        if refused is None:
            return reply.see_other(request, wanted or staffed.HOME)
        return _refused(self._view(known, wanted, CODE), refused, now, self._frame(request))

    def ask_again(self, visit: Visit) -> Response:
        """`GET /console/again`."""
        wanted = staffed.inside(visit.request.query_params.get("next", ""))
        return reply.page(self._again(visit, wanted), visit.frame())

    def question_again(self, visit: Visit) -> Response:
        """`POST /console/again/options`: what the browser is asked for a passkey."""
        return self._question(visit.session)

    def prove(self, visit: Visit) -> Response:
        """`POST /console/again`: the second factor where there is one, else the password."""
        wanted = staffed.inside(visit.posted.get("next", ""))
        trial = staffed.trial(self.app, visit.request, visit.now)
        refused = showing.attempt(self.app, visit.session, visit.posted, trial)
        if refused is None:
            return reply.see_other(visit.request, wanted or staffed.HOME)
        return _refused(self._again(visit, wanted), refused, visit.now, visit.frame())

    def _again(self, visit: Visit, wanted: str) -> Proof:
        stands = standing.of(visit.session, staffed.demands(self.app), visit.now)
        view = self._view(visit.session, wanted, AGAIN)
        return replace(view, is_locked=stands is Standing.LOCKED)

    def _view(self, known: Session, wanted: str, at: str) -> Proof:
        view = showing.asked(self.app, known, at, at)
        return replace(view, begins=at == CODE, next=wanted)

    def _question(self, known: Session) -> Response:
        to, mine = showing.site(self.app), second.holder(self.app.ring, known)
        found = self.app.writer.run(lambda tx: passkey.ask(tx, to, mine))
        if found is None:
            raise errors.Missing("There is no passkey.", "Give a code.")
        return reply.json(found)

    def _waiting(self, request: Request) -> Session | None:
        return staffed.waiting(self.app, request.cookies.get(staffed.COOKIE, ""), _now())

    def _frame(self, request: Request) -> views.Frame:
        token = session.csrf(request.cookies.get(staffed.COOKIE, ""))
        return frame.surround(self.app, request, self.app.shelf.in_force_or_none(), token=token)


def address(wanted: str, at: str = AGAIN) -> str:
    """Return where a proof is asked for before going on to `wanted`."""
    return f"{at}?{urlencode({'next': wanted})}" if wanted else at


def _refused(view: Proof, refusal: Refusal, now: int, around: views.Frame) -> Response:
    shown, status, extra = showing.refused(view, refusal, now)
    return reply.page(shown, around, status, extra)


def _now() -> int:
    return time.time_ns() // 1_000_000

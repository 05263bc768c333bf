# SPDX-License-Identifier: Apache-2.0
"""Where a proof is asked for: the second step of a sign-in, and anew before what weighs most."""

import time
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from uphold import errors
from uphold.access import factor, passkey, second, session, webauthn
from uphold.access.session import Refusal, Session
from uphold.access.webauthn import Site
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
        refused = self._show(known, posted, now)
        if refused is None:
            return reply.see_other(request, wanted or staffed.HOME)
        return _refused(self._view(known, wanted, CODE), refused, now, self._frame(request))

    def ask_again(self, visit: Visit) -> Response:
        """`GET /console/again`."""
        wanted = staffed.inside(visit.request.query_params.get("next", ""))
        return reply.page(self._view(visit.session, wanted, AGAIN), visit.frame())

    def question_again(self, visit: Visit) -> Response:
        """`POST /console/again/options`: what the browser is asked for a passkey."""
        return self._question(visit.session)

    def prove(self, visit: Visit) -> Response:
        """`POST /console/again`: the second factor where there is one, else the password."""
        wanted = staffed.inside(visit.posted.get("next", ""))
        view = self._view(visit.session, wanted, AGAIN)
        prove = self._again if view.asks == "password" else self._show
        refused = prove(visit.session, visit.posted, visit.now)
        if refused is None:
            return reply.see_other(visit.request, wanted or staffed.HOME)
        return _refused(view, refused, visit.now, visit.frame())

    def _view(self, known: Session, wanted: str, at: str) -> Proof:
        staff = known.actor.staff
        with self.app.database.read() as connection:
            has_codes = factor.has_codes(connection, staff)
            has_passkey = passkey.has(connection, staff)
            is_usable = passkey.is_usable(connection, staff)
        asks = "code" if has_codes else "recovery" if has_passkey else "password"
        may_show = is_usable and webauthn.site(self.app.settings.site.address) is not None
        options = f"{at}/options" if may_show else ""
        return Proof(at, asks, begins=at == CODE, next=wanted, options_href=options)

    def _question(self, known: Session) -> Response:
        to, mine = site(self.app), second.holder(self.app.ring, known)
        found = self.app.writer.run(lambda tx: passkey.ask(tx, to, mine))
        if found is None:
            raise errors.Missing("There is no passkey.", "Give a code.")
        return reply.json(found)

    def _show(self, known: Session, posted: Mapping[str, str], now: int) -> Refusal | None:
        writer, ring = self.app.writer, self.app.ring
        given, key = posted.get("credential", ""), ring.token_key
        if given:
            mine = second.holder(ring, known)
            to = site(self.app)
            return second.show_passkey(writer, to, mine, known, given, key=key, now=now)
        return second.show(writer, ring, known, posted.get("given", ""), key=key, now=now)

    def _again(self, known: Session, posted: Mapping[str, str], now: int) -> Refusal | None:
        given, key = posted.get("given", ""), self.app.ring.token_key
        return second.again(self.app.writer, known, given, key=key, now=now)

    def _waiting(self, request: Request) -> Session | None:
        return staffed.waiting(self.app, request.cookies.get(staffed.COOKIE, ""), _now())

    def _frame(self, request: Request) -> views.Frame:
        token = session.csrf(request.cookies.get(staffed.COOKIE, ""))
        return frame.surround(self.app, request, self.app.shelf.in_force_or_none(), token=token)


def site(app: App) -> Site:
    """Return to whom passkeys are made; `errors.Missing` where browsers make none for this site's address."""
    found = webauthn.site(app.settings.site.address)
    if found is None:
        raise errors.Missing(
            "Browsers make no passkeys for this address.", "It takes a name and TLS."
        )
    return found


def address(wanted: str, at: str = AGAIN) -> str:
    """Return where a proof is asked for before going on to `wanted`."""
    return f"{at}?{urlencode({'next': wanted})}" if wanted else at


def _refused(view: Proof, refusal: Refusal, now: int, around: views.Frame) -> Response:
    wait = max(1, (refusal.retry_at - now) // _SECOND) if refusal.throttled else 0
    problem = "throttled" if refusal.throttled else "refused"
    shown = replace(view, problem=problem, retry_after=wait)
    extra = {"retry-after": str(wait)} if wait else {}
    return reply.page(shown, around, 429 if refusal.throttled else 422, extra)


def _now() -> int:
    return time.time_ns() // 1_000_000

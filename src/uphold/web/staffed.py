# SPDX-License-Identifier: Apache-2.0
"""The console's door: who is signed in, may they, and did they mean it. Strictest by default.

Every handler of the console is made by `door`, which asks for a permission; there is no other way to
get one onto a route. A post needs the session's anti-forgery token and must come from our own pages.
"""

import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlencode, urlsplit

from sqlalchemy import Connection, not_
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from uphold import errors
from uphold.access import arrival, glass, origin, permission, second, session, standing
from uphold.access.arrival import Whence
from uphold.access.permission import Permission
from uphold.access.second import Trial
from uphold.access.session import Session
from uphold.access.standing import Demands, Standing
from uphold.app import App
from uphold.assurance import probes, runs, statement
from uphold.detection import store as detected
from uphold.incident import reminder as incidents
from uphold.mail import letter, outbox
from uphold.rights import stored
from uphold.submission import decode, record as submissions
from uphold.web import body, frame, noticed, reply, showing, turns, views
from uphold.web.body import Refused
from uphold.web.turns import Later

COOKIE = "uphold_staff"
HOME = reply.CONSOLE
LOGIN = "/console/login"
CODE = "/console/login/code"
AGAIN = "/console/again"
ACCOUNT = "/console/account"
LOGOUT = "/console/logout"
# The longest answer, form-encoded: twelve bytes for a character of four; and what else its form holds.
ANSWER_BYTES = 12 * letter.LONGEST_TEXT + 65_536
PLACES = {
    "enquiries": Permission.ENQUIRY_LIST,
    "requests": Permission.REQUEST_LIST,
    "disclosures": Permission.DISCLOSURE_LIST,
    "mail": Permission.OUTBOX_LIST,
    "retention": Permission.RETENTION_READ,
    "policy": Permission.POLICY_READ,
    "proof": Permission.PROOF_READ,
    "threats": Permission.THREATS_READ,
    "statistics": Permission.STATISTICS_READ,
    # Who may not look at the figures may still see what is done to make them.
    "ledger": Permission.STATISTICS_LEDGER,
    "journal": Permission.HISTORY_READ,
    "alerts": Permission.ALERTS_READ,
    "holds": Permission.HOLD_LIST,
    "incidents": Permission.INCIDENT_READ,
    "staff": Permission.STAFF_LIST,
}
"""The sections of the console, each with the permission to enter it."""
PLACES_TO_GO = {Standing.LOCKED: AGAIN, Standing.FACTOR_NEEDED: ACCOUNT}
"""Where a session is led that must do something first."""
_MINUTE = 60_000
_PROBES = frozenset(probe.id for probe in probes.PROBES)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a signed-in member of staff, with what was posted (empty for a GET)."""

    app: App
    request: Request
    session: Session
    token: str
    posted: Mapping[str, str]
    now: int

    @property
    def language(self) -> str:
        """The language of the page. For a line of a list this is enough: a frame asks what alarms there are."""
        return frame.language(self.request, self.app.shelf.in_force_or_none())

    def frame(self, flash: str = "", path: str = "") -> views.Frame:
        """Build the frame of a page for this member of staff."""
        edition = self.app.shelf.in_force_or_none()
        role = self.session.actor.role
        places = tuple(name for name, needed in PLACES.items() if permission.holds(role, needed))
        person = views.Person(self.session.login, str(role), places)
        around = frame.surround(
            self.app,
            self.request,
            edition,
            path,
            person=person,
            token=session.csrf(self.token),
            flash=flash or self.request.query_params.get("done", ""),
        )
        if "proof" not in places:
            return around
        mine = self.session.actor.exercise
        alarm = _alarm(self.app, self.now, exercise=mine, mail="mail" in places)
        return replace(around, alarm=alarm)

    def may(self, wanted: Permission) -> bool:
        """Tell whether this person's role holds a permission."""
        return permission.holds(self.session.actor.role, wanted)


Handler = Callable[[Visit], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def door(app: App, wanted: Permission, handler: Handler, limit: int = ANSWER_BYTES) -> Endpoint:
    """Let in who is signed in and holds `wanted`; others are sent to sign in, or told there is nothing.

    `limit` is how many bytes may be posted.
    """

    async def endpoint(request: Request) -> Response:
        try:
            posted = await read(request, limit)
            return await turns.run(partial(_enter, app, wanted, handler, request, posted))
        except Refused as refused:
            return reply.problem(app, request, refused.status, retry_after=refused.retry_after)
        except errors.UpholdError as error:
            return await run_in_threadpool(reply.of_error, app, request, error)

    return endpoint


def open_door(app: App, handler: Callable[[Request, Mapping[str, str]], Response]) -> Endpoint:
    """Let anybody in, for signing in: posts must still come from our own pages."""

    async def endpoint(request: Request) -> Response:
        try:
            posted = await read(request, app.settings.limits.body_bytes)
            if not ours(request):
                raise Refused(403)
            return await turns.run(partial(_open, app, handler, request, posted))
        except Refused as refused:
            return reply.problem(app, request, refused.status, retry_after=refused.retry_after)
        except errors.UpholdError as error:
            return await run_in_threadpool(reply.of_error, app, request, error)

    return endpoint


async def read(request: Request, limit: int) -> Mapping[str, str]:
    """Read a posted form of at most `limit` bytes; empty for a GET."""
    if request.method != "POST":
        return {}
    headers = dict(request.scope["headers"])
    raw = await body.read(request.scope, request.receive, headers, limit)
    return decode.body(request.headers.get("content-type", ""), raw)


def ours(request: Request) -> bool:
    """Tell whether the browser sent this from one of our own pages."""
    return origin.same_origin(
        request.method,
        host=request.headers.get("host"),
        origin=request.headers.get("origin"),
        fetch_site=request.headers.get("sec-fetch-site"),
    )


def source(app: App, request: Request) -> bytes:
    """Hide the address that a sign-in comes from: attempts are counted per source, never stored with it."""
    address = request.client.host if request.client else ""
    return hashlib.blake2b(address.encode(), key=app.ring.token_key[:64], digest_size=16).digest()


def whence(app: App, request: Request, now: int, login: str = "") -> Whence:
    """Say from where a request comes, as keyed digests; `login` is what was typed as one."""
    address = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")
    run = noticed.run_of(app, request.scope["headers"])
    return arrival.whence(app.ring.signal_key, address, agent, now, login, run)


def trial(app: App, request: Request, now: int) -> Trial:
    """Say how a proof that comes with a request is counted, and from where it comes."""
    return Trial(app.ring.token_key, now, whence(app, request, now))


def with_cookie(app: App, response: Response, token: str) -> Response:
    """Set the session's cookie, or take it away for an empty token."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=app.settings.console.longest_minutes * 60 if token else 0,
        path=HOME,
        httponly=True,
        samesite="lax",
        secure=app.settings.secure,
    )
    return response


def _open(
    app: App,
    handler: Callable[[Request, Mapping[str, str]], Response],
    request: Request,
    posted: Mapping[str, str],
    *,
    had_turn: bool,
) -> Response | Later:
    later = None if had_turn else turns.of_source(app, request)
    return later or handler(request, posted)


def _enter(
    app: App,
    wanted: Permission,
    handler: Handler,
    request: Request,
    posted: Mapping[str, str],
    *,
    had_turn: bool,
) -> Response | Later:
    now = time.time_ns() // 1_000_000
    token = request.cookies.get(COOKIE, "")
    current = _session(app, token, now)
    if current is None:
        if waiting(app, token, now) is not None:
            return _to(CODE, request, request.url.path)
        return _to_login(request, expired=bool(token))
    request.scope[noticed.STAFF] = current.actor.staff
    _note_place(app, request, current, now)
    if not had_turn and (later := turns.of_staff(app, current.actor.staff)) is not None:
        return later
    if request.method == "POST" and not (
        ours(request) and session.check_csrf(token, posted.get("_csrf", ""))
    ):
        raise Refused(403)
    if not permission.holds(current.actor.role, wanted):
        # Not 403: who may not use a page need not learn that there is one.
        raise Refused(404)
    if request.method == "POST" and not permission.within(current.actor, wanted):
        raise Refused(403)
    visit = _let_on(Visit(app, request, current, token, posted, now))
    if isinstance(visit, Response):
        return visit
    current = visit.session
    if request.method == "POST" and wanted in second.STEP_UP and not second.is_fresh(current, now):
        return _to(AGAIN, request, _back(request))
    if session.stale(current, now) and not _is_locked(visit):
        app.writer.run(lambda tx: session.touch(tx, current, now))
    return handler(visit)


def _note_place(app: App, request: Request, current: Session, now: int) -> None:
    """Note from where a session acts, the first time that it does from there; a storage in trouble stops nobody."""
    at = whence(app, request, now)
    number, staff = current.number, current.actor.staff
    if app.places.is_new("session", number, at):
        try:
            app.writer.run(lambda tx: arrival.moved(tx, at, number, staff))
        except errors.UpholdError:
            app.places.forget("session", number, at)


def _let_on(visit: Visit) -> Visit | Response:
    """Let on who has nothing to do first. A post of a locked session brings its proof along, or is asked for it."""
    app, request = visit.app, visit.request
    stands = standing.of(visit.session, demands(app), visit.now)
    sent = replace(visit, posted=showing.sent(visit.posted))
    if is_open(request.url.path, stands):
        return sent
    if stands is not Standing.LOCKED or request.method != "POST":
        return _to(PLACES_TO_GO[stands], request, _back(request))
    asked = showing.asked(app, visit.session, request.url.path, AGAIN)
    view = replace(asked, is_locked=True, kept=showing.carried(visit.posted))
    around = visit.frame(path=_back(request) or HOME)
    if showing.UNLOCK not in visit.posted:
        return reply.page(view, around, 403)
    refused = showing.attempt(app, visit.session, visit.posted, trial(app, request, visit.now))
    if refused is not None:
        shown, status, extra = showing.refused(view, refused, visit.now)
        return reply.page(shown, around, status, extra)
    proven = _session(app, visit.token, time.time_ns() // 1_000_000)
    return _to_login(request, expired=True) if proven is None else replace(sent, session=proven)


def _is_locked(visit: Visit) -> bool:
    return standing.of(visit.session, demands(visit.app), visit.now) is Standing.LOCKED


def messages_of(*, exercise: bool) -> outbox.Counted:
    """Say of a message's record whether it is a run of probes', or a person's or nobody's."""
    of_run = submissions.is_exercise
    return of_run if exercise else lambda record: not_(of_run(record))


def _alarm(app: App, now: int, *, exercise: bool, mail: bool) -> views.Alarm | None:
    with app.database.read() as connection:
        broken = runs.broken(connection, _PROBES, now)
        late = stored.count_late(connection, now, exercise=exercise)
        # Who has no way to the mail is not told to look there.
        stuck = outbox.stuck(connection, messages_of(exercise=exercise)) if mail else 0
        opened = glass.unseen(connection, exercise=exercise)
        # What exercises set off alarms nobody.
        alerts = 0 if exercise else detected.waiting(connection)
        unsigned = 0 if exercise else _unsigned(app, connection, now)
        unseen = runs.unseen(connection)
        found = views.Alarm(broken, unseen, late, stuck, opened, alerts, unsigned)
        if not exercise:
            found = replace(found, incidents=_notices(app, connection, now))
    return found if found != views.Alarm(0, 0) else None


def _unsigned(app: App, connection: Connection, now: int) -> int:
    """Count the kinds of statement that nobody has signed for; a site that nobody has written to is not live yet."""
    edition = app.shelf.in_force_or_none()
    if edition is None or app.settings.site.demo or not submissions.is_live(connection):
        return 0
    return len(statement.overdue(connection, edition, now))


def _notices(app: App, connection: Connection, now: int) -> int:
    """Count the notices of incidents that somebody must look at."""
    edition, zone = app.shelf.in_force_or_none(), app.settings.site.zone
    if edition is None:
        return 0
    return incidents.count(connection, edition.policy.laws, zone, now).all


def is_open(path: str, stands: Standing) -> bool:
    """Tell whether a page is open to a session that stands so: to sign out, and to do what is missing, always."""
    ways = (AGAIN, LOGOUT) if stands is Standing.LOCKED else (AGAIN, LOGOUT, ACCOUNT)
    return stands is Standing.READY or any(path == at or path.startswith(f"{at}/") for at in ways)


def demands(app: App) -> Demands:
    """Return what this site asks of sessions before they act."""
    console = app.settings.console
    return Demands(console.lock_minutes * _MINUTE, console.second_factor == "required")


def limits(app: App) -> session.Limits:
    """Return how long sessions live at this site."""
    console = app.settings.console
    return session.Limits(console.idle_minutes * _MINUTE, console.longest_minutes * _MINUTE)


def inside(address: str) -> str:
    """Return an address to go on to, only if it is a page of the console; else nothing."""
    is_inside = address == HOME or address.startswith(f"{HOME}/")
    return address if is_inside and "\\" not in address and "//" not in address else ""


def waiting(app: App, token: str, now: int) -> Session | None:
    """Return the session of a cookie that still waits for the second factor."""
    if not token:
        return None
    with app.database.read() as connection:
        return session.waiting(connection, token, now, limits(app))


def _session(app: App, token: str, now: int) -> Session | None:
    if not token:
        return None
    with app.database.read() as connection:
        return session.resolve(connection, token, now, limits(app))


def _to(place: str, request: Request, wanted: str) -> Response:
    """Lead to where a proof is asked for, and on from there."""
    back = inside(wanted)
    return reply.see_other(request, f"{place}?{urlencode({'next': back})}" if back else place)


def _back(request: Request) -> str:
    """Return the page to come back to: this one, or the one that a post came from."""
    if request.method == "GET":
        return request.url.path
    return urlsplit(request.headers.get("referer", "")).path


def _to_login(request: Request, *, expired: bool) -> Response:
    query = {"problem": "expired"} if expired else {}
    if request.method == "GET" and request.url.path != HOME:
        query["next"] = request.url.path
    return reply.see_other(request, f"{LOGIN}?{urlencode(query)}" if query else LOGIN)

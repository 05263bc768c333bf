# SPDX-License-Identifier: Apache-2.0
"""The console's pages of accounts: one's own sessions and second factor, and for the owner those of others."""

from starlette.responses import Response

from uphold import errors
from uphold.access import (
    factor,
    passkey,
    password as passwords,
    second,
    session,
    staff,
    totp,
    webauthn,
)
from uphold.access.passkey import Passkey
from uphold.access.permission import Permission
from uphold.access.second import Live
from uphold.access.staff import Account as Person
from uphold.app import App
from uphold.vault import identifier
from uphold.web import proving, qr, reply, staffed
from uphold.web.account_views import Account, Colleague, PasskeyRow, Passkeys, SessionRow
from uphold.web.proving import Proving
from uphold.web.staffed import Handler, Visit

ACCOUNT = staffed.ACCOUNT
STAFF = "/console/staff"
ONE = f"{STAFF}/{{id}}"


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    desk, others, again = AccountDesk(app), ColleagueDesk(app), Proving(app)
    own, close = Permission.ACCOUNT_OWN, Permission.STAFF_CLOSE
    return [
        ("GET", proving.AGAIN, own, again.ask_again),
        ("POST", proving.AGAIN, own, again.prove),
        ("POST", f"{proving.AGAIN}/options", own, again.question_again),
        ("GET", ACCOUNT, own, desk.look),
        ("POST", f"{ACCOUNT}/session/{{number}}/end", own, desk.end),
        ("POST", f"{ACCOUNT}/factor", own, desk.begin),
        ("POST", f"{ACCOUNT}/factor/confirm", own, desk.confirm),
        ("POST", f"{ACCOUNT}/factor/remove", own, desk.remove),
        ("GET", ONE, close, others.look),
        ("POST", f"{ONE}/sessions", close, others.end),
        ("POST", f"{ONE}/factor", close, others.remove),
        ("POST", f"{ONE}/close", close, others.close),
    ]


class AccountDesk:
    """One's own account."""

    def __init__(self, app: App) -> None:
        """Serve the staff of `app`."""
        self.app = app

    def look(self, visit: Visit) -> Response:
        """`GET /console/account`."""
        return self.page(visit)

    def end(self, visit: Visit) -> Response:
        """`POST …/session/{number}/end`: one's own sessions only; another's is as if there were none."""
        named, mine = number(visit), visit.session.actor.staff
        if not self.app.writer.run(lambda tx: second.end(tx, mine, named)):
            raise errors.Missing("There is no such session.", "Look at the list.")
        return reply.see_other(visit.request, f"{ACCOUNT}?done=session-ended")

    def begin(self, visit: Visit) -> Response:
        """`POST …/factor`: make a secret; nothing asks for it before a code of it was given."""
        if not second.is_fresh(visit.session, visit.now):
            return reply.see_other(visit.request, proving.address(ACCOUNT))
        mine = visit.session.actor.staff
        self.app.writer.run(lambda tx: factor.begin(tx, self.app.ring, mine))
        return reply.see_other(visit.request, ACCOUNT)

    def confirm(self, visit: Visit) -> Response:
        """`POST …/factor/confirm`: the factor is in force, and the recovery codes are shown this once."""
        known, given = visit.session, visit.posted.get("code", "")
        made = self.app.writer.run(
            lambda tx: factor.confirm(tx, self.app.ring, known.actor.staff, given)
        )
        if made is None:
            return self.page(visit, problem="code", status=422)
        self.app.writer.run(lambda tx: second.begin(tx, known, visit.now))
        return self.page(visit, recovery=made)

    def remove(self, visit: Visit) -> Response:
        """`POST …/factor/remove`: only with a fresh proof."""
        if not second.is_fresh(visit.session, visit.now):
            return reply.see_other(visit.request, proving.address(ACCOUNT))
        mine = visit.session.actor.staff
        self.app.writer.run(lambda tx: factor.unset(tx, mine, mine))
        return reply.see_other(visit.request, f"{ACCOUNT}?done=factor-removed")

    def page(
        self, visit: Visit, *, problem: str = "", recovery: tuple[str, ...] = (), status: int = 200
    ) -> Response:
        """Answer with the page of one's own account."""
        mine, ring = visit.session.actor.staff, self.app.ring
        with self.app.database.read() as connection:
            live = second.sessions(connection, mine, visit.now, staffed.limits(self.app))
            secret = factor.pending(connection, ring, mine)
            has_codes, left = factor.has_codes(connection, mine), factor.left(connection, mine)
            passkeys = passkey.listed(connection, mine)
        around = visit.frame(path=ACCOUNT)
        otpauth = totp.link(secret, visit.session.login, around.site) if secret else ""
        needed = staffed.demands(self.app).second_factor
        view = Account(
            sessions=tuple(_row(one, visit, f"{ACCOUNT}/session/{one.number}/end") for one in live),
            state="set" if has_codes else "pending" if secret else "none",
            left=left,
            secret=totp.written(secret) if secret else "",
            otpauth_href=otpauth,
            qr=qr.drawn(otpauth) if otpauth else "",
            is_demanded=needed and not (has_codes or passkeys),
            recovery=recovery,
            problem=problem,
            passkeys=_passkeys(self.app, visit, passkeys),
            minimum=passwords.SHORTEST,
        )
        return reply.page(view, around, status)


class ColleagueDesk:
    """Another's account, for the owner."""

    def __init__(self, app: App) -> None:
        """Serve the staff of `app`."""
        self.app = app

    def look(self, visit: Visit) -> Response:
        """`GET /console/staff/{id}`."""
        return self._page(visit, self._find(visit))

    def end(self, visit: Visit) -> Response:
        """`POST …/sessions`: all of them end at once."""
        known = self._find(visit)
        self.app.writer.run(lambda tx: session.end_all(tx, known.number))
        return self._done(visit, "session-ended")

    def remove(self, visit: Visit) -> Response:
        """`POST …/factor`: for who lost the device and the recovery codes; their sessions end."""
        known, by = self._find(visit), visit.session.actor.staff
        self.app.writer.run(lambda tx: factor.drop(tx, known.number, by))
        self.app.writer.run(lambda tx: session.end_all(tx, known.number))
        return self._done(visit, "factor-removed")

    def close(self, visit: Visit) -> Response:
        """`POST …/close`: the account is closed for good, its sessions end."""
        known, by = self._find(visit), visit.session.actor.staff
        try:
            self.app.writer.run(lambda tx: staff.close(tx, known.number, by))
        except errors.Conflict:
            return self._page(visit, known, "own" if known.number == by else "last", 422)
        self.app.writer.run(lambda tx: session.end_all(tx, known.number))
        self.app.writer.run(lambda tx: factor.drop(tx, known.number, by))
        return reply.see_other(visit.request, f"{STAFF}?done=account-closed")

    def _find(self, visit: Visit) -> Person:
        named = visit.request.path_params["id"]
        number = self.app.ring.identifiers.decode(identifier.STAFF, named)
        with self.app.database.read() as connection:
            # Who the operator's people are is none of an exercise's business.
            people = () if visit.session.actor.exercise else staff.accounts(connection)
        for known in people:
            if known.number == number:
                return known
        raise errors.Missing("There is no such account.", "Look at the list of staff.")

    def _page(self, visit: Visit, known: Person, problem: str = "", status: int = 200) -> Response:
        with self.app.database.read() as connection:
            live = second.sessions(connection, known.number, visit.now, staffed.limits(self.app))
            has_factor = factor.is_set(connection, known.number)
            passkeys = passkey.listed(connection, known.number)
        here = f"{STAFF}/{visit.request.path_params['id']}"
        view = Colleague(
            login=known.login,
            role=str(known.role),
            state=str(known.state),
            sessions=tuple(_row(one, visit) for one in live),
            has_factor=has_factor,
            passkeys=len(passkeys),
            blocked=sum(one.blocked_at is not None for one in passkeys),
            end_href=f"{here}/sessions" if live else "",
            factor_href=f"{here}/factor" if has_factor else "",
            close_href=f"{here}/close" if known.state != staff.State.CLOSED else "",
            problem=problem,
        )
        return reply.page(view, visit.frame(path=here), status)

    def _done(self, visit: Visit, code: str) -> Response:
        here = f"{STAFF}/{visit.request.path_params['id']}"
        return reply.see_other(visit.request, f"{here}?done={code}")


def _row(one: Live, visit: Visit, href: str = "") -> SessionRow:
    is_own = one.number == visit.session.number
    return SessionRow(one.created_at, one.seen_at, is_own, "" if is_own else href)


def number(visit: Visit) -> int:
    """Return the number that the address names; one that cannot be any raises `errors.Missing`."""
    named: str = visit.request.path_params["number"]
    if not (named.isascii() and named.isdigit() and len(named) < 19):
        raise errors.Missing("There is nothing of this number.", "Look at the list.")
    return int(named)


def _passkeys(app: App, visit: Visit, listed: tuple[Passkey, ...]) -> Passkeys:
    site = webauthn.site(app.settings.site.address)
    is_here = site is not None and visit.request.url.hostname == site.host
    rows = tuple(
        PasskeyRow(
            name=one.name,
            made_at=one.created_at,
            used_at=one.used_at,
            is_blocked=one.blocked_at is not None,
            remove_href=f"{ACCOUNT}/passkey/{one.number}/remove",
        )
        for one in listed
    )
    return Passkeys(
        rows=rows,
        may_add=is_here and len(rows) < passkey.MOST,
        elsewhere_href=f"{site.origin}{ACCOUNT}" if site and not is_here else "",
        is_possible=site is not None,
    )

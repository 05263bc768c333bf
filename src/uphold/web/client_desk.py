# SPDX-License-Identifier: Apache-2.0
"""The console's page of machine clients: made with a token that is shown once, listed, revoked."""

from starlette.responses import Response

from uphold import errors
from uphold.access import client, staff
from uphold.access.client import Client, Terms
from uphold.access.permission import Permission, Role
from uphold.app import App
from uphold.policy.document import pick
from uphold.web import reply
from uphold.web.client_views import ClientRow, Clients, Made, Scope, Typed
from uphold.web.staffed import Handler, Visit
from uphold.web.views import Option

CLIENTS = "/console/clients"
REVOKE = f"{CLIENTS}/{{number}}/revoke"
_DAYS = 3
"""The most digits of a number of days."""


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    desk = ClientDesk(app)
    return [
        ("GET", CLIENTS, Permission.CLIENT_LIST, desk.look),
        ("POST", CLIENTS, Permission.CLIENT_MAKE, desk.make),
        ("POST", REVOKE, Permission.CLIENT_REVOKE, desk.revoke),
    ]


class ClientDesk:
    """The handlers, for who has passed the console's door."""

    def __init__(self, app: App) -> None:
        """Serve the staff of `app`."""
        self.app = app

    def look(self, visit: Visit) -> Response:
        """`GET /console/clients`."""
        return reply.page(self._view(visit), visit.frame())

    def make(self, visit: Visit) -> Response:
        """`POST /console/clients`: the token is shown this once."""
        typed = _typed(visit)
        problem = self._problem(typed)
        if problem:
            return self._again(visit, typed, problem)
        terms = Terms(
            typed.name,
            Role(typed.role),
            frozenset(Permission(code) for code in typed.scopes),
            frozenset(typed.purposes),
            int(typed.days),
        )
        edition, by = self.app.shelf.in_force(), visit.session.actor.staff
        try:
            made = self.app.writer.run(lambda tx: client.make(tx, terms, edition, by))
        except errors.Conflict:
            return self._again(visit, typed, "taken")
        shown = Made(made.name, made.token, made.expires_at)
        return reply.page(self._view(visit, made=shown), visit.frame(path=CLIENTS))

    def revoke(self, visit: Visit) -> Response:
        """`POST …/revoke`: at once; `errors.Missing` for one that there is not, or that is revoked already."""
        number, by = visit.request.path_params["number"], visit.session.actor.staff
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            raise errors.Missing("There is no such machine client.", "Look at the list of them.")
        self.app.writer.run(lambda tx: client.revoke(tx, int(number), by))
        return reply.see_other(visit.request, f"{CLIENTS}?done=client-revoked")

    def _problem(self, typed: Typed) -> str:
        """Name the first thing that is wrong with what was typed, in the order of the form."""
        if staff.spelled(typed.name) is None:
            return "name"
        if typed.role not in set(client.ROLES):
            return "role"
        if not set(typed.scopes) <= set(client.offered(Role(typed.role))):
            return "scope"
        known = self.app.shelf.in_force().policy.purposes
        if not all(name in known and typed.role in known[name].roles for name in typed.purposes):
            return "purpose"
        is_number = typed.days.isascii() and typed.days.isdigit() and len(typed.days) <= _DAYS
        if not (is_number and 1 <= int(typed.days) <= client.LONGEST_DAYS):
            return "days"
        return ""

    def _again(self, visit: Visit, typed: Typed, problem: str) -> Response:
        return reply.page(self._view(visit, typed, problem), visit.frame(path=CLIENTS), 422)

    def _view(
        self, visit: Visit, typed: Typed | None = None, problem: str = "", made: Made | None = None
    ) -> Clients:
        edition, language = self.app.shelf.in_force(), visit.language
        own = edition.policy.language
        titles = {
            name: pick(one.title, language, own) for name, one in edition.policy.purposes.items()
        }
        with self.app.database.read() as connection:
            # Which programs the operator has is none of an exercise's business.
            known = () if visit.session.actor.exercise else client.clients(connection)
        return Clients(
            rows=tuple(_row(one, visit, titles) for one in known),
            roles=tuple(str(role) for role in client.ROLES),
            scopes=tuple(_scope(code) for code in client.SCOPES),
            purposes=tuple(
                Option(name, titles[name])
                for name, one in edition.policy.purposes.items()
                if set(one.roles) & {str(role) for role in client.ROLES}
            ),
            typed=typed or Typed(),
            longest=client.LONGEST_DAYS,
            problem=problem,
            made=made,
            may_make=visit.may(Permission.CLIENT_MAKE) and not visit.session.actor.exercise,
        )


def _typed(visit: Visit) -> Typed:
    posted = visit.posted

    def ticked(of: str) -> tuple[str, ...]:
        return tuple(name.removeprefix(of) for name in posted if name.startswith(of))

    return Typed(
        name=posted.get("name", ""),
        role=posted.get("role", ""),
        scopes=ticked("scope."),
        purposes=ticked("for."),
        days=posted.get("days", ""),
    )


def _scope(code: Permission) -> Scope:
    roles = tuple(str(role) for role in client.ROLES if code in client.offered(role))
    return Scope(str(code), roles)


def _row(one: Client, visit: Visit, titles: dict[str, str]) -> ClientRow:
    ended = one.ended(visit.now)
    own = {Permission.ACCOUNT_OWN}
    may = visit.may(Permission.CLIENT_REVOKE) and not one.revoked_at
    return ClientRow(
        name=one.name,
        role=str(one.actor.role),
        state=ended.removeprefix("token-") if ended else "good",
        scopes=tuple(str(code) for code in client.SCOPES if code in (one.actor.scopes or own)),
        purposes=tuple(titles.get(name, name) for name in sorted(one.actor.purposes or ())),
        expires_at=one.expires_at,
        seen_at=one.seen_at,
        revoke_href=REVOKE.replace("{number}", str(one.actor.staff)) if may else "",
    )

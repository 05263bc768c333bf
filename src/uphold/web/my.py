# SPDX-License-Identifier: Apache-2.0
"""The way into `/my`, and out: an address is asked for, a link is mailed to it, a button on the link's page enters.

The answer to an address is the same whether it is known here or not, and so is what is done. Opening the link
shows a button and uses nothing up, as programs that look through mail open links too.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from uphold import errors
from uphold.app import App
from uphold.policy.document import pick
from uphold.rights import identity
from uphold.vault import contact
from uphold.vault.contact import Contact
from uphold.web import frame, holder, my_door, my_shown, my_views, reply, views
from uphold.web.my_door import HOME, Visit
from uphold.web.my_pace import Pace

ENTRANCE = "/my/enter"
ASKED = "/my/asked"
TOKEN = "token"  # noqa: S105 - the name of the link's parameter
CONTACT = "contact"


class Way:
    """The handlers of `/my` for whoever has proved nothing yet, and of leaving."""

    def __init__(self, app: App) -> None:
        """Serve `app`; what is counted against guessing is counted by this process."""
        self.app = app
        self._pace = Pace()

    def question(self, request: Request, _: Mapping[str, str]) -> Response:
        """`GET /my` without a session: the question for an address."""
        return self._ask(request)

    def ask(self, request: Request, posted: Mapping[str, str]) -> Response:
        """`POST /my`: mail a link to an address, if it is one that links can be mailed to."""
        now, wanted = holder.now(), posted.get(CONTACT, "").strip()
        client = request.client.host if request.client else ""
        spelled = contact.normalise(Contact(contact.EMAIL, wanted))
        wait = self._pace.client(client, now)
        if not wait and spelled is None:
            is_phone = contact.normalise(Contact(contact.PHONE, wanted)) is not None
            return self._ask(request, "phone" if is_phone else "invalid", 422)
        wait = wait or self._pace.contact(spelled or "", now)
        if wait:
            return self._ask(request, "throttled", 429, wait)
        self._mail(request, wanted, now)
        return reply.see_other(request, ASKED)

    def asked(self, request: Request, _: Mapping[str, str]) -> Response:
        """`GET /my/asked`: the same for every address."""
        view = my_views.Asked(minutes=identity.LINK_MS // identity.MINUTE)
        return reply.page(view, self._frame(request))

    def look(self, request: Request, _: Mapping[str, str]) -> Response:
        """`GET /my/enter?token=`: a button; nothing is used up."""
        token = request.query_params.get(TOKEN, "")
        with self.app.database.read() as connection:
            good = identity.is_good(connection, token, holder.now())
        return self._entrance(request, token if good else "")

    def enter(self, request: Request, posted: Mapping[str, str]) -> Response:
        """`POST /my/enter`: use the link up, and begin."""
        now, token = holder.now(), posted.get(TOKEN, "")
        try:
            cookie = self.app.writer.run(lambda tx: identity.enter(tx, self.app.ring, token, now))
        except errors.Missing:
            return self._entrance(request, "")
        return my_door.with_cookie(self.app, reply.see_other(request, HOME), cookie)

    def leave(self, visit: Visit) -> Response:
        """`POST /my/leave`."""
        self.app.writer.run(lambda tx: identity.leave(tx, visit.token))
        gone = reply.see_other(visit.request, f"{HOME}?done=left")
        return my_door.with_cookie(self.app, gone, "")

    def _mail(self, request: Request, address: str, now: int) -> None:
        named = Contact(contact.EMAIL, address)
        language = frame.language(request, self.app.shelf.in_force())
        self.app.writer.run(lambda tx: identity.ask_link(tx, self.app.ring, named, language, now))

    def _entrance(self, request: Request, token: str) -> Response:
        path = f"{ENTRANCE}?{urlencode({TOKEN: token})}" if token else HOME
        view = my_views.Enter(token=token, action_href=ENTRANCE, ask_href=HOME)
        around = self._frame(request, path)
        return reply.page(view, around, 200 if token else 410)

    def _ask(
        self, request: Request, problem: str = "", status: int = 200, wait: int = 0
    ) -> Response:
        done = request.query_params.get("done", "")
        policy = self.app.shelf.in_force().policy
        who, language = policy.operator, frame.language(request, self.app.shelf.in_force())
        place = pick(who.address, language, policy.language)
        view = my_views.Ask(
            action_href=HOME,
            contact="; ".join(filter(None, (who.contact, who.phone, place))),
            problem=problem or (done if done in {"expired", "left"} else ""),
            retry_after=wait,
        )
        extra = {"retry-after": str(wait)} if wait else {}
        return reply.page(view, self._frame(request, HOME), status, extra)

    def _frame(self, request: Request, path: str = "") -> views.Frame:
        return frame.surround(self.app, request, self.app.shelf.in_force(), path)


def seen(visit: Visit) -> Response:
    """Show what is held about a person, without opening any value."""
    return visit.page(my_shown.home(visit, visit.holdings()), path=HOME)

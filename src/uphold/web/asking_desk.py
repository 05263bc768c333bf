# SPDX-License-Identifier: Apache-2.0
"""The console's page of asking anew: how many are concerned, and the letters to them once the owner says so."""

import logging
import threading

from starlette.responses import Response

from uphold import errors
from uphold.access.permission import Actor, Permission
from uphold.app import App
from uphold.enquiry.ask import Ask
from uphold.web import drafts, frame, reply
from uphold.web.staffed import Handler, Visit

ASK = "/console/policy/ask"
_log = logging.getLogger("uphold.asking")


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    desk = AskingDesk(app)
    return [
        ("GET", ASK, Permission.CONSENT_ASK, desk.count),
        ("POST", ASK, Permission.CONSENT_ASK, desk.ask),
    ]


class AskingDesk:
    """The handlers. One round at a time; a round that broke off is gone on with by the next."""

    def __init__(self, app: App) -> None:
        """Serve `app`."""
        self.app = app
        self._round = threading.Lock()

    def count(self, visit: Visit) -> Response:
        """`GET /console/policy/ask`: how many would be asked. Opens nothing."""
        return self._page(visit)

    def ask(self, visit: Visit) -> Response:
        """`POST /console/policy/ask`: begin, unless the numbers are others than those that were confirmed."""
        asking = self._asking(visit)
        confirmed = (visit.posted.get("edition", ""), visit.posted.get("people", ""))
        if confirmed != (str(asking.current.number), str(asking.count().asked)):
            return self._page(visit, 409, state="changed")
        if self._round.acquire(blocking=False):
            actor = visit.session.actor
            threading.Thread(
                target=self.run, args=(asking, actor), name="asking", daemon=True
            ).start()
        return reply.see_other(visit.request, f"{ASK}?done=asking")

    def run(self, asking: Ask, actor: Actor) -> None:
        """Write the letters; each is durable by itself. Lets the next round begin in the end."""
        try:
            asking.run(actor)
        except errors.UpholdError as error:
            _log.error("Asking anew broke off: %s", error.message)
        finally:
            self._round.release()

    def _asking(self, visit: Visit) -> Ask:
        app = self.app
        current = app.shelf.in_force()
        site = frame.site(app, visit.request)
        asking = Ask(app.writer, app.database, app.ring, app.shelf.edition, current, site)
        asking.require(current.number)
        return asking

    def _page(self, visit: Visit, status: int = 200, state: str = "") -> Response:
        asking = self._asking(visit)
        tally = asking.count()
        around = visit.frame(path=ASK)
        view = drafts.AskPage(
            edition=asking.current.number,
            people=tally.asked,
            before=tally.before,
            unreachable=tally.unreachable,
            under_way=self._round.locked(),
            state=state,
        )
        return reply.page(view, around, status)

# SPDX-License-Identifier: Apache-2.0
"""Passkeys at the console: what the browser is asked, one made, one taken away. Showing one is in `proving`.

The options are fetched by the page's own script, because only a script can ask the browser for a passkey; what
comes of it is posted by the page's form like anything else.
"""

from starlette.responses import Response

from uphold import errors
from uphold.access import passkey, second
from uphold.access.permission import Permission
from uphold.access.webauthn import Site
from uphold.app import App
from uphold.web import account_desk, proving, reply, showing
from uphold.web.staffed import Handler, Visit

HERE = f"{account_desk.ACCOUNT}/passkey"


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    desk, own = PasskeyDesk(app), Permission.ACCOUNT_OWN
    return [
        ("POST", f"{HERE}/options", own, desk.options),
        ("POST", HERE, own, desk.add),
        ("POST", f"{HERE}/{{number}}/remove", own, desk.remove),
    ]


class PasskeyDesk:
    """One's own passkeys."""

    def __init__(self, app: App) -> None:
        """Serve the staff of `app`."""
        self.app = app
        self.account = account_desk.AccountDesk(app)

    def options(self, visit: Visit) -> Response:
        """`POST …/passkey/options`: what the browser is asked for a new one; only with a fresh proof."""
        if not second.is_fresh(visit.session, visit.now):
            return reply.json({"to": proving.address(account_desk.ACCOUNT)}, 409)
        to, mine = self._site(), second.holder(self.app.ring, visit.session)
        found = self.app.writer.run(lambda tx: passkey.begin(tx, to, mine))
        if found is None:
            raise errors.Conflict("There are too many passkeys.", "Take one away first.")
        return reply.json(found)

    def add(self, visit: Visit) -> Response:
        """`POST …/passkey`: keep what the browser made; the first factor comes with recovery codes, shown once."""
        to, known = self._site(), visit.session
        mine = second.holder(self.app.ring, known)
        given, name = visit.posted.get("credential", ""), visit.posted.get("name", "")
        made = self.app.writer.run(lambda tx: second.add(tx, to, mine, known, given, name))
        if made is None:
            return self.account.page(visit, problem="passkey", status=422)
        if made:
            return self.account.page(visit, recovery=made)
        return reply.see_other(visit.request, f"{account_desk.ACCOUNT}?done=passkey-added")

    def remove(self, visit: Visit) -> Response:
        """`POST …/passkey/{number}/remove`: one's own only, and with a fresh proof."""
        if not second.is_fresh(visit.session, visit.now):
            return reply.see_other(visit.request, proving.address(account_desk.ACCOUNT))
        mine = visit.session.actor.staff
        number = account_desk.number(visit)
        if not self.app.writer.run(lambda tx: second.remove(tx, mine, number, mine)):
            raise errors.Missing("There is no such passkey.", "Look at the list.")
        return reply.see_other(visit.request, f"{account_desk.ACCOUNT}?done=passkey-removed")

    def _site(self) -> Site:
        return showing.site(self.app)

# SPDX-License-Identifier: Apache-2.0
"""One's own password, changed at the console by who knows the present one."""

from starlette.responses import Response

from uphold.access import second
from uphold.access.permission import Permission
from uphold.access.session import Refusal
from uphold.app import App
from uphold.web import account_desk, reply, staffed
from uphold.web.staffed import Handler, Visit

HERE = f"{account_desk.ACCOUNT}/password"


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    return [("POST", HERE, Permission.ACCOUNT_OWN, PasswordDesk(app).change)]


class PasswordDesk:
    """One's own password."""

    def __init__(self, app: App) -> None:
        """Serve the staff of `app`."""
        self.app = app
        self.account = account_desk.AccountDesk(app)

    def change(self, visit: Visit) -> Response:
        """`POST /console/account/password`: every session ends, so that a thief's does; one signs in anew."""
        problem = self._change(visit)
        if problem:
            status = 429 if problem == "throttled" else 422
            return self.account.page(visit, problem=problem, status=status)
        gone = reply.see_other(visit.request, f"{staffed.LOGIN}?done=password-set")
        return staffed.with_cookie(self.app, gone, "")

    def _change(self, visit: Visit) -> str:
        current, fresh = (visit.posted.get(name, "") for name in ("current", "password"))
        if fresh != visit.posted.get("again", ""):
            return "differ"
        trial = staffed.trial(self.app, visit.request, visit.now)
        refused = second.change(self.app.writer, visit.session, current, fresh, trial)
        if isinstance(refused, Refusal):
            return "throttled" if refused.throttled else "current"
        return str(refused or "")

# SPDX-License-Identifier: Apache-2.0
"""The desk of alerts: what the rules found, what they did about it, what binds now, and whether they were right.

Alerts about people and those of exercises stand apart. What is laid out for nobody to touch is shown to nobody here.
"""

from dataclasses import dataclass

from starlette.responses import Response

from uphold import errors
from uphold.access import hold, lift, restraint
from uphold.access.lift import Step as Lift
from uphold.access.permission import Permission
from uphold.app import App
from uphold.detection import counted, store
from uphold.detection.store import Alert, Verdict
from uphold.web import alert_pages, reply
from uphold.web.alert_pages import ALERTS, Look
from uphold.web.alert_views import Alerts, Rules
from uphold.web.staffed import Handler, Visit

ONE = f"{ALERTS}/alert/{{number}}"
PAGE = 50
PAST = 20


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    desk = AlertDesk(app)
    return [
        ("GET", ALERTS, Permission.ALERTS_READ, desk.look),
        ("GET", f"{ALERTS}/rules", Permission.ALERTS_READ, desk.rules),
        ("GET", ONE, Permission.ALERTS_READ, desk.one),
        ("POST", f"{ONE}/judge", Permission.ALERT_JUDGE, desk.judge),
        ("POST", f"{ALERTS}/restraint/{{number}}/lift", Permission.RESTRAINT_LIFT, desk.lift),
        ("POST", f"{ALERTS}/hold/{{number}}/lift", Permission.RESTRAINT_LIFT, desk.unhold),
    ]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which alerts: those of exercises, before which number."""

    exercise: bool
    before: int | None


class AlertDesk:
    """The handlers, for who has passed the console's door."""

    def __init__(self, app: App) -> None:
        """Serve the alerts of `app`."""
        self.app = app

    def look(self, visit: Visit) -> Response:
        """`GET /console/alerts?of=exercises&before=`: the alerts, the newest first, and what binds now."""
        return self._list(visit)

    def rules(self, visit: Visit) -> Response:
        """`GET /console/alerts/rules`: each rule, whether it acts, when it last found something, how often wrongly."""
        around, settings = visit.frame(), self.app.settings.detection
        with self.app.database.read() as connection:
            found = counted.by_rule(connection)
        rows = alert_pages.rules(self.app, found, around.language)
        return reply.page(Rules(rows, ALERTS, settings.on, settings.act), around)

    def one(self, visit: Visit) -> Response:
        """`GET …/alert/{number}`: why, what was done, what was behind it."""
        return self._one(visit, self._find(visit))

    def judge(self, visit: Visit) -> Response:
        """`POST …/alert/{number}/judge`: true or false; never by whom it is about."""
        found, by = self._find(visit), visit.session.actor.staff
        if found.staff == by:
            return self._one(visit, found, "own", 409)
        wanted = visit.posted.get("verdict", "")
        if wanted not in set(alert_pages.verdicts(found)):
            return self._one(visit, found, "verdict", 422)
        self.app.writer.run(lambda tx: store.judge(tx, found.number, by, Verdict(wanted)))
        return reply.see_other(visit.request, f"{alert_pages.path(found.number)}?done=judged")

    def lift(self, visit: Visit) -> Response:
        """`POST …/restraint/{number}/lift`: at once, by another than whom it binds."""
        number, by = _number(visit), visit.session.actor.staff
        with self.app.database.read() as connection:
            Look(self.app, visit, connection).require(restraint.find(connection, number).staff)
        try:
            self.app.writer.run(lambda tx: restraint.lift(tx, number, by))
        except errors.Conflict:
            return self._list(visit, "own", 409)
        return reply.see_other(visit.request, f"{ALERTS}?done=hold-lifted")

    def unhold(self, visit: Visit) -> Response:
        """`POST …/hold/{number}/lift`: a stop of reading that an alert has placed; of all reading by two."""
        number, by = _number(visit), visit.session.actor.staff
        with self.app.database.read() as connection:
            placed = hold.find(connection, number)
        if placed is None or placed.placed_by != hold.NOBODY:
            raise errors.Missing("There is no such suspension.", "Look at the list.")
        step = self.app.writer.run(lambda tx: lift.wish(tx, number, by))
        if step in {Lift.OWN, Lift.SAME, Lift.PERSONS}:
            return self._list(visit, str(step), 409)
        return reply.see_other(visit.request, f"{ALERTS}?done=hold-{step}")

    def _list(self, visit: Visit, problem: str = "", status: int = 200) -> Response:
        around, wanted, settings = visit.frame(path=ALERTS), _wanted(visit), self.app.settings
        with self.app.database.read() as connection:
            look = Look(self.app, visit, connection)
            found = store.listed(
                connection, exercise=wanted.exercise, before=wanted.before, limit=PAGE + 1
            )
            view = Alerts(
                rows=tuple(look.row(one) for one in found[:PAGE]),
                bonds=look.bonds() if not wanted.exercise or visit.session.actor.exercise else (),
                past=look.past(PAST) if not wanted.exercise else (),
                waiting=0 if wanted.exercise else store.waiting(connection),
                rules_href=f"{ALERTS}/rules",
                others_href=_others(visit, wanted),
                older_href=_older(wanted, found[PAGE - 1].number) if len(found) > PAGE else "",
                is_exercise=wanted.exercise,
                is_on=settings.detection.on,
                acts=settings.detection.act,
                problem=problem,
            )
        return reply.page(view, around, status)

    def _one(self, visit: Visit, found: Alert, problem: str = "", status: int = 200) -> Response:
        path = alert_pages.path(found.number)
        around = visit.frame(path=path)
        with self.app.database.read() as connection:
            view = Look(self.app, visit, connection).alert(found, problem)
        return reply.page(view, around, status)

    def _find(self, visit: Visit) -> Alert:
        """An alert; an exercise's account is shown those of exercises alone."""
        with self.app.database.read() as connection:
            found = store.find(connection, _number(visit))
        if visit.session.actor.exercise and not found.exercise:
            raise errors.Missing("There is no such alert.", "Look at the list of alerts.")
        return found


def _wanted(visit: Visit) -> _Wanted:
    query = visit.request.query_params
    before = query.get("before", "")
    is_number = before.isascii() and before.isdigit() and len(before) < 10
    # Who the operator's people are is none of an exercise's business.
    exercise = visit.session.actor.exercise or query.get("of", "") == "exercises"
    return _Wanted(exercise, int(before) if is_number else None)


def _others(visit: Visit, wanted: _Wanted) -> str:
    if visit.session.actor.exercise:
        return ""
    return ALERTS if wanted.exercise else f"{ALERTS}?of=exercises"


def _older(wanted: _Wanted, last: int) -> str:
    return f"{ALERTS}?before={last}{'&of=exercises' if wanted.exercise else ''}"


def _number(visit: Visit) -> int:
    text = visit.request.path_params["number"]
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise errors.Missing("There is nothing of this number.", "Look at the list.")

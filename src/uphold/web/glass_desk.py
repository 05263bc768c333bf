# SPDX-License-Identifier: Apache-2.0
"""Openings in an emergency at the console: asked for at an enquiry, ended by whoever reads, looked at by another."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection
from starlette.responses import Response

from uphold import errors
from uphold.access import emergency, glass, staff
from uphold.access.emergency import Plea
from uphold.access.glass import Reason
from uphold.access.permission import Permission
from uphold.access.reading import Denied, Question
from uphold.app import App
from uphold.enquiry.desk import Item
from uphold.mail import letter
from uphold.submission.record import Facts
from uphold.vault import identifier
from uphold.web import desk_views, messages, pages, present, reply
from uphold.web.glass_views import Glass, Glasses, GlassRow
from uphold.web.staffed import Handler, Visit
from uphold.web.views import Problem

PLACE = "/console/glass"
ASK = "/console/enquiry/{id}/glass"
SPANS = (15, 60, glass.LONGEST_MINUTES)

Find = Callable[[Visit], tuple[Item, Facts]]
Ask = Callable[[Visit, Facts], Question]


def guarded(app: App, find: Find, ask: Ask) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for.

    `find` finds the enquiry that a visit names among one's own, `ask` makes the question that its post puts.
    """
    desk = GlassDesk(app, find, ask)
    return [
        ("GET", PLACE, Permission.GLASS_LIST, desk.look),
        ("POST", f"{PLACE}/{{number}}/see", Permission.GLASS_SEE, desk.see),
        ("POST", f"{PLACE}/{{number}}/end", Permission.RECORD_OPEN, desk.end),
        ("GET", ASK, Permission.GLASS_BREAK, desk.ask),
        ("POST", ASK, Permission.GLASS_BREAK, desk.begin),
    ]


class GlassDesk:
    """The handlers, for who has passed the console's door."""

    def __init__(self, app: App, find: Find, ask: Ask) -> None:
        """Serve the openings of `app`; `find` and `ask` are as for `guarded`."""
        self.app, self._find, self._question = app, find, ask

    def look(self, visit: Visit) -> Response:
        """`GET /console/glass`: each, with its words for who looks after them."""
        return self._list(visit)

    def see(self, visit: Visit) -> Response:
        """`POST …/{number}/see`: somebody else than who read says that they looked at it."""
        one = self._own(visit)
        if one.staff == visit.session.actor.staff:
            return self._list(visit, "own", 409)
        by = visit.session.actor.staff
        self.app.writer.run(lambda tx: glass.see(tx, one.number, by))
        return reply.see_other(visit.request, f"{PLACE}?done=seen")

    def end(self, visit: Visit) -> Response:
        """`POST …/{number}/end`: one's own, or another's by who looks after them."""
        one, by = self._own(visit), visit.session.actor.staff
        if one.staff != by and not visit.may(Permission.GLASS_SEE):
            raise errors.Missing("There is no such opening.", "Look at the list.")
        self.app.writer.run(lambda tx: glass.end(tx, one.number, by))
        ids = self.app.ring.identifiers
        back = f"/console/enquiry/{ids.encode(identifier.ENQUIRY, one.record)}"
        return reply.see_other(
            visit.request, f"{back if one.staff == by else PLACE}?done=glass-ended"
        )

    def ask(self, visit: Visit) -> Response:
        """`GET …/glass`: for what, why, and for how long."""
        return self._form(visit, *self._find(visit))

    def begin(self, visit: Visit) -> Response:
        """`POST …/glass`: alarmed and journaled; then the enquiry opens for that purpose, for that time."""
        item, facts = self._find(visit)
        plea, problems = _plea(visit.posted), _problems(visit.posted)
        if plea is None or problems:
            return self._form(visit, item, facts, problems, 422)
        question, language = self._question(visit, facts), self.app.shelf.in_force().policy.language
        try:
            done = self.app.writer.run(
                lambda tx: emergency.begin(tx, self.app.ring, question, plea, language=language)
            )
        except errors.Conflict:
            return self._form(visit, item, facts, ("needless",), 409)
        if isinstance(done, Denied):
            view = desk_views.denied(self.app, visit, item, facts, question.purpose, done)
            return reply.page(view, visit.frame(path=view.facts.href), 403)
        back = visit.request.url.path.rpartition("/")[0]
        return reply.see_other(visit.request, f"{back}?done=glass-broken")

    def _own(self, visit: Visit) -> glass.Glass:
        named = visit.request.path_params["number"]
        if not (named.isascii() and named.isdigit() and len(named) < 10):
            raise errors.Missing("There is no such opening.", "Look at the list.")
        with self.app.database.read() as connection:
            one = glass.find(connection, int(named))
        if one.exercise is not visit.session.actor.exercise:
            raise errors.Missing("There is no such opening.", "Look at the list.")
        return one

    def _list(self, visit: Visit, problem: str = "", status: int = 200) -> Response:
        around, mine = visit.frame(path=PLACE), visit.session.actor.exercise
        with self.app.database.read() as connection:
            every = glass.listed(connection, exercise=mine)
            rows = self._rows(visit, connection, every, around.language)
        return reply.page(Glasses(rows, problem), around, status)

    def _form(
        self,
        visit: Visit,
        item: Item,
        facts: Facts,
        problems: Sequence[str] = (),
        status: int = 200,
    ) -> Response:
        here = visit.request.url.path
        around, me = visit.frame(path=here), visit.session.actor
        say = pages.translations(around.language).gettext
        with self.app.database.read() as connection:
            past = desk_views.gather(connection, facts.number)
            every = glass.listed(connection, exercise=me.exercise)
            own = [one for one in every if (one.staff, one.record) == (me.staff, facts.number)]
            rows = self._rows(visit, connection, own, around.language)
        view = Glass(
            facts=desk_views.told(self.app, visit, item, facts),
            action_href=here,
            purposes=desk_views.closed(self.app, visit, facts, past),
            reasons=tuple(str(one) for one in Reason),
            spans=SPANS,
            rows=tuple(row for row in rows if row.is_running),
            entered={name: visit.posted.get(name, "") for name in messages.PLEA},
            problems=tuple(Problem(say(messages.PLEA[one]), one) for one in problems),
        )
        return reply.page(view, around, status)

    def _rows(
        self,
        visit: Visit,
        connection: Connection,
        chosen: Sequence[glass.Glass],
        language: str,
    ) -> tuple[GlassRow, ...]:
        names, said = staff.names(connection), self._said(visit, connection)
        return tuple(
            self._row(visit, one, names, said.get(one.number, ""), language) for one in chosen
        )

    def _said(self, visit: Visit, connection: Connection) -> Mapping[int, str]:
        may = visit.may(Permission.GLASS_SEE)
        return glass.said(connection, self.app.ring) if may else {}

    def _row(
        self, visit: Visit, one: glass.Glass, names: Mapping[int, str], words: str, language: str
    ) -> GlassRow:
        ids, me = self.app.ring.identifiers, visit.session.actor.staff
        is_running = not one.ended_at and visit.now < one.until_at
        looks_after = visit.may(Permission.GLASS_SEE)
        may_end = is_running and (one.staff == me or looks_after)
        may_see = not one.seen_at and one.staff != me and looks_after
        return GlassRow(
            login=names.get(one.staff, ""),
            short=letter.short(ids.encode(identifier.RECEIPT, one.record)),
            href=f"/console/enquiry/{ids.encode(identifier.ENQUIRY, one.record)}",
            purpose=self._title(one.purpose, language),
            reason=str(one.reason),
            words=words,
            began_at=one.began_at,
            until_at=one.until_at,
            ended_at=one.ended_at,
            ended_by=names.get(one.ended_by, ""),
            seen_at=one.seen_at,
            seen_by=names.get(one.seen_by, ""),
            readings=one.readings,
            is_running=is_running,
            end_href=f"{PLACE}/{one.number}/end" if may_end else "",
            see_href=f"{PLACE}/{one.number}/see" if may_see else "",
        )

    def _title(self, purpose: str, language: str) -> str:
        for edition in self.app.shelf.all():
            if purpose in edition.policy.purposes:
                return present.title(edition, purpose, language)
        return purpose


def _plea(posted: Mapping[str, str]) -> Plea | None:
    reason, minutes = posted.get("reason", ""), posted.get("minutes", "")
    if reason not in set(Reason) or minutes not in {str(one) for one in SPANS}:
        return None
    return Plea(Reason(reason), posted.get("words", ""), int(minutes))


def _problems(posted: Mapping[str, str]) -> tuple[str, ...]:
    """Name the fields that are wrong."""
    plea = Plea(Reason.DANGER, posted.get("words", ""), 1)
    wrong = {
        "purpose": not posted.get("purpose", ""),
        "reason": posted.get("reason", "") not in set(Reason),
        "words": emergency.fault(plea) == "words",
        "minutes": posted.get("minutes", "") not in {str(one) for one in SPANS},
    }
    return tuple(name for name, is_so in wrong.items() if is_so)

# SPDX-License-Identifier: Apache-2.0
"""The desk of suspensions: of a submission, a member of staff, a purpose, or of all reading; felt by the next request.

What they lift must be lifted with a fresh proof; a stop of all reading by two people, and it always has an end, so
that one who is alone is never locked out for good.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from starlette.responses import Response

from uphold import errors
from uphold.access import client, exercise, hold, lift, second, staff
from uphold.access.gate import Hold
from uphold.access.hold import Placed, Reason
from uphold.access.lift import Step
from uphold.access.permission import Permission
from uphold.app import App
from uphold.mail import letter
from uphold.rights import stored
from uphold.submission import record as submissions
from uphold.vault import identifier
from uphold.web import messages, pages, present, proving, reply
from uphold.web.hold_views import HoldRow, Holds, Place
from uphold.web.staffed import Handler, Visit
from uphold.web.views import Option, Problem

HOLDS = "/console/holds"
HOUR = 3_600_000
OPEN = "open"
SPANS: Mapping[str, int] = {
    "hour": HOUR,
    "day": 24 * HOUR,
    "week": 7 * 24 * HOUR,
    "month": 30 * 24 * HOUR,
}
"""How long a suspension may be asked to last; `OPEN` is until it is lifted."""
REASONS = (Reason.SUSPICION, Reason.INCIDENT, Reason.DISPUTE)
WHAT = ("record", "staff", "purpose", "all")
LISTED = 200
PAST = 30


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    desk = HoldDesk(app)
    return [
        ("GET", HOLDS, Permission.HOLD_LIST, desk.look),
        ("POST", HOLDS, Permission.HOLD_PLACE, desk.place),
        ("POST", f"{HOLDS}/{{number}}/lift", Permission.HOLD_LIFT, desk.lift),
    ]


class HoldDesk:
    """The handlers, for who has passed the console's door."""

    def __init__(self, app: App) -> None:
        """Serve the suspensions of `app`."""
        self.app = app

    def look(self, visit: Visit) -> Response:
        """`GET /console/holds`: what is suspended, by whom, when and why."""
        return self._page(visit)

    def place(self, visit: Visit) -> Response:
        """`POST /console/holds`: the next request feels it; to stop all reading needs a fresh proof."""
        wanted, problems = self._wanted(visit)
        if problems:
            return self._page(visit, problems=problems, status=422)
        if wanted.stops_all and not second.is_fresh(visit.session, visit.now):
            return reply.see_other(visit.request, proving.address(HOLDS))
        reason, by = Reason(visit.posted["reason"]), visit.session.actor.staff
        self.app.writer.run(lambda tx: hold.place(tx, self.app.ring, wanted, reason, by=by))
        return reply.see_other(visit.request, f"{HOLDS}?done=hold-placed")

    def lift(self, visit: Visit) -> Response:
        """`POST …/{number}/lift`: at once, or as the first of two."""
        number, by = _number(visit.request.path_params["number"]), visit.session.actor.staff
        with self.app.database.read() as connection:
            is_bound = number in stored.holding(connection)
        if is_bound:
            return self._page(visit, fault="request", status=409)
        step = self.app.writer.run(lambda tx: lift.wish(tx, number, by))
        if step in {Step.OWN, Step.SAME, Step.PERSONS}:
            return self._page(visit, fault=str(step), status=409)
        return reply.see_other(visit.request, f"{HOLDS}?done=hold-{step}")

    def _page(
        self, visit: Visit, *, problems: Sequence[str] = (), fault: str = "", status: int = 200
    ) -> Response:
        around = visit.frame(path=HOLDS)
        # Who the operator's people are is none of an exercise's business.
        may = visit.may(Permission.HOLD_PLACE) and not visit.session.actor.exercise
        with self.app.database.read() as connection:
            scene = _Scene(self.app, visit, connection, around.language)
            now = [one for one in hold.in_force(connection, visit.now) if scene.is_own(one)]
            past = [one for one in hold.over(connection, visit.now, PAST) if scene.is_own(one)]
            view = Holds(
                rows=tuple(scene.row(one) for one in now[:LISTED]),
                past=tuple(scene.row(one) for one in past),
                place=scene.place(problems) if may else None,
                more=max(0, len(now) - LISTED),
                problem=fault,
            )
        return reply.page(view, around, status)

    def _wanted(self, visit: Visit) -> tuple[Hold, tuple[str, ...]]:
        """Read what was entered, and the names of the fields that are wrong."""
        posted = {name: text.strip() for name, text in visit.posted.items()}
        what, span = posted.get("what", ""), posted.get("span", "")
        number = self.app.ring.identifiers.decode(identifier.RECEIPT, posted.get("receipt", ""))
        person = self.app.ring.identifiers.decode(identifier.STAFF, posted.get("person", ""))
        with self.app.database.read() as connection:
            known = {} if number is None else submissions.facts(connection, [number])
            is_person = person in _suspendable(connection, visit.now)
        purpose = posted.get("purpose", "")
        declared = {one for edition in self.app.shelf.all() for one in edition.policy.purposes}
        wrong = {
            "what": what not in WHAT,
            "receipt": what == "record" and (number not in known or known[number].is_exercise),
            "person": what == "staff" and not is_person,
            "purpose": what == "purpose" and purpose not in declared,
            "reason": posted.get("reason", "") not in set(REASONS),
            "span": span not in SPANS and (span != OPEN or what == "all"),
        }
        wanted = Hold(
            staff=person if what == "staff" else None,
            record=number if what == "record" else None,
            purpose=purpose if what == "purpose" else None,
            until_at=visit.now + SPANS[span] if span in SPANS else hold.UNTIL_LIFTED,
        )
        return wanted, tuple(name for name, is_so in wrong.items() if is_so)


@dataclass(frozen=True, slots=True)
class _Known:
    """What stands for numbers on the page."""

    people: Mapping[int, str]
    marked: frozenset[int]
    asked: Mapping[int, int]
    requests: Mapping[int, int]


class _Scene:
    """One look at the suspensions, for one visit."""

    def __init__(self, app: App, visit: Visit, connection: Connection, language: str) -> None:
        self._app, self._visit, self._language = app, visit, language
        self._connection = connection
        self._known = _Known(
            staff.names(connection),
            exercise.numbers(connection),
            lift.asked(connection),
            stored.holding(connection),
        )

    def is_own(self, one: Placed) -> bool:
        """Keep people and exercises apart: what stops everybody is people's."""
        held, is_exercise = one.hold, False
        if held.record is not None:
            known = submissions.facts(self._connection, [held.record])
            is_exercise = held.record in known and known[held.record].is_exercise
        elif held.staff is not None:
            is_exercise = held.staff in self._known.marked
        return is_exercise is self._visit.session.actor.exercise

    def row(self, one: Placed) -> HoldRow:
        """Show one suspension."""
        held, known, ids = one.hold, self._known, self._app.ring.identifiers
        short = href = ""
        if held.record is not None:
            short = letter.short(ids.encode(identifier.RECEIPT, held.record))
            href = f"/console/enquiry/{ids.encode(identifier.ENQUIRY, held.record)}"
        request = known.requests.get(one.number)
        return HoldRow(
            number=one.number,
            short=short,
            href=href,
            login=known.people.get(held.staff, "") if held.staff is not None else "",
            purpose=self._title(held.purpose) if held.purpose is not None else "",
            reason=str(one.reason),
            until_at=0 if held.until_at >= hold.UNTIL_LIFTED else held.until_at,
            placed_at=one.placed_at,
            placed_by=known.people.get(one.placed_by, ""),
            lifted_at=one.lifted_at,
            lifted_by=known.people.get(one.lifted_by, ""),
            asked_by=known.people.get(known.asked.get(one.number, 0), ""),
            request_href=f"/console/request/{request}" if request else "",
            lift_href="" if request else self._lift(one),
            stops_all=held.stops_all,
        )

    def place(self, problems: Sequence[str]) -> Place:
        """Offer the form, with what was entered."""
        ids, say = self._app.ring.identifiers, pages.translations(self._language).gettext
        people = (
            Option(ids.encode(identifier.STAFF, number), login)
            for number, login in _suspendable(self._connection, self._visit.now).items()
        )
        edition = self._app.shelf.in_force_or_none()
        purposes = edition.policy.purposes if edition else ()
        names = ("what", "receipt", "person", "purpose", "reason", "span")
        return Place(
            action_href=HOLDS,
            people=tuple(people),
            purposes=tuple(Option(one, self._title(one)) for one in purposes),
            reasons=tuple(str(one) for one in REASONS),
            spans=(*SPANS, OPEN),
            entered={name: self._visit.posted.get(name, "") for name in names},
            problems=tuple(Problem(say(messages.HOLDING[one]), one) for one in problems),
        )

    def _lift(self, one: Placed) -> str:
        """Where it can be lifted by this person, if it can: what `lift.judge` would refuse is not offered."""
        me = self._visit.session.actor.staff
        step = lift.judge(one, self._known.asked.get(one.number, 0), me, self._visit.now)
        may = self._visit.may(Permission.HOLD_LIFT) and step in {Step.LIFTED, Step.ASKED}
        return f"{HOLDS}/{one.number}/lift" if may else ""

    def _title(self, purpose: str) -> str:
        for edition in self._app.shelf.all():
            if purpose in edition.policy.purposes:
                return present.title(edition, purpose, self._language)
        return purpose


def _suspendable(connection: Connection, now: int) -> dict[int, str]:
    """Who can read anything at all: accounts of people that are not closed, clients whose token has not ended."""
    people = {
        one.number: one.login
        for one in staff.accounts(connection)
        if one.state != staff.State.CLOSED
    }
    programs = {
        one.actor.staff: one.name for one in client.clients(connection) if one.ended(now) is None
    }
    return people | programs


def _number(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise errors.Missing("There is no such suspension.", "Look at the list.")

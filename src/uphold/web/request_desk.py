# SPDX-License-Identifier: Apache-2.0
"""The desk of requests: what people ask under the law, what is due when, and how each is answered.

Who asks is a number here. An address that is typed in at intake finds records and is forgotten.
"""

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from uphold import errors
from uphold.access.permission import Permission
from uphold.app import App
from uphold.database.transaction import Transaction
from uphold.enquiry import desk
from uphold.mail import notice
from uphold.retention.ends import Rules
from uphold.rights import machine, perform, reminder, request
from uphold.rights.holdings import Ground
from uphold.rights.machine import Kind, Move, Step
from uphold.rights.perform import Done
from uphold.rights.stored import Identity, Intake, Stored
from uphold.submission import record
from uphold.submission.validate import Problem
from uphold.vault import remains
from uphold.web import pages, reply, request_intake, request_package, request_pages, views
from uphold.web.request_pages import ENTER, REQUESTS
from uphold.web.request_views import Entered
from uphold.web.staffed import Handler, Visit

ONE = "/console/request/{number}"


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    desk_ = RequestDesk(app)
    return [
        ("GET", REQUESTS, Permission.REQUEST_LIST, desk_.requests),
        ("GET", ENTER, Permission.REQUEST_ENTER, desk_.ask),
        ("POST", ENTER, Permission.REQUEST_ENTER, desk_.enter),
        ("GET", ONE, Permission.REQUEST_LIST, desk_.one),
        ("POST", f"{ONE}/move", Permission.REQUEST_MOVE, desk_.move),
        ("POST", f"{ONE}/package", Permission.REQUEST_FULFIL, desk_.package),
        ("POST", f"{ONE}/fulfil", Permission.REQUEST_FULFIL, desk_.fulfil),
    ]


class RequestDesk:
    """The handlers, for who has passed the console's door."""

    def __init__(self, app: App) -> None:
        """Serve the requests of `app`."""
        self.app = app

    def requests(self, visit: Visit) -> Response:
        """`GET /console/requests?state=ended`: what is open by what is due, or what has ended."""
        with self.app.database.read() as connection:
            shows = visit.request.query_params.get("state", "")
            view = request_pages.requests(visit, connection, shows)
        return reply.page(view, visit.frame())

    def one(self, visit: Visit) -> Response:
        """`GET /console/request/{number}`: its clocks, its history, what can be done now."""
        return self._one(visit, self._find(visit))

    def ask(self, visit: Visit) -> Response:
        """`GET /console/requests/enter`: the form of intake."""
        return reply.page(request_pages.enter(self.app, visit, Entered()), visit.frame())

    def enter(self, visit: Visit) -> Response:
        """`POST …/enter`: stamped by the day it came; what the law has blocked is blocked with it."""
        asked = request_intake.read(self.app, visit)
        if isinstance(asked, request_intake.Wrong):
            view = request_pages.enter(self.app, visit, asked.entered, asked.problems)
            return reply.page(view, visit.frame(path=ENTER), 422)
        made = self.app.writer.run(lambda tx: self._receive(tx, asked.intake, asked.came))
        code = "request-joined" if made.joined else "request-entered"
        return reply.see_other(visit.request, f"{request_pages.address(made.number)}?done={code}")

    def move(self, visit: Visit) -> Response:
        """`POST …/move`: one step; what it needs besides is asked for where it lacks."""
        stored = self._find(visit)
        by, lacks = _step(visit, stored)
        if lacks:
            return self._one(visit, stored, lacks)
        seen, staff = visit.posted.get("identity", ""), visit.session.actor.staff
        identity = Identity(seen) if by.step == Step.VERIFY else None
        self.app.writer.run(lambda tx: self._move(tx, stored.number, by, staff, identity))
        return _done(visit, stored, "request-moved")

    def package(self, visit: Visit) -> Response:
        """`POST …/package`: everything that is held, to be handed out on paper; its reading is journaled first."""
        return request_package.made(self.app, visit, self._find(visit), self._ground())

    def fulfil(self, visit: Visit) -> Response:
        """`POST …/fulfil`: what is asked is done, and the request ended, in one transaction."""
        stored, staff = self._find(visit), visit.session.actor.staff
        changes = _changes(visit.posted, stored)
        if stored.request.kind == Kind.RECTIFICATION and not any(changes.values()):
            return self._one(visit, stored, "nothing", "fulfil")
        made = self.app.writer.run(lambda tx: self._fulfil(tx, stored.number, staff, changes))
        if isinstance(made, list):
            return self._wrong(visit, stored, made)
        if stored.request.kind == Kind.ERASURE:
            # The acts are closed, and what the files still hold is overwritten.
            self.app.sweep().finish_if_possible()
        return _done(visit, stored, "request-kept" if made.kept else "request-done")

    def _find(self, visit: Visit) -> Stored:
        """Find a request among one's own: people's for people, an exercise's for its accounts."""
        text = visit.request.path_params["number"]
        if text.isascii() and text.isdigit() and len(text) < 10:
            with self.app.database.read() as connection:
                found = request.find(connection, int(text))
            if found.intake.exercise is visit.session.actor.exercise:
                return found
        raise errors.Missing("There is no such request.", "Look at the list of requests.")

    def _receive(self, tx: Transaction, intake: Intake, came: int) -> Stored:
        laws = self.app.shelf.in_force().policy.laws
        zone = self.app.settings.site.zone
        made = request.receive(tx, self.app.ring, zone, laws, intake, came)
        reminder.tell(tx, made, notice.Kind.REQUEST_RECEIVED)
        return made

    def _move(
        self, tx: Transaction, number: int, by: Move, staff: int, identity: Identity | None
    ) -> Stored:
        at_once = Move(by.step, tx.now, by.profile, by.ground)
        moved = request.move(tx, self.app.ring, number, at_once, staff, identity=identity)
        tell(tx, moved, by.step)
        return moved

    def _fulfil(
        self, tx: Transaction, number: int, staff: int, changes: Mapping[int, Mapping[str, str]]
    ) -> Done | list[Problem]:
        made = perform.perform(tx, self._ground(), number, staff, changes=changes)
        if isinstance(made, Done):
            tell(tx, made.stored, Step.FULFIL)
        return made

    def _ground(self) -> Ground:
        shelf = self.app.shelf
        return Ground(self.app.ring, Rules(shelf.edition, shelf.in_force(), desk.happened))

    def _one(self, visit: Visit, stored: Stored, problem: str = "", anchor: str = "") -> Response:
        language = visit.language
        problems = (request_pages.problem(problem, language, anchor),) if problem else ()
        return self._page(visit, stored, problems)

    def _wrong(self, visit: Visit, stored: Stored, found: Sequence[Problem]) -> Response:
        """Say at each field what is wrong with its new value; what was typed is shown to nobody again."""
        language = visit.language
        with self.app.database.read() as connection:
            facts = record.facts(connection, stored.records)
        problems = []
        for number, given in facts.items():
            form = self.app.shelf.edition(given.edition).form(given.form)
            labels = {field.key: field.label for field in form.fields}
            problems += [
                views.Problem(
                    pages.problem(
                        one.code, labels[one.field].get(language, one.field), language, one.limit
                    ),
                    request_pages.input_name(number, one.field),
                )
                for one in found
                if one.field in labels and f"new.{number}.{one.field}" in visit.posted
            ]
        return self._page(visit, stored, problems)

    def _page(self, visit: Visit, stored: Stored, problems: Sequence[views.Problem]) -> Response:
        with self.app.database.read() as connection:
            past = request_pages.gather(connection, stored, visit.now)
        view = request_pages.one(self.app, visit, past, problems)
        around = visit.frame(path=request_pages.address(stored.number))
        return reply.page(view, around, 422 if problems else 200)


def tell(tx: Transaction, stored: Stored, step: Step) -> None:
    """Write to the person, where the law has them told and their address is still held."""
    if step in reminder.TOLD and any(remains.live(tx, number) for number in stored.records):
        reminder.tell(tx, stored, reminder.TOLD[step])


def _step(visit: Visit, stored: Stored) -> tuple[Move, str]:
    """Read the step that was posted, and the code of what it lacks."""
    posted = visit.posted
    wanted = posted.get("step", "")
    if wanted not in request_pages.BUTTONS:
        raise errors.Conflict("The request has moved on.", "Look at where it stands now.")
    step, law, ground = Step(wanted), posted.get("profile", ""), posted.get("ground", "")
    if step == Step.VERIFY and posted.get("identity", "") not in set(request_pages.SEEN):
        return Move(step, visit.now), "identity"
    if step == Step.REFUSE:
        known = {one.id for one in machine.grounds(stored.request)}
        return Move(step, visit.now, ground=ground), "" if ground in known else "ground"
    if step == Step.EXTEND:
        known = set(machine.extendable(stored.request, visit.now))
        lacks = "profile" if law not in known else "" if posted.get("told") == "yes" else "told"
        return Move(step, visit.now, profile=law), lacks
    return Move(step, visit.now), ""


def _changes(posted: Mapping[str, str], stored: Stored) -> dict[int, dict[str, str]]:
    """Read the new values by record and field; what was left empty stays as it is."""
    changes: dict[int, dict[str, str]] = {number: {} for number in stored.records}
    for name, value in posted.items():
        mark, _, rest = name.partition(".")
        number, _, key = rest.partition(".")
        if mark == "new" and value.strip() and number in {str(one) for one in changes}:
            changes[int(number)][key] = value
    return changes


def _done(visit: Visit, stored: Stored, code: str) -> Response:
    return reply.see_other(visit.request, f"{request_pages.address(stored.number)}?done={code}")

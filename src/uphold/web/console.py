# SPDX-License-Identifier: Apache-2.0
"""The console: enquiries without names, opened for a purpose, answered, moved; and the staff."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from uphold import errors
from uphold.access import exercise, reading, second, staff
from uphold.access.permission import Permission, Role
from uphold.access.reading import Denied, Opened, Question
from uphold.access.staff import Invitation
from uphold.app import App
from uphold.consent import ledger, renewal
from uphold.enquiry import desk, reply as answers
from uphold.enquiry.desk import Item, State
from uphold.mail import letter
from uphold.submission import record
from uphold.submission.record import Facts
from uphold.vault import identifier
from uphold.web import (
    account_desk,
    alert_desk,
    asking_desk,
    client_desk,
    console_views,
    desk_views,
    disclosure_desk,
    evaluation_desk,
    export_desk,
    frame,
    glass_desk,
    hold_desk,
    incident_desk,
    journal_desk,
    mail_desk,
    messages,
    passkey_desk,
    password_desk,
    policy_desk,
    proof_desk,
    reply,
    request_desk,
    retention_desk,
    search_desk,
    statistics_desk,
    threat_desk,
)
from uphold.web.proving import CODE, Proving, address
from uphold.web.signin import SignIn
from uphold.web.staffed import Visit, door, open_door

PAGE = 50


def routes(app: App) -> list[Route]:
    """List the console's routes; each names the permission that it asks for."""
    console, signin, proving = Console(app), SignIn(app), Proving(app)
    one = "/console/enquiry/{id}"
    guarded = [
        ("GET", "/console", Permission.ACCOUNT_OWN, console.home),
        ("GET", one, Permission.ENQUIRY_LIST, console.enquiry),
        ("POST", f"{one}/open", Permission.RECORD_OPEN, console.open),
        ("POST", f"{one}/answer", Permission.ENQUIRY_ANSWER, console.answer),
        ("POST", f"{one}/move", Permission.ENQUIRY_MOVE, console.move),
        ("GET", "/console/staff", Permission.STAFF_LIST, console.staff),
        ("POST", "/console/staff", Permission.STAFF_INVITE, console.invite),
        ("POST", "/console/staff/{id}/renew", Permission.STAFF_INVITE, console.renew),
        ("POST", "/console/logout", Permission.ACCOUNT_OWN, signin.leave),
        *account_desk.guarded(app),
        *passkey_desk.guarded(app),
        *password_desk.guarded(app),
    ]
    files, proved = (
        policy_desk.guarded(app),
        [
            *proof_desk.guarded(app),
            *threat_desk.guarded(app),
            *evaluation_desk.guarded(app),
            *asking_desk.guarded(app),
            *request_desk.guarded(app),
            *disclosure_desk.guarded(app),
            *retention_desk.guarded(app),
            *mail_desk.guarded(app),
            *search_desk.guarded(app),
            *export_desk.guarded(app),
            *journal_desk.guarded(app),
            *hold_desk.guarded(app),
            *alert_desk.guarded(app),
            *client_desk.guarded(app),
            *statistics_desk.guarded(app),
            *incident_desk.guarded(app),
            *glass_desk.guarded(app, console.own, console.question),
        ],
    )
    anybody = [
        ("GET", CODE, proving.ask),
        ("POST", CODE, proving.enter),
        ("POST", f"{CODE}/options", proving.question),
        ("GET", "/console/login", signin.ask),
        ("POST", "/console/login", signin.enter),
        ("GET", "/console/welcome/{link}", signin.welcome),
        ("POST", "/console/welcome/{link}", signin.begin),
    ]
    return [
        *(
            Route(path, door(app, may, run), methods=[verb])
            for verb, path, may, run in [*guarded, *proved]
        ),
        *(
            Route(path, door(app, may, run, policy_desk.FILE_BYTES), methods=[verb])
            for verb, path, may, run in files
        ),
        *(Route(path, open_door(app, run), methods=[verb]) for verb, path, run in anybody),
    ]


class Console:
    """The handlers of the console, for who has passed its door."""

    def __init__(self, app: App) -> None:
        """Serve the staff of `app`."""
        self.app = app

    def home(self, visit: Visit) -> Response:
        """`GET /console`: the enquiries; who may not list them is led to the figures, or to their own account."""
        if not visit.may(Permission.ENQUIRY_LIST):
            if visit.may(Permission.STATISTICS_READ):
                return reply.see_other(visit.request, statistics_desk.HOME)
            return reply.see_other(visit.request, account_desk.ACCOUNT)
        return self.enquiries(visit)

    def enquiries(self, visit: Visit) -> Response:
        """List, at `GET /console?state=&before=`, one state, newest first, without personal data."""
        state = _state(visit.request)
        before = visit.request.query_params.get("before", "")
        mine = visit.session.actor.exercise
        with self.app.database.read() as connection:
            counts = desk.counts(connection, exercise=mine)
            last = (
                int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
            )
            lines = desk.page(connection, state, exercise=mine, before=last, limit=PAGE + 1)
        view = desk_views.enquiries(self.app, visit, state, counts, lines, PAGE)
        return reply.page(view, visit.frame())

    def enquiry(self, visit: Visit) -> Response:
        """`GET /console/enquiry/{id}`: what is known without opening it, and its history."""
        return self._enquiry(visit, *self.own(visit))

    def open(self, visit: Visit) -> Response:
        """`POST …/open`: decided and journaled first; then shown, once."""
        item, facts = self._find(visit.request)
        question = self.question(visit, facts)
        outcome = reading.open_record(self.app.writer, self.app.ring, question)
        if not question.purpose:
            # Refused and journaled like any attempt; whoever only forgot to choose is told so.
            return self._enquiry(visit, *self.own(visit), messages.PURPOSE_NEEDED)
        if isinstance(outcome, Denied):
            view = desk_views.denied(self.app, visit, item, facts, question.purpose, outcome)
            return reply.page(view, visit.frame(path=_address(visit)), 403)
        return self._opened(visit, item, facts, question, outcome)

    def answer(self, visit: Visit) -> Response:
        """`POST …/answer`: sealed, queued and journaled in one transaction; mail takes its time."""
        item, facts = self._find(visit.request)
        question = self.question(visit, facts)
        subject, text = visit.posted.get("subject", ""), visit.posted.get("text", "")
        if fault := letter.fault(subject, text):
            return self._answer_again(visit, item, facts, question, fault)
        try:
            outcome = answers.answer(
                self.app.writer, self.app.ring, question, subject, text, language=facts.language
            )
        except errors.Invalid:
            # Its words are well, so it is the address: there is none, or none that mail can be sent to.
            return self._answer_again(visit, item, facts, question, "answer-no-address")
        if isinstance(outcome, Denied):
            view = desk_views.denied(self.app, visit, item, facts, question.purpose, outcome)
            return reply.page(view, visit.frame(path=_address(visit)), 403)
        return _done(visit, "answered")

    def move(self, visit: Visit) -> Response:
        """`POST …/move`: which permission it needs depends on the move."""
        item, facts = self.own(visit)
        wanted = visit.posted.get("to", "")
        if wanted not in {str(to) for to in desk.allowed(item.state)}:
            raise errors.Conflict("The enquiry has moved on.", "Look at where it stands now.")
        to = State(wanted)
        needed = desk.needed(item.state, to)
        if not visit.may(needed):
            raise errors.Missing("There is no such page.", "Go back to the list.")
        if needed in second.STEP_UP and not second.is_fresh(visit.session, visit.now):
            return reply.see_other(visit.request, address(_address(visit)))
        actor = visit.session.actor.staff
        self.app.writer.run(lambda tx: desk.move(tx, self.app.ring, facts.number, to, actor))
        names = {State.DISCARDED: "discarded", State.NEW: "released"}
        return _done(visit, names.get(to, "moved"))

    def staff(self, visit: Visit) -> Response:
        """`GET /console/staff`: accounts and the form to invite."""
        return reply.page(self._staff(visit), visit.frame())

    def invite(self, visit: Visit) -> Response:
        """`POST /console/staff`: the link is shown this once."""
        login, role = visit.posted.get("login", ""), visit.posted.get("role", "")
        life = self.app.settings.console.invitation_minutes * 60_000
        by = visit.session.actor.staff
        try:
            made = self.app.writer.run(
                lambda tx: staff.invite(tx, login, Role(role), by, life_ms=life)
            )
        except (errors.Conflict, errors.Invalid, ValueError) as error:
            return reply.page(self._staff(visit, login, role, _fault(error)), visit.frame(), 422)
        view = self._staff(visit, invitation=self._link(visit, made))
        return reply.page(view, visit.frame("invited"))

    def renew(self, visit: Visit) -> Response:
        """`POST /console/staff/{id}/renew`: a new link; the password stays good until it is used."""
        number = self.app.ring.identifiers.decode(identifier.STAFF, visit.request.path_params["id"])
        if number is None:
            raise errors.Missing("There is no such account.", "Look at the list of staff.")
        life, by = self.app.settings.console.invitation_minutes * 60_000, visit.session.actor.staff
        made = self.app.writer.run(lambda tx: staff.renew(tx, number, by, life_ms=life))
        view = self._staff(visit, invitation=self._link(visit, made))
        return reply.page(view, visit.frame(path="/console/staff"))

    def _link(self, visit: Visit, made: Invitation) -> console_views.Invitation:
        address = f"{frame.site(self.app, visit.request)}/console/welcome/{made.token}"
        return console_views.Invitation(made.login, address, made.expires_at)

    def _find(self, request: Request) -> tuple[Item, Facts]:
        number = self.app.ring.identifiers.decode(identifier.ENQUIRY, request.path_params["id"])
        if number is None:
            raise errors.Missing("There is no such enquiry.", "Look at the list of enquiries.")
        with self.app.database.read() as connection:
            return desk.find(connection, number), record.facts(connection, [number])[number]

    def own(self, visit: Visit) -> tuple[Item, Facts]:
        """Find an enquiry among one's own: people's for people, an exercise's for its accounts."""
        item, facts = self._find(visit.request)
        if facts.is_exercise is not visit.session.actor.exercise:
            raise errors.Missing("There is no such enquiry.", "Look at the list of enquiries.")
        return item, facts

    def question(self, visit: Visit, facts: Facts) -> Question:
        """Put the question that a post asks of an enquiry: for which purpose, under which editions."""
        purpose = visit.posted.get("purpose", "")
        with self.app.database.read() as connection:
            governing = renewal.governing(ledger.acts(connection, facts.number))
        return Question(
            actor=visit.session.actor,
            record=facts.number,
            form=facts.form,
            purpose=purpose,
            given=self.app.shelf.edition(governing.get(purpose, facts.edition)),
            current=self.app.shelf.in_force(),
            exercise=facts.is_exercise,
        )

    def _enquiry(self, visit: Visit, item: Item, facts: Facts, problem: str = "") -> Response:
        with self.app.database.read() as connection:
            past = desk_views.gather(connection, facts.number)
        if item.state == State.ASIDE:
            view: console_views.View = desk_views.aside(self.app, visit, item, facts, past)
        else:
            view = desk_views.enquiry(self.app, visit, item, facts, past, problem)
        path = _address(visit) if problem else ""
        return reply.page(view, visit.frame(path=path), 422 if problem else 200)

    def _opened(
        self, visit: Visit, item: Item, facts: Facts, question: Question, opened: Opened
    ) -> Response:
        form = desk_views.answer_form(self.app, visit, item, facts, question, opened)
        view = desk_views.opened(self.app, visit, item, facts, opened, form)
        return reply.page(view, visit.frame(path=_address(visit)))

    def _answer_again(
        self, visit: Visit, item: Item, facts: Facts, question: Question, fault: str
    ) -> Response:
        """Show the answer again with what was typed: a new opening, journaled like any."""
        outcome = reading.open_record(self.app.writer, self.app.ring, question)
        if isinstance(outcome, Denied):
            view = desk_views.denied(self.app, visit, item, facts, question.purpose, outcome)
            return reply.page(view, visit.frame(path=_address(visit)), 403)
        form = desk_views.answer_form(self.app, visit, item, facts, question, outcome)
        form = desk_views.with_problem(form, visit, fault)
        shown = desk_views.opened(self.app, visit, item, facts, outcome, form)
        return reply.page(shown, visit.frame(path=_address(visit)), 422)

    def _staff(
        self,
        visit: Visit,
        login: str = "",
        role: str = "",
        problem: str = "",
        invitation: console_views.Invitation | None = None,
    ) -> console_views.Staff:
        with self.app.database.read() as connection:
            marked = exercise.accounts(connection)
            # Who the operator's people are is none of an exercise's business.
            accounts = () if visit.session.actor.exercise else staff.accounts(connection)
        may = visit.may(Permission.STAFF_INVITE) and not visit.session.actor.exercise
        return console_views.Staff(
            rows=tuple(desk_views.account(self.app, one, renews=may) for one in accounts),
            exercise=tuple(
                desk_views.account(self.app, account, renews=False) for account in marked
            ),
            may_invite=may,
            clients_href=client_desk.CLIENTS if visit.may(Permission.CLIENT_LIST) else "",
            roles=tuple(str(one) for one in Role),
            login=login,
            role=role,
            problem=problem,
            invitation=invitation,
        )


def _state(request: Request) -> State:
    wanted = request.query_params.get("state", State.NEW)
    return State(wanted) if wanted in set(State) else State.NEW


def _address(visit: Visit) -> str:
    """Return where a reload of a posted page leads: to the enquiry, unopened."""
    return visit.request.url.path.rpartition("/")[0]


def _done(visit: Visit, code: str) -> Response:
    return reply.see_other(visit.request, f"{_address(visit)}?done={code}")


def _fault(error: Exception) -> str:
    if isinstance(error, errors.Conflict):
        return "taken"
    return "login" if isinstance(error, errors.Invalid) else "role"

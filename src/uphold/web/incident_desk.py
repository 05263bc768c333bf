# SPDX-License-Identifier: Apache-2.0
"""The desk of incidents: opened by hand or from an alert, filled line by line, notified, closed with a lesson."""

from collections.abc import Callable, Mapping

from starlette.responses import Response

from uphold import errors
from uphold.access.permission import Permission
from uphold.app import App
from uphold.database.transaction import Transaction
from uphold.detection import store as alerts
from uphold.detection.store import Alert
from uphold.incident import (
    case as cases,
    draft,
    drafting,
    paper,
    phrases,
    register,
    scope,
    store,
    stored,
)
from uphold.incident.case import Case, What, Whose
from uphold.web import incident_intake, incident_pages, reply
from uphold.web.incident_intake import Note, Wrong
from uphold.web.incident_pages import INCIDENTS, Past
from uphold.web.staffed import Handler, Visit

ONE = "/console/incident/{number}"
KINDS = {"pdf": "application/pdf", "txt": "text/plain; charset=utf-8"}
REGISTER = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    desk, read, write = IncidentDesk(app), Permission.INCIDENT_READ, Permission.INCIDENT_WRITE
    return [
        ("GET", INCIDENTS, read, desk.look),
        ("POST", INCIDENTS, write, desk.open),
        ("GET", f"{INCIDENTS}/register/{{paper}}", read, desk.register),
        ("GET", ONE, read, desk.one),
        ("POST", f"{ONE}/note", write, desk.note),
        ("POST", f"{ONE}/scope", write, desk.count),
        ("POST", f"{ONE}/notice", write, desk.notice),
        ("POST", f"{ONE}/lesson", write, desk.learn),
        ("POST", f"{ONE}/close", write, desk.close),
        ("POST", f"{ONE}/reopen", write, desk.reopen),
        ("GET", f"{ONE}/{{notice}}/{{language}}/{{paper}}", write, desk.draft),
    ]


class IncidentDesk:
    """The handlers, for who has passed the console's door."""

    def __init__(self, app: App) -> None:
        """Serve the incidents of `app`."""
        self.app = app

    def look(self, visit: Visit) -> Response:
        """`GET /console/incidents?alert=`: every incident, notified or not, and the form to open one."""
        alert = self._alert(visit, visit.request.query_params.get("alert", ""))
        with self.app.database.read() as connection:
            known = stored.of_alert(connection, alert.number) if alert else 0
        if known:
            return reply.see_other(visit.request, incident_pages.address(known))
        return self._list(visit, alert=alert)

    def open(self, visit: Visit) -> Response:
        """`POST /console/incidents`: on record from now on; the clocks run since it was detected."""
        alert = self._alert(visit, visit.posted.get("alert", ""))
        opening = incident_intake.opening(
            visit.posted, alert, visit.now, exercise=visit.session.actor.exercise
        )
        if isinstance(opening, Wrong):
            return self._list(visit, opening.field, alert)
        staff, ring = visit.session.actor.staff, self.app.ring
        made = self.app.writer.run(lambda tx: store.open_(tx, ring, opening, staff))
        return _done(visit, made.number, "incident-opened")

    def register(self, visit: Visit) -> Response:
        """`GET …/register/{paper}`: every incident, whether notified or not, to be kept and shown."""
        kind = visit.request.path_params["paper"]
        if kind not in REGISTER:
            raise errors.Missing("There is no such paper.", "Take csv or json.")
        with self.app.database.read() as connection:
            words, whose = incident_pages.words_of(visit), incident_pages.own(visit)
            found = incident_pages.mine(visit, connection, words, whose)
        laws, zone = self.app.shelf.in_force().policy.laws, self.app.settings.site.zone
        made = register.of(found, laws, visit.now, zone)
        raw = register.csv(made) if kind == "csv" else register.json(made)
        return _file(raw, f"incidents.{kind}", REGISTER[kind])

    def one(self, visit: Visit) -> Response:
        """`GET /console/incident/{number}`: the clocks on top."""
        return self._one(visit, self._find(visit))

    def note(self, visit: Visit) -> Response:
        """`POST …/note`: a line is added; the one before stays to be read."""
        case, made = self._find(visit), incident_intake.note(visit.posted, visit.now)
        if isinstance(made, Wrong):
            return self._one(visit, case, made.field)
        return self._added(visit, case, made, "incident-noted")

    def count(self, visit: Visit) -> Response:
        """`POST …/scope`: how many people and identifiers, from what the site has noted."""
        case = self._find(visit)
        wanted = incident_intake.wanted(visit.posted, case, visit.now)
        if isinstance(wanted, Wrong):
            return self._one(visit, case, wanted.field)
        with self.app.database.read() as connection:
            made = scope.count(connection, self.app.ring, wanted, self.app.shelf.edition)
        return self._added(visit, case, Note(What.SCOPE, made.value(), ""), "incident-counted")

    def notice(self, visit: Visit) -> Response:
        """`POST …/notice`: it was given, or it is not given, for a reason."""
        case, named = self._find(visit), visit.posted.get("notice", "")
        past = self._past(visit, case)
        due = drafting.find(past.dues, named)
        if visit.posted.get("act") == "withhold":
            return self._withhold(visit, case, named)
        drafted = past.draft(named, past.language)
        made = incident_intake.given(visit.posted, case, due.due, drafted.digest, visit.now)
        if isinstance(made, Wrong):
            return self._one(visit, case, f"{named}-{made.field}")
        return self._run(
            visit,
            case,
            lambda tx, by: store.give(tx, self.app.ring, case.number, made, by),
            "given",
        )

    def learn(self, visit: Visit) -> Response:
        """`POST …/lesson`: it becomes a rule, a measure or an accepted risk, with a day."""
        case, by = self._find(visit), visit.session.actor.staff
        made = incident_intake.learnt(visit.posted, by, visit.now)
        if isinstance(made, Wrong):
            return self._one(visit, case, made.field)
        return self._run(
            visit, case, lambda tx, _: store.learn(tx, self.app.ring, case.number, made), "learnt"
        )

    def close(self, visit: Visit) -> Response:
        """`POST …/close`: only with a lesson, and every notice given or decided against."""
        case = self._find(visit)
        notices = [one.notice for one in self._past(visit, case).dues]
        if cases.bars(case, notices):
            return self._one(visit, case, "close")
        return self._run(
            visit, case, lambda tx, by: store.close(tx, self.app.ring, case.number, by), "closed"
        )

    def reopen(self, visit: Visit) -> Response:
        """`POST …/reopen`: for a reason."""
        case, words = self._find(visit), visit.posted.get("words", "")
        if cases.fault(What.REOPENED, "", words, now=visit.now):
            return self._one(visit, case, "reopen")
        ring = self.app.ring
        return self._run(
            visit, case, lambda tx, by: store.reopen(tx, ring, case.number, words, by), "reopened"
        )

    def draft(self, visit: Visit) -> Response:
        """`GET …/{notice}/{language}/{paper}`: a notice as PDF to sign, or as text to edit."""
        chosen = visit.request.path_params
        language, kind = chosen["language"], chosen["paper"]
        if language not in phrases.LANGUAGES or kind not in KINDS:
            raise errors.Missing("There is no such paper.", "Follow a link of the incident.")
        drafted = self._past(visit, self._find(visit)).draft(chosen["notice"], language)
        raw = paper.pdf(drafted) if kind == "pdf" else draft.text(drafted).encode()
        name = f"incident-{drafted.number}-{drafted.notice}-{language}.{kind}"
        return _file(raw, name, KINDS[kind])

    def _withhold(self, visit: Visit, case: Case, named: str) -> Response:
        words = visit.posted.get("words", "")
        if cases.fault(What.WITHHELD, named, words, now=visit.now):
            return self._one(visit, case, f"{named}-words")
        return self._added(visit, case, Note(What.WITHHELD, named, words), "incident-withheld")

    def _added(self, visit: Visit, case: Case, made: Note, code: str) -> Response:
        ring, line = self.app.ring, (made.what, made.value, made.words)
        by = visit.session.actor.staff
        self.app.writer.run(lambda tx: store.note(tx, ring, case.number, *line, by))
        return _done(visit, case.number, code)

    def _run(
        self, visit: Visit, case: Case, work: Callable[[Transaction, int], object], code: str
    ) -> Response:
        by = visit.session.actor.staff
        self.app.writer.run(lambda tx: work(tx, by))
        return _done(visit, case.number, f"incident-{code}")

    def _find(self, visit: Visit) -> Case:
        """Find an incident among one's own: an exercise's accounts see theirs, people all others but of themselves."""
        named = visit.request.path_params["number"]
        if named.isascii() and named.isdigit() and len(named) < 10:
            with self.app.database.read() as connection:
                found = stored.find(connection, incident_pages.words_of(visit), int(named))
                is_barred = incident_pages.is_barred(visit, connection, found.suspect)
            if (found.whose is Whose.PROBES) is visit.session.actor.exercise and not is_barred:
                return found
        raise errors.Missing("There is no such incident.", "Look at the list of incidents.")

    def _alert(self, visit: Visit, named: str) -> Alert | None:
        """The alert that is named, None for none; an exercise's accounts open incidents on theirs alone."""
        if not named:
            return None
        if named.isascii() and named.isdigit() and len(named) < 10:
            with self.app.database.read() as connection:
                found = alerts.find(connection, int(named))
                is_barred = incident_pages.is_barred(visit, connection, found.staff)
            if (found.exercise or not visit.session.actor.exercise) and not is_barred:
                return found
        raise errors.Missing("There is no such alert.", "Look at the list of alerts.")

    def _past(self, visit: Visit, case: Case) -> Past:
        with self.app.database.read() as connection:
            return incident_pages.gather(self.app, visit, connection, case)

    def _list(self, visit: Visit, problem: str = "", alert: Alert | None = None) -> Response:
        around = visit.frame(path=INCIDENTS)
        with self.app.database.read() as connection:
            view = incident_pages.listed(self.app, visit, connection, problem, alert)
        return reply.page(view, around, 422 if problem else 200)

    def _one(self, visit: Visit, case: Case, problem: str = "") -> Response:
        around = visit.frame(path=incident_pages.address(case.number))
        view = incident_pages.one(self._past(visit, case), visit, problem)
        return reply.page(view, around, 422 if problem else 200)


def _file(raw: bytes, name: str, media: str) -> Response:
    headers: Mapping[str, str] = {
        **reply.NO_STORE,
        "content-disposition": f'attachment; filename="{name}"',
    }
    return Response(raw, headers=headers, media_type=media)


def _done(visit: Visit, number: int, code: str) -> Response:
    return reply.see_other(visit.request, f"{incident_pages.address(number)}?done={code}")

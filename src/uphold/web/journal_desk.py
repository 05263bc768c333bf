# SPDX-License-Identifier: Apache-2.0
"""The desk of the journal: what it says of one submission, and of one member of staff, in words.

Who reads it is written down first, like any reading, and stands at the top of what is shown.
"""

from collections.abc import Mapping

from sqlalchemy import Connection
from starlette.responses import Response

from uphold import errors
from uphold.access import exercise, staff
from uphold.access.permission import Permission
from uphold.app import App
from uphold.assurance import chronicle
from uphold.assurance.chronicle import Archive, Chapter, Line
from uphold.mail import letter
from uphold.policy.document import pick
from uphold.submission import record as submissions
from uphold.vault import identifier
from uphold.web import journal_words, kept_fields, pages, present, reply
from uphold.web.journal_views import Chronicle, Entry, Journal, Reader
from uphold.web.journal_words import Glossary
from uphold.web.staffed import Handler, Visit

JOURNAL = "/console/journal"
OF_RECORD = f"{JOURNAL}/record"
OF_STAFF = f"{JOURNAL}/staff"


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    desk = JournalDesk(app)
    return [
        ("GET", JOURNAL, Permission.HISTORY_READ, desk.look),
        ("POST", JOURNAL, Permission.HISTORY_READ, desk.find),
        ("GET", f"{OF_RECORD}/{{id}}", Permission.HISTORY_READ, desk.of_record),
        ("GET", f"{OF_STAFF}/{{id}}", Permission.HISTORY_READ, desk.of_staff),
    ]


class JournalDesk:
    """The handlers, for who has passed the console's door."""

    def __init__(self, app: App) -> None:
        """Serve the journal of `app`."""
        self.app = app
        self._archive = Archive(app.database, app.writer, app.ring)

    def look(self, visit: Visit) -> Response:
        """`GET /console/journal`: whose journal can be read; nothing is read yet."""
        return self._page(visit)

    def find(self, visit: Visit) -> Response:
        """`POST /console/journal`: a submission by its receipt number, which so stands in no address."""
        receipt = visit.posted.get("receipt", "").strip()
        number = self.app.ring.identifiers.decode(identifier.RECEIPT, receipt)
        if number is None or not self._is_own(visit, number):
            return self._page(visit, receipt, problem=True)
        public = self.app.ring.identifiers.encode(identifier.ENQUIRY, number)
        return reply.see_other(visit.request, f"{OF_RECORD}/{public}")

    def of_record(self, visit: Visit) -> Response:
        """`GET …/record/{id}?before=`: journaled first, then shown."""
        ids, path = self.app.ring.identifiers, visit.request.url.path
        number = ids.decode(identifier.ENQUIRY, visit.request.path_params["id"])
        if number is None or not self._is_own(visit, number):
            raise errors.Missing("There is no such record.", "Look at the list of enquiries.")
        reader = visit.session.actor.staff
        chapter = chronicle.of_record(self._archive, number, reader, _before(visit))
        short = letter.short(ids.encode(identifier.RECEIPT, number))
        back = f"/console/enquiry/{ids.encode(identifier.ENQUIRY, number)}"
        return self._chapter(visit, chapter, chronicle.RECORD, short, back, path)

    def of_staff(self, visit: Visit) -> Response:
        """`GET …/staff/{id}?before=`: journaled first, then shown."""
        named, path = visit.request.path_params["id"], visit.request.url.path
        number = self.app.ring.identifiers.decode(identifier.STAFF, named)
        with self.app.database.read() as connection:
            people = self._people(visit, connection)
        if number is None or number not in people:
            raise errors.Missing("There is no such account.", "Look at the list of staff.")
        reader = visit.session.actor.staff
        chapter = chronicle.of_staff(self._archive, number, reader, _before(visit))
        return self._chapter(visit, chapter, chronicle.STAFF, people[number], JOURNAL, path)

    def _page(self, visit: Visit, receipt: str = "", *, problem: bool = False) -> Response:
        with self.app.database.read() as connection:
            people, roles = self._people(visit, connection), staff.roles(connection)
        ids = self.app.ring.identifiers
        readers = tuple(
            Reader(login, roles[number], f"{OF_STAFF}/{ids.encode(identifier.STAFF, number)}")
            for number, login in people.items()
        )
        view = Journal(JOURNAL, readers, receipt, problem)
        return reply.page(view, visit.frame(path=JOURNAL), 422 if problem else 200)

    def _chapter(
        self, visit: Visit, chapter: Chapter, of: str, name: str, back: str, path: str
    ) -> Response:
        known = self._glossary(visit)
        view = Chronicle(
            of=of,
            name=name,
            back_href=back,
            entries=tuple(self._entry(line, known) for line in chapter.lines),
            start=chapter.start,
            end=chapter.end,
            older_href=f"{path}?before={chapter.older}" if chapter.older else "",
        )
        return reply.page(view, visit.frame())

    def _entry(self, line: Line, known: Glossary) -> Entry:
        ids, short, href = self.app.ring.identifiers, "", ""
        if line.record:
            short = letter.short(ids.encode(identifier.RECEIPT, line.record))
            href = f"/console/enquiry/{ids.encode(identifier.ENQUIRY, line.record)}"
        text = journal_words.sentence(line.kind, line.codes, known)
        return Entry(
            line.index, line.at, text, journal_words.person(line.codes, known), short, href
        )

    def _glossary(self, visit: Visit) -> Glossary:
        with self.app.database.read() as connection:
            people = self._people(visit, connection)
        return glossary(self.app, visit.language, people)

    def _people(self, visit: Visit, connection: Connection) -> Mapping[int, str]:
        """Accounts by number: an exercise sees its own, everybody else those that are no exercise's."""
        marked, mine = exercise.numbers(connection), visit.session.actor.exercise
        names = staff.names(connection)
        return {number: login for number, login in names.items() if (number in marked) is mine}

    def _is_own(self, visit: Visit, record: int) -> bool:
        with self.app.database.read() as connection:
            known = submissions.facts(connection, [record])
        return record in known and known[record].is_exercise is visit.session.actor.exercise


def _before(visit: Visit) -> int | None:
    text = visit.request.query_params.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def glossary(app: App, language: str, people: Mapping[int, str]) -> Glossary:
    """What codes mean by the edition in force, and by earlier ones where it has them no more."""
    purposes: dict[str, str] = {}
    fields: dict[str, str] = {}
    forms: dict[str, str] = {}
    for edition in reversed(app.shelf.all()):
        fallback = edition.policy.language
        purposes |= {p: present.title(edition, p, language) for p in edition.policy.purposes}
        for key, form in edition.forms.items():
            forms[key] = pick(form.title, language, fallback)
            # The journal's codes have no underscore; a field's key may.
            fields |= {
                one.key.replace("_", "-"): pick(one.label, language, fallback)
                for one in form.fields
            }
    catalogue = pages.translations(language)
    kept = {k.replace("_", "-"): catalogue.gettext(v) for k, v in kept_fields.KEPT.items()}
    return Glossary(language, catalogue, people, purposes, {**kept, **fields}, forms)

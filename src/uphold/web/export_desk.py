# SPDX-License-Identifier: Apache-2.0
"""The console's page of exports: make one, take it as a file, end it; and see all that were made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Connection
from starlette.responses import Response

from uphold import errors
from uphold.access import canary, export, export_file, gate, staff
from uphold.access.export import Export, Format, Reason, Taken, Wanted
from uphold.access.export_file import Row, Sheet
from uphold.access.permission import Permission
from uphold.access.reading import Question
from uphold.access.volume import HOUR, Refused, What
from uphold.app import App
from uphold.database.transaction import Transaction
from uphold.enquiry import desk, question
from uphold.enquiry.desk import State
from uphold.mail import letter
from uphold.policy.document import Edition, pick
from uphold.submission import record
from uphold.vault import identifier
from uphold.web import export_views, messages, pages, present, reply, search_desk, views
from uphold.web.export_views import ExportRow, Exports, Typed
from uphold.web.messages import N_
from uphold.web.staffed import Handler, Visit

EXPORTS = "/console/exports"
ONE = f"{EXPORTS}/{{id}}"
_MEDIA = {Format.CSV: "text/csv; charset=utf-8", Format.JSON: "application/json"}
_LATEST = 253_402_300_799_000
_OUT = frozenset({State.ASIDE, State.DISCARDED})
_NO_DAY = N_("Give a day, or leave it empty")
_NO_REASON = N_("Choose the reason for the export")
_NO_HOURS = N_("Give a number of hours within the limit")


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    exports = ExportDesk(app)
    return [
        ("GET", EXPORTS, Permission.EXPORT_LIST, exports.look),
        ("POST", EXPORTS, Permission.EXPORT_MAKE, exports.make),
        ("POST", f"{ONE}/take", Permission.EXPORT_MAKE, exports.take),
        ("POST", f"{ONE}/end", Permission.EXPORT_MAKE, exports.end),
    ]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the form asks for: `since` and `until` are unix ms, the latter not included."""

    wanted: Wanted
    since: int
    until: int


class ExportDesk:
    """The handlers, for who has passed the console's door."""

    def __init__(self, app: App) -> None:
        """Serve `app`."""
        self.app = app

    def look(self, visit: Visit) -> Response:
        """`GET /console/exports`: what was made, and the form for who may."""
        return reply.page(self._view(visit), visit.frame())

    def make(self, visit: Visit) -> Response:
        """`POST /console/exports`: records are chosen, and nothing of them is opened yet."""
        read = _read(self.app, visit)
        if not isinstance(read, Choice):
            view = self._view(visit, problems=read)
            return reply.page(view, visit.frame(path=EXPORTS), 422)
        outcome = self.app.writer.run(lambda tx: self._order(tx, visit, read))
        if isinstance(outcome, Refused):
            view = self._view(visit, refused=outcome.reason)
            code = 422 if outcome.reason == export.NOTHING else search_desk.status(outcome)
            return reply.page(view, visit.frame(path=EXPORTS), code)
        return reply.see_other(visit.request, f"{EXPORTS}?done=export-made")

    def take(self, visit: Visit) -> Response:
        """`POST …/take`: each record is decided and journaled first; then the file is written, marked."""
        number = self._number(visit)
        with self.app.database.read() as connection:
            made = export.find(connection, number)
        if made is None:
            raise _missing()

        def questions(tx: Transaction, numbers: Sequence[int]) -> Mapping[int, Question]:
            return self._questions(tx, visit, made.purpose, numbers)

        actor = visit.session.actor
        taken = export.take(self.app.writer, self.app.ring, actor, number, questions=questions)
        # To who did not make it there is no such export; the attempt is in the journal.
        if taken is None or (isinstance(taken, Refused) and taken.reason == export.NOT_YOURS):
            raise _missing()
        if isinstance(taken, Refused):
            view = self._view(visit, refused=taken.reason)
            return reply.page(view, visit.frame(path=EXPORTS), 410)
        return self._file(taken)

    def end(self, visit: Visit) -> Response:
        """`POST …/end`: nobody can take it any more."""
        number, actor = self._number(visit), visit.session.actor
        if not self.app.writer.run(lambda tx: export.end(tx, actor, number)):
            raise _missing()
        return reply.see_other(visit.request, f"{EXPORTS}?done=export-ended")

    def _number(self, visit: Visit) -> int:
        public = visit.request.path_params["id"]
        number = self.app.ring.identifiers.decode(identifier.EXPORT, public)
        if number is None:
            raise _missing()
        return number

    def _order(self, tx: Transaction, visit: Visit, read: Choice) -> Export | Refused:
        actor, limit = visit.session.actor, search_desk.limit(self.app, What.EXPORT)
        numbers = record.of_form(
            tx,
            read.wanted.form,
            read.since,
            read.until,
            exercise=actor.exercise,
            # One more than may be taken shows that there are too many.
            limit=limit.at_once + 1,
        )
        kept = [line.item.record for line in desk.lines(tx, numbers) if line.item.state not in _OUT]
        asked = self._questions(tx, visit, read.wanted.purpose, kept)
        current = self.app.shelf.in_force()
        return export.order(
            tx, actor, read.wanted, list(asked.values()), current=current, limit=limit
        )

    def _questions(
        self, reader: question.Reader, visit: Visit, purpose: str, numbers: Sequence[int]
    ) -> Mapping[int, Question]:
        shelf = self.app.shelf
        current = shelf.in_force()

        def fields(given: Edition, form: str) -> frozenset[str]:
            return gate.fields(given, current, form, purpose) - letter.FIELDS

        return question.questions(
            reader,
            numbers,
            actor=visit.session.actor,
            purpose=purpose,
            current=current,
            edition=shelf.edition,
            fields=fields,
        )

    def _file(self, taken: Taken) -> Response:
        made, app = taken.export, self.app
        current = app.shelf.in_force()
        with app.database.read() as connection:
            facts = record.facts(connection, [number for number, _ in taken.rows])
        rows = [
            Row(_receipt(app, number), facts[number].received_at, values)
            for number, values in taken.rows
        ]
        sheet = Sheet(
            mark=mark(app, made),
            purpose=made.purpose,
            form=made.form,
            edition=current.number,
            made_at=made.made_at,
            fields=columns(current, made),
            rows=rows,
        )
        name = letter.short(app.ring.identifiers.encode(identifier.CANARY, made.number))
        nobody = canary.row(app.ring, made, current.forms.get(made.form), domain(app), name)
        write: Callable[[Sheet], bytes] = (
            export_file.csv_bytes if made.format is Format.CSV else export_file.json_bytes
        )
        body = write(export_file.with_canary(sheet, nobody))
        named = f'attachment; filename="export-{made.number}.{made.format}"'
        headers = {**reply.NO_STORE, "content-disposition": named}
        return Response(body, headers=headers, media_type=_MEDIA[made.format])

    def _view(
        self, visit: Visit, *, problems: tuple[views.Problem, ...] = (), refused: str = ""
    ) -> Exports:
        app, makes = self.app, visit.may(Permission.EXPORT_MAKE)
        edition, language = app.shelf.in_force(), visit.language
        own = edition.policy.language
        with app.database.read() as connection:
            rows = self._rows(connection, visit)
        return Exports(
            rows=rows,
            forms=tuple(
                views.Option(key, pick(form.title, language, own))
                for key, form in edition.forms.items()
            ),
            purposes=search_desk.purposes(app, visit),
            reasons=tuple(str(one) for one in Reason),
            at_once=app.settings.copies.export_at_once,
            left=search_desk.left(app, visit, What.EXPORT),
            longest=app.settings.copies.export_hours,
            action_href=EXPORTS if makes else "",
            typed=_typed(visit.posted),
            problems=problems,
            refused=refused,
        )

    def _rows(self, connection: Connection, visit: Visit) -> tuple[ExportRow, ...]:
        names, seen = staff.names(connection), canary.seen(connection)
        every = export.listed(connection, exercise=visit.session.actor.exercise)
        return tuple(
            self._row(
                visit,
                one,
                names.get(one.staff, ""),
                tuple(str(found.place) for found in seen if found.export == one.number),
            )
            for one in every
        )

    def _row(self, visit: Visit, made: Export, person: str, seen: tuple[str, ...]) -> ExportRow:
        app, language = self.app, visit.language
        edition = app.shelf.in_force()
        form = edition.forms.get(made.form)
        is_open, public = made.is_open(visit.now), ""
        if is_open and made.staff == visit.session.actor.staff:
            public = f"{EXPORTS}/{app.ring.identifiers.encode(identifier.EXPORT, made.number)}"
        return export_views.ExportRow(
            mark=mark(app, made),
            person=person,
            purpose=_title(edition, made.purpose, language),
            form_title=pick(form.title, language, edition.policy.language) if form else made.form,
            format=str(made.format),
            reason=str(made.reason),
            records=made.records,
            made_at=made.made_at,
            ends_at=made.ends_at,
            state="open" if is_open else "ended" if made.ended_at else "over",
            taken=made.taken,
            taken_at=made.taken_at,
            seen=seen,
            take_href=f"{public}/take" if public else "",
            end_href=f"{public}/end" if public else "",
        )


def mark(app: App, made: Export) -> str:
    """What stands in each row of the file: the export and who made it, by short public ids."""
    ids = app.ring.identifiers
    one = letter.short(ids.encode(identifier.EXPORT, made.number))
    return f"{one}-{letter.short(ids.encode(identifier.STAFF, made.staff))}"


def domain(app: App) -> str:
    """The domain of the canaries' addresses."""
    host = urlsplit(app.settings.site.address).hostname or ""
    is_name = "." in host and not host.replace(".", "").isdigit()
    # RFC 2606: a name that nobody can have, where the site has none yet.
    return app.settings.copies.canary_domain or (host if is_name else "site.invalid")


def columns(edition: Edition, made: Export) -> tuple[str, ...]:
    """The fields of an export in the order of its form; those that no form declares by their names."""
    kept = gate.fields(edition, edition, made.form, made.purpose) - letter.FIELDS
    form = edition.forms.get(made.form)
    declared = [one.key for one in form.fields if one.key in kept] if form else []
    return tuple(declared or sorted(kept))


def _receipt(app: App, number: int) -> str:
    return letter.short(app.ring.identifiers.encode(identifier.RECEIPT, number))


def _title(edition: Edition, purpose: str, language: str) -> str:
    known = purpose in edition.policy.purposes
    return present.title(edition, purpose, language) if known else purpose


def _typed(posted: Mapping[str, str]) -> Typed:
    return Typed(
        form=posted.get("form", ""),
        purpose=posted.get("purpose", ""),
        format=posted.get("format", "csv"),
        reason=posted.get("reason", ""),
        since=posted.get("since", "")[:10],
        until=posted.get("until", "")[:10],
        hours=posted.get("hours", "")[:4],
    )


def _read(app: App, visit: Visit) -> Choice | tuple[views.Problem, ...]:
    """Read the form, or say what is wrong with it."""
    say = pages.translations(visit.language).gettext
    typed, found = _typed(visit.posted), []
    since, until = _day(typed.since), _day(typed.until)
    if typed.since and since is None:
        found.append(views.Problem(say(_NO_DAY), "since"))
    if typed.until and until is None:
        found.append(views.Problem(say(_NO_DAY), "until"))
    if typed.purpose not in app.shelf.in_force().policy.purposes:
        found.append(views.Problem(say(messages.PURPOSE_NEEDED), "purpose"))
    if typed.reason not in set(Reason):
        found.append(views.Problem(say(_NO_REASON), "reason"))
    longest = app.settings.copies.export_hours
    hours = int(typed.hours) if typed.hours.isascii() and typed.hours.isdigit() else 0
    if not 1 <= hours <= longest:
        found.append(views.Problem(say(_NO_HOURS), "hours"))
    if found:
        return tuple(found)
    format_ = Format(typed.format) if typed.format in set(Format) else Format.CSV
    wanted = Wanted(typed.purpose, typed.form, format_, Reason(typed.reason), hours * HOUR)
    return Choice(
        wanted,
        _at(since) if since else 0,
        _at(until + timedelta(days=1)) if until else _LATEST,
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 <= found.year < 9999 else None


def _at(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp()) * 1000


def _missing() -> errors.Missing:
    return errors.Missing("There is no such export.", "Look at the list of exports.")

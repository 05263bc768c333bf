# SPDX-License-Identifier: Apache-2.0
"""The desk of retention: what ends when, acts to sign, preservation orders, keys and backups."""

from datetime import UTC, date, datetime

from starlette.responses import Response

from uphold import errors
from uphold.access.permission import Permission
from uphold.app import App
from uphold.retention import document, orders, paper
from uphold.retention.document import Document
from uphold.retention.orders import Terms
from uphold.retention.sweep import Done
from uphold.submission import record
from uphold.vault import identifier
from uphold.web import reply, retention_pages
from uphold.web.retention_pages import ACT, ORDER, RETENTION, RUN
from uphold.web.staffed import Handler, Visit

DAY_MS = 86_400_000
KINDS = {"pdf": "application/pdf", "html": "text/html; charset=utf-8", "json": "application/json"}


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    desk = RetentionDesk(app)
    return [
        ("GET", RETENTION, Permission.RETENTION_READ, desk.look),
        ("POST", RUN, Permission.RETENTION_RUN, desk.run),
        ("GET", f"{ACT}/{{number}}/{{language}}/{{paper}}", Permission.RETENTION_READ, desk.act),
        ("POST", ORDER, Permission.HOLD_PLACE, desk.place),
        ("POST", f"{ORDER}/{{number}}/lift", Permission.HOLD_PLACE, desk.lift),
    ]


class RetentionDesk:
    """The handlers, for who has passed the console's door."""

    def __init__(self, app: App) -> None:
        """Serve the terms of `app`."""
        self.app = app

    def look(self, visit: Visit) -> Response:
        """`GET /console/retention`: counts, numbers and days; nobody is named."""
        return self._page(visit)

    def run(self, visit: Visit) -> Response:
        """`POST …/run`: as every hour, at once; answered when it is done, or when another process is at it."""
        done = self.app.sweep().run()
        return reply.see_other(visit.request, f"{RETENTION}?done=sweep-{_outcome(done)}")

    def act(self, visit: Visit) -> Response:
        """`GET …/act/{number}/{language}/{paper}`: one act to print, sign and keep."""
        chosen = visit.request.path_params
        language, kind = chosen["language"], chosen["paper"]
        if language not in document.LANGUAGES or kind not in KINDS:
            raise errors.Missing("There is no such paper.", "Follow a link of the list of acts.")
        printed = self._document(visit, _number(chosen["number"]), language)
        makers = {
            "pdf": paper.pdf,
            "html": lambda one: paper.page(one).encode(),
            "json": paper.json,
        }
        name = f"act-{printed.number}-{language}.{kind}"
        headers = {**reply.NO_STORE, "content-disposition": f'attachment; filename="{name}"'}
        return Response(makers[kind](printed), headers=headers, media_type=KINDS[kind])

    def place(self, visit: Visit) -> Response:
        """`POST …/order`: bars destruction from now on; what is wrong with it is said at its field."""
        terms, problems = self._terms(visit)
        if problems:
            return self._page(visit, problems)
        staff = visit.session.actor.staff
        self.app.writer.run(lambda tx: orders.place(tx, terms, staff))
        return reply.see_other(visit.request, f"{RETENTION}?done=order-placed#orders")

    def lift(self, visit: Visit) -> Response:
        """`POST …/order/{number}/lift`: what it alone kept is due again."""
        number, staff = _number(visit.request.path_params["number"]), visit.session.actor.staff
        self.app.writer.run(lambda tx: orders.lift(tx, number, staff))
        return reply.see_other(visit.request, f"{RETENTION}?done=order-lifted#orders")

    def _page(self, visit: Visit, problems: tuple[str, ...] = ()) -> Response:
        around = visit.frame(path=RETENTION)
        view = retention_pages.page(visit, around.language, problems)
        return reply.page(view, around, 422 if problems else 200)

    def _document(self, visit: Visit, number: int, language: str) -> Document:
        # Whose data were destroyed is none of an exercise's business, not even as numbers.
        if visit.session.actor.exercise:
            raise errors.Missing(f"There is no act {number}.", "Look at the list of acts.")
        about = paper.Site(self.app.settings, self.app.ring, self.app.shelf.edition)
        with self.app.database.read() as connection:
            return paper.document_of(connection, about, number, language)

    def _terms(self, visit: Visit) -> tuple[Terms, tuple[str, ...]]:
        """Read the order that was entered, and the codes of what is wrong with it."""
        posted = {name: text.strip() for name, text in visit.posted.items()}
        receipt, purpose = posted.get("receipt", ""), posted.get("purpose", "")
        ground, until = posted.get("ground", ""), _last(posted.get("until", ""))
        number = self._record(receipt)
        declared = {one for edition in self.app.shelf.all() for one in edition.policy.purposes}
        wrong = {
            "what": not receipt and not purpose,
            "receipt": bool(receipt) and number is None,
            "purpose": bool(purpose) and purpose not in declared,
            "ground": not 0 < len(ground) <= orders.LONGEST_GROUND,
            "until": until == 0 or (until is not None and until <= visit.now),
        }
        terms = Terms(number, purpose or None, ground, 0, until)
        return terms, tuple(code for code, is_so in wrong.items() if is_so)

    def _record(self, receipt: str) -> int | None:
        number = self.app.ring.identifiers.decode(identifier.RECEIPT, receipt)
        with self.app.database.read() as connection:
            known = {} if number is None else record.facts(connection, [number])
        return number if number in known and not known[number].is_exercise else None


def _outcome(done: Done | None) -> str:
    if done is None:
        return "busy"
    return "done" if done.parts or done.acts else "idle"


def _number(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise errors.Missing("There is nothing of this number.", "Look at the page of retention.")


def _last(text: str) -> int | None:
    """The end of a day `YYYY-MM-DD` in UTC as unix ms; None for no day, 0 for what is none."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return 0
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000) + DAY_MS

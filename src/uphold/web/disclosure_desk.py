# SPDX-License-Identifier: Apache-2.0
"""The desk of disclosures: who asks for data, what would leave, who decides, and who must hear what became of it."""

from sqlalchemy import Connection
from starlette.responses import Response

from uphold import errors
from uphold.access import disclosure, extract, staff
from uphold.access.disclosure import Disclosure
from uphold.access.permission import Permission
from uphold.access.procedure import Outcome, Reason
from uphold.access.reading import Denied
from uphold.app import App
from uphold.database.transaction import Transaction
from uphold.rights import telling
from uphold.rights.telling import Channel, Telling
from uphold.web import disclosure_intake, disclosure_letter, disclosure_pages, reply
from uphold.web.disclosure_intake import Wrong
from uphold.web.disclosure_pages import DECLINE, DISCLOSURES, NEW, REASONS
from uphold.web.staffed import Handler, Visit

ONE = "/console/disclosure/{number}"
FILE = "application/age-encryption.org.v1"


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    desk = DisclosureDesk(app)
    return [
        ("GET", DISCLOSURES, Permission.DISCLOSURE_LIST, desk.disclosures),
        ("GET", NEW, Permission.DISCLOSURE_PREPARE, desk.ask),
        ("POST", NEW, Permission.DISCLOSURE_PREPARE, desk.prepare),
        ("POST", DECLINE, Permission.DISCLOSURE_PREPARE, desk.decline),
        ("GET", ONE, Permission.DISCLOSURE_LIST, desk.one),
        ("POST", f"{ONE}/look", Permission.DISCLOSURE_OPEN, desk.look),
        ("POST", f"{ONE}/approve", Permission.DISCLOSURE_APPROVE, desk.approve),
        ("POST", f"{ONE}/refuse", Permission.DISCLOSURE_PREPARE, desk.refuse),
        ("POST", f"{ONE}/send", Permission.DISCLOSURE_SEND, desk.send),
        ("POST", f"{ONE}/confirm", Permission.DISCLOSURE_PREPARE, desk.confirm),
        ("POST", f"{ONE}/tell", Permission.DISCLOSURE_PREPARE, desk.tell),
        ("GET", f"{ONE}/notice/{{notice}}", Permission.DISCLOSURE_LIST, desk.letter),
    ]


class DisclosureDesk:
    """The handlers, for who has passed the console's door."""

    def __init__(self, app: App) -> None:
        """Serve the disclosures of `app`."""
        self.app = app

    def disclosures(self, visit: Visit) -> Response:
        """`GET /console/disclosures?state=ended`: what is open, or what has ended."""
        with self.app.database.read() as connection:
            shows = visit.request.query_params.get("state", "")
            view = disclosure_pages.listed(self.app, visit, connection, shows)
        return reply.page(view, visit.frame())

    def ask(self, visit: Visit) -> Response:
        """`GET …/new?recipient=&purpose=`: who asks for what, in two steps."""
        query = visit.request.query_params
        chosen = query.get("recipient", ""), query.get("purpose", "")
        return reply.page(disclosure_pages.preparing(self.app, visit, chosen), visit.frame())

    def prepare(self, visit: Visit) -> Response:
        """`POST …/new`: nothing leaves by it; another decides."""
        order = disclosure_intake.prepared(self.app, visit)
        if isinstance(order, Wrong):
            return self._wrong(visit, order)
        desk, actor = disclosure_pages.desk(self.app), visit.session.actor
        try:
            made = self.app.writer.run(lambda tx: disclosure.prepare(tx, desk, actor, order))
        except errors.Invalid:
            # What the form's reading let through: a field that one of the submissions has not.
            chosen = order.recipient, order.scope.purpose
            return self._wrong(
                visit, Wrong(chosen, disclosure_intake.entered_of(visit), ("unfit",))
            )
        return _done(visit, made.number, "disclosure-prepared")

    def decline(self, visit: Visit) -> Response:
        """`POST …/decline`: who asks without any right to is refused at once, which is kept."""
        asked = disclosure_intake.declined(visit)
        if isinstance(asked, Wrong):
            return self._wrong(visit, asked)
        desk, actor = disclosure_pages.desk(self.app), visit.session.actor
        said = asked.requester, asked.document, asked.reason
        made = self.app.writer.run(lambda tx: disclosure.decline(tx, desk, actor, *said))
        return _done(visit, made.number, "disclosure-refused")

    def one(self, visit: Visit) -> Response:
        """`GET /console/disclosure/{number}`: what leaves to whom, on which ground, what can be done now."""
        return self._one(visit, self._find(visit))

    def look(self, visit: Visit) -> Response:
        """`POST …/look`: exactly what would leave, journaled first."""
        found, desk = self._find(visit), disclosure_pages.desk(self.app)
        made = extract.preview(self.app.writer, desk, visit.session.actor, found.number)
        if isinstance(made, Denied):
            return self._one(visit, found, str(made.reason))
        with self.app.database.read() as connection:
            names = staff.names(connection)
        view = disclosure_pages.extract(self.app, visit, made, names)
        return reply.page(view, visit.frame(path=disclosure_pages.address(found.number)))

    def approve(self, visit: Visit) -> Response:
        """`POST …/approve`: exactly what was seen, by another than who prepared it."""
        number, seen = self._find(visit).number, visit.posted.get("seen", "")
        actor = visit.session.actor
        self.app.writer.run(lambda tx: disclosure.approve(tx, number, actor, seen))
        return _done(visit, number, "disclosure-approved")

    def refuse(self, visit: Visit) -> Response:
        """`POST …/refuse`: for a reason; it is kept."""
        found, code, actor = self._find(visit), visit.posted.get("reason", ""), visit.session.actor
        if code not in REASONS:
            return self._one(visit, found, problem="reason")
        reason = Reason(code)
        self.app.writer.run(lambda tx: disclosure.refuse(tx, found.number, actor, reason))
        return _done(visit, found.number, "disclosure-refused")

    def send(self, visit: Visit) -> Response:
        """`POST …/send`: the encrypted file, its digest in the journal before anybody has it."""
        found, desk = self._find(visit), disclosure_pages.desk(self.app)
        made = extract.send(self.app.writer, desk, visit.session.actor, found.number)
        if isinstance(made, Denied):
            return self._one(visit, found, str(made.reason))
        kept = {**reply.NO_STORE, "content-disposition": f'attachment; filename="{made.name}"'}
        return Response(made.content, headers=kept, media_type=FILE)

    def confirm(self, visit: Visit) -> Response:
        """`POST …/confirm`: the recipient has it, or it was never delivered."""
        number, code, actor = (
            self._find(visit).number,
            visit.posted.get("outcome", ""),
            visit.session.actor,
        )
        if code not in set(map(str, Outcome)):
            raise errors.Invalid("There is no such end of a disclosure.", "Choose a button.")
        outcome = Outcome(code)
        self.app.writer.run(lambda tx: disclosure.confirm(tx, number, actor, outcome))
        return _done(visit, number, "disclosure-closed")

    def tell(self, visit: Visit) -> Response:
        """`POST …/tell`: the recipient was told of a correction or an erasure, or has answered."""
        found = self._find(visit)
        self.app.writer.run(lambda tx: self._tell(tx, visit, found))
        return _done(visit, found.number, "recipient-told")

    def letter(self, visit: Visit) -> Response:
        """`GET …/notice/{notice}`: the text of the notice, which names no person."""
        found, number = self._find(visit), visit.request.path_params["notice"]
        with self.app.database.read() as connection:
            one = _notice(connection, found, number)
        text = disclosure_letter.text(self.app, found, one)
        headers = {
            **reply.NO_STORE,
            "content-disposition": f'inline; filename="notice-{number}.txt"',
        }
        return Response(text, headers=headers, media_type="text/plain")

    def _find(self, visit: Visit) -> Disclosure:
        with self.app.database.read() as connection:
            return disclosure_pages.find(visit, connection, visit.request.path_params["number"])

    def _tell(self, tx: Transaction, visit: Visit, about: Disclosure) -> None:
        posted, staff_ = visit.posted, visit.session.actor.staff
        number = _notice(tx, about, posted.get("notice", "")).number
        channel, outcome = posted.get("channel", ""), posted.get("outcome", "")
        if channel in set(map(str, Channel)):
            telling.tell(tx, number, staff_, Channel(channel))
        elif outcome in set(map(str, telling.Outcome)):
            telling.answer(tx, number, staff_, telling.Outcome(outcome))
        else:
            raise errors.Invalid(
                "It is not said by which way, or what was answered.", "Choose one."
            )

    def _wrong(self, visit: Visit, wrong: Wrong) -> Response:
        view = disclosure_pages.preparing(self.app, visit, wrong.chosen, wrong.entered, wrong.codes)
        return reply.page(view, visit.frame(path=NEW), 422)

    def _one(
        self, visit: Visit, found: Disclosure, denied: str = "", problem: str = ""
    ) -> Response:
        with self.app.database.read() as connection:
            past = disclosure_pages.gather(self.app, visit, connection, found)
        problems = (problem,) if problem else ()
        view = disclosure_pages.one(self.app, visit, past, denied, problems)
        around = visit.frame(path=disclosure_pages.address(found.number))
        return reply.page(view, around, 403 if denied else 422 if problem else 200)


def _notice(reader: Connection | Transaction, about: Disclosure, text: str) -> Telling:
    """Find a notice about this disclosure, and no other."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        found = telling.find(reader, int(text))
        if found.disclosure == about.number:
            return found
    raise errors.Missing("There is no such notice.", "Look at the disclosure.")


def _done(visit: Visit, number: int, code: str) -> Response:
    return reply.see_other(visit.request, f"{disclosure_pages.address(number)}?done={code}")

# SPDX-License-Identifier: Apache-2.0
"""The console's search by an address, and the opening of several enquiries in one act."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from starlette.responses import Response

from uphold.access import search, several, volume
from uphold.access.permission import Permission
from uphold.access.reading import Denied, Opened, Question
from uphold.access.several import Several
from uphold.access.volume import DAY, HOUR, LIMIT, Limit, Refused, What
from uphold.app import App
from uphold.database.transaction import Transaction
from uphold.enquiry import desk, question
from uphold.enquiry.desk import Line, State
from uphold.submission import record
from uphold.vault import contact, identifier
from uphold.vault.contact import Contact
from uphold.web import (
    console_views,
    desk_views,
    messages,
    pages,
    present,
    reply,
    search_views,
    views,
)
from uphold.web.messages import N_
from uphold.web.staffed import Handler, Visit

SEARCH = "/console/search"
SEVERAL = "/console/several"
LISTED = 50
BOX = "pick-"
_TABS = (State.NEW, State.IN_WORK, State.ANSWERED, State.CLOSED)
_NO_ADDRESS = N_("Enter a whole e-mail address or telephone number")
_NOTHING_TICKED = N_("Tick the enquiries to open")


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    searching = SearchDesk(app)
    return [
        ("GET", SEARCH, Permission.CONTACT_SEARCH, searching.ask),
        ("POST", SEARCH, Permission.CONTACT_SEARCH, searching.search),
        ("GET", SEVERAL, Permission.RECORDS_OPEN, searching.choose),
        ("POST", SEVERAL, Permission.RECORDS_OPEN, searching.open),
    ]


def limit(app: App, what: What) -> Limit:
    """Return how much of something this site lets a member of staff take."""
    copies = app.settings.copies
    if what is What.SEARCH:
        return Limit(1, HOUR, copies.searches_per_hour)
    if what is What.OPEN:
        return Limit(copies.open_at_once, DAY, copies.open_per_day)
    return Limit(copies.export_at_once, DAY, copies.export_per_day)


def left(app: App, visit: Visit, what: What) -> int:
    """How many this person may still take in one act now."""
    with app.database.read() as connection:
        return volume.left(connection, visit.session.actor.staff, what, limit(app, what), visit.now)


def purposes(app: App, visit: Visit) -> tuple[views.Option, ...]:
    """The purposes that this person's role may read for."""
    edition, role = app.shelf.in_force(), visit.session.actor.role
    language = visit.language
    return tuple(
        views.Option(one.id, present.title(edition, one.id, language))
        for one in edition.policy.purposes.values()
        if role in one.roles
    )


def status(refused: Refused) -> int:
    """The HTTP status of a refusal: 429 where waiting helps, else 403."""
    return 429 if refused.reason == LIMIT else 403


class SearchDesk:
    """The handlers, for who has passed the console's door."""

    def __init__(self, app: App) -> None:
        """Serve `app`."""
        self.app = app

    def ask(self, visit: Visit) -> Response:
        """`GET /console/search`: the form."""
        return reply.page(self._search(visit), visit.frame())

    def search(self, visit: Visit) -> Response:
        """`POST /console/search`: decided and journaled first; then what was found, once."""
        text, purpose = visit.posted.get("contact", ""), visit.posted.get("purpose", "")
        contacts = contacts_of(text)
        problems = self._problems(visit, purpose, has_address=bool(contacts))
        if problems:
            view = replace(self._search(visit), contact=text, purpose=purpose, problems=problems)
            return reply.page(view, visit.frame(path=SEARCH), 422)
        app, actor = self.app, visit.session.actor

        def questions(tx: Transaction, numbers: Sequence[int]) -> Mapping[int, Question]:
            return self._questions(tx, visit, purpose, numbers)

        outcome = search.search(
            app.writer,
            app.ring,
            actor,
            purpose,
            contacts,
            current=app.shelf.in_force(),
            questions=questions,
            limit=limit(app, What.SEARCH),
        )
        if isinstance(outcome, Refused):
            view = replace(self._search(visit), purpose=purpose, refused=outcome.reason)
            return reply.page(view, visit.frame(path=SEARCH), status(outcome))
        opens = outcome.records and visit.may(Permission.RECORDS_OPEN)
        view = replace(
            self._search(visit),
            purpose=purpose,
            asked=present.title(app.shelf.in_force(), purpose, visit.language),
            found=self._picks(visit, outcome.records),
            index=outcome.entry,
            made_at=outcome.at,
            several_href=SEVERAL if opens else "",
        )
        return reply.page(view, visit.frame(path=SEARCH))

    def choose(self, visit: Visit) -> Response:
        """`GET /console/several?state=`: the latest enquiries of a state, each with a box."""
        return reply.page(self._several(visit), visit.frame())

    def open(self, visit: Visit) -> Response:
        """`POST /console/several`: each is decided and journaled first; then all are shown, once."""
        app, purpose = self.app, visit.posted.get("purpose", "")
        numbers = ticked(app, visit)
        problems = self._problems(visit, purpose, has_picks=bool(numbers))
        if problems:
            view = self._several(visit, purpose, problems)
            return reply.page(view, visit.frame(path=SEVERAL), 422)
        with app.database.read() as connection:
            mine = [line for line in desk.lines(connection, numbers) if line.item.state in _TABS]
            known = [line.item.record for line in mine]
            asked = self._questions(connection, visit, purpose, known)
        outcome = several.open_several(
            app.writer,
            app.ring,
            visit.session.actor,
            purpose,
            [asked[one] for one in known if one in asked],
            asked=len(numbers),
            current=app.shelf.in_force(),
            limit=limit(app, What.OPEN),
        )
        if isinstance(outcome, Refused):
            view = self._several(visit, purpose, refused=outcome.reason)
            return reply.page(view, visit.frame(path=SEVERAL), status(outcome))
        return reply.page(self._opened(visit, purpose, mine, outcome), visit.frame(path=SEVERAL))

    def _questions(
        self,
        reader: question.Reader,
        visit: Visit,
        purpose: str,
        numbers: Sequence[int],
    ) -> Mapping[int, Question]:
        shelf = self.app.shelf
        return question.questions(
            reader,
            numbers,
            actor=visit.session.actor,
            purpose=purpose,
            current=shelf.in_force(),
            edition=shelf.edition,
        )

    def _problems(
        self, visit: Visit, purpose: str, *, has_address: bool = True, has_picks: bool = True
    ) -> tuple[views.Problem, ...]:
        say = pages.translations(visit.language).gettext
        found = []
        if not has_address:
            found.append(views.Problem(say(_NO_ADDRESS), "contact"))
        if not has_picks:
            found.append(views.Problem(say(_NOTHING_TICKED), "picks"))
        if not purpose:
            found.append(views.Problem(say(messages.PURPOSE_NEEDED), "purpose"))
        return tuple(found)

    def _search(self, visit: Visit) -> search_views.Search:
        return search_views.Search(
            purposes=purposes(self.app, visit), left=left_of_window(self.app, visit)
        )

    def _several(
        self,
        visit: Visit,
        purpose: str = "",
        problems: tuple[views.Problem, ...] = (),
        refused: str = "",
    ) -> search_views.Several:
        wanted = visit.request.query_params.get("state", "")
        state = State(wanted) if wanted in _TABS else State.NEW
        mine = visit.session.actor.exercise
        with self.app.database.read() as connection:
            counts = desk.counts(connection, exercise=mine)
            lines = desk.page(connection, state, exercise=mine, limit=LISTED)
        return search_views.Several(
            state=str(state),
            tabs=tuple(
                desk_views.tab_of(tab, counts[tab], f"{SEVERAL}?state={tab}") for tab in _TABS
            ),
            picks=tuple(self._pick(visit, line) for line in lines),
            purposes=purposes(self.app, visit),
            purpose=purpose,
            at_once=self.app.settings.copies.open_at_once,
            left=left(self.app, visit, What.OPEN),
            problems=problems,
            refused=refused,
        )

    def _picks(self, visit: Visit, numbers: Sequence[int]) -> tuple[search_views.Pick, ...]:
        with self.app.database.read() as connection:
            lines = desk.lines(connection, numbers)
        return tuple(self._pick(visit, line) for line in lines)

    def _pick(self, visit: Visit, line: Line) -> search_views.Pick:
        public = self.app.ring.identifiers.encode(identifier.ENQUIRY, line.item.record)
        return search_views.Pick(f"{BOX}{public}", desk_views.row(self.app, visit, line))

    def _opened(
        self, visit: Visit, purpose: str, lines: Sequence[Line], outcome: Several
    ) -> search_views.SeveralOpened:
        shown = {line.item.record: line for line in lines}
        with self.app.database.read() as connection:
            facts = record.facts(connection, shown)
        each = tuple(
            self._one(visit, shown[number], facts[number], one) for number, one in outcome.outcomes
        )
        title = present.title(self.app.shelf.in_force(), purpose, visit.language)
        return search_views.SeveralOpened(title, outcome.entry, outcome.at, each)

    def _one(
        self, visit: Visit, line: Line, facts: record.Facts, one: Opened | Denied
    ) -> search_views.OpenedOne:
        row = desk_views.row(self.app, visit, line)
        if isinstance(one, Denied):
            return search_views.OpenedOne(row, denied=str(one.reason))
        edition = self.app.shelf.edition(facts.edition)
        fields = desk_views.opened_fields(edition, facts, one, visit.language)
        letters = tuple(console_views.Letter(sent.subject, sent.text) for sent in one.answers)
        return search_views.OpenedOne(row, tuple(fields), letters)


def contacts_of(text: str) -> list[Contact]:
    """Read what was typed as an address of each kind that it can be."""
    typed = [Contact(kind, text.strip()) for kind in contact.KINDS]
    return [one for one in typed if contact.normalise(one) is not None]


def ticked(app: App, visit: Visit) -> list[int]:
    """The numbers of the records whose boxes were ticked; what is no id of this site is left out."""
    names = [name.removeprefix(BOX) for name in visit.posted if name.startswith(BOX)]
    found = (app.ring.identifiers.decode(identifier.ENQUIRY, one) for one in names)
    return [one for one in found if one is not None]


def left_of_window(app: App, visit: Visit) -> int:
    """How many searches this person has left in this hour."""
    rule = limit(app, What.SEARCH)
    with app.database.read() as connection:
        since = visit.now - rule.window
        used = volume.used(connection, visit.session.actor.staff, What.SEARCH, since)
    return max(0, rule.count - used)

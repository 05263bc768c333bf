# SPDX-License-Identifier: Apache-2.0
"""The desk of statistics: figures of visits, forms and answers, files of them, and the ledger of what was done.

Everything shown was released before: nothing is counted here. Looking is a use of the figures, and is noted in the
ledger before they are shown, as taking them is.
"""

from collections.abc import Callable, Mapping
from datetime import date

from starlette.responses import Response

from uphold import errors
from uphold.access import staff
from uphold.access.permission import Permission
from uphold.app import App
from uphold.policy.document import Edition, pick
from uphold.statistics import ledger, recipe, released
from uphold.statistics.label import Label
from uphold.statistics.ledger import Act
from uphold.statistics.recipe import Grain
from uphold.statistics.released import Atom
from uphold.visits import batch, layout
from uphold.visits.layout import Store
from uphold.visits.record import Dropped
from uphold.web import (
    pages,
    present,
    reply,
    statistics_acts,
    statistics_file,
    statistics_pages,
    statistics_period,
)
from uphold.web.staffed import Handler, Visit
from uphold.web.statistics_pages import ALL, TABLES, Figures
from uphold.web.statistics_period import SPANS, Chosen
from uphold.web.statistics_views import Answers, Around, Forms, Link, Picker, Visits
from uphold.web.statistics_words import Names

HOME = "/console/statistics"
FORMS = f"{HOME}/forms"
ANSWERS = f"{HOME}/answers"
LEDGER = statistics_acts.PATH
FILE = f"{HOME}/file"
Bare = Callable[[Around], pages.View]
Build = Callable[[Figures, Around], pages.View]
PATHS = {"visits": HOME, "forms": FORMS, "answers": ANSWERS, "ledger": LEDGER}
_GRAINS = (Grain.MONTH, Grain.WEEK, Grain.DAY)


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    desk = StatisticsDesk(app)
    read, take = Permission.STATISTICS_READ, Permission.STATISTICS_EXPORT
    return [
        ("GET", HOME, read, desk.visits),
        ("GET", FORMS, read, desk.forms),
        ("GET", ANSWERS, read, desk.answers),
        ("GET", LEDGER, Permission.STATISTICS_LEDGER, desk.ledger),
        ("GET", f"{FILE}/{{page}}/{{format}}", take, desk.take),
    ]


class StatisticsDesk:
    """The handlers, for who has passed the console's door."""

    def __init__(self, app: App) -> None:
        """Serve the figures of `app`."""
        self.app = app
        settings = app.settings
        self._store = Store(settings.path(settings.visits.store))

    def visits(self, visit: Visit) -> Response:
        """`GET /console/statistics?last=&from=&to=&compare=&device=`."""
        device = visit.request.query_params.get("device", ALL)
        wanted = device if device in layout.DEVICES else ALL

        def build(one: Figures, at: Around) -> Visits:
            return statistics_pages.visits(one, at, wanted, self._dropped(one.chosen))

        return self._page(visit, "visits", Visits, build)

    def forms(self, visit: Visit) -> Response:
        """`GET …/forms`, the days as on the page of visits, drawn in to whole weeks."""
        return self._page(visit, "forms", Forms, statistics_pages.forms)

    def answers(self, visit: Visit) -> Response:
        """`GET …/answers`."""
        hrefs = {str(one.number): f"/policy?edition={one.number}" for one in self.app.shelf.all()}
        return self._page(
            visit, "answers", Answers, lambda one, at: statistics_pages.answers(one, at, hrefs)
        )

    def take(self, visit: Visit) -> Response:
        """`GET …/file/{page}/{format}`: the figures of a page as a file; noted with its digest first."""
        params = visit.request.path_params
        page, wanted = params["page"], params["format"]
        atoms = released.read(self._store)
        if page not in TABLES or wanted not in statistics_file.TYPES or not atoms:
            raise errors.Missing("There is no such file.", "Take it from the page of figures.")
        chosen = self._chosen(visit, page, atoms)
        period = released.over(self._store, chosen.start, chosen.end)
        content = statistics_file.content(period, TABLES[page], wanted)
        mine, label = visit.session.actor.staff, period.label
        self.app.writer.run(lambda tx: ledger.export(tx, mine, page, label, content))
        name = f"{page}-{chosen.start}-{chosen.end}-{label}.{wanted}"
        headers = {**reply.NO_STORE, "content-disposition": f'attachment; filename="{name}"'}
        return Response(content, headers=headers, media_type=statistics_file.TYPES[wanted])

    def ledger(self, visit: Visit) -> Response:
        """`GET …/ledger?only=&more=`: what was done; the recipe only for who may see it."""
        around = visit.frame()
        only = visit.request.query_params.get("only", "")
        with self.app.database.read() as connection:
            fixed = ledger.standing(connection)
            acts = statistics_acts.ACTS.get(only, tuple(Act))
            most = statistics_acts.FEW + 1
            if visit.request.query_params.get("more", ""):
                most = statistics_acts.MANY
            lines = ledger.lines(connection, most, acts)
            people = staff.names(connection)
        may_see = visit.may(Permission.STATISTICS_RECIPE)
        view = statistics_acts.ledger(
            self._around(visit, "ledger"),
            lines,
            fixed,
            statistics_acts.Readers(people, around.language, may_see=may_see),
            only,
        )
        return reply.page(view, around)

    def _page(self, visit: Visit, page: str, bare: Bare, build: Build) -> Response:
        atoms = released.read(self._store)
        if not atoms:
            empty = self._around(visit, page, empty=self._why_none())
            return reply.page(bare(empty), visit.frame())
        chosen = self._chosen(visit, page, atoms)
        picker = _picker(PATHS[page], chosen, released.span(atoms), _grain(atoms, page))
        frame = visit.frame(path=f"{PATHS[page]}?{chosen.query}")
        now = released.over(self._store, chosen.start, chosen.end)
        if chosen.is_empty or not set(TABLES[page]) & set(now.tables):
            why = self._why(chosen)
            return reply.page(bare(self._around(visit, page, picker, chosen.query, why)), frame)
        before = released.over(self._store, *chosen.before) if chosen.before else None
        figures = Figures(now, before, chosen, self._names(frame.language))
        mine = visit.session.actor.staff
        self.app.writer.run(lambda tx: ledger.use(tx, mine, page, now.label))
        view = build(figures, self._around(visit, page, picker, chosen.query))
        return reply.page(view, frame)

    def _chosen(self, visit: Visit, page: str, atoms: tuple[Atom, ...]) -> Chosen:
        query: Mapping[str, str] = visit.request.query_params
        return statistics_period.choose(query, released.span(atoms), _grain(atoms, page))

    def _around(
        self,
        visit: Visit,
        page: str,
        picker: Picker | None = None,
        query: str = "",
        empty: str = "",
    ) -> Around:
        kept = f"?{query}" if query else ""
        tabs = tuple(
            Link(name, path if name == "ledger" else f"{path}{kept}", name == page)
            for name, path in PATHS.items()
            if visit.may(_needed(name))
        )
        may_take = visit.may(Permission.STATISTICS_EXPORT) and picker is not None and not empty
        files = tuple(Link(one, f"{FILE}/{page}/{one}{kept}") for one in statistics_file.TYPES)
        demo = self.app.settings.site.demo
        return Around(tabs, picker, empty, Label.AGGREGATED, files if may_take else (), demo)

    def _dropped(self, chosen: Chosen) -> Mapping[tuple[int, str], int]:
        since, until = (layout.number(day) for day in (chosen.start, chosen.end))
        with self.app.database.read() as connection:
            found = batch.dropped(connection, since, until)
        # Every reason is named: by being there at all it would tell that somebody came.
        return {(since, str(reason)): 0 for reason in Dropped} | found

    def _why_none(self) -> str:
        return "waiting" if self.app.settings.visits.record else "off"

    def _why(self, chosen: Chosen) -> str:
        """Say why there is nothing of these days: perhaps what was made of them was refused."""
        with self.app.database.read() as connection:
            done = ledger.done(connection)
        refused = [line.what for line in done if line.act is Act.REFUSED]
        days = [day for atom in refused for day in recipe.days_of(atom)]
        within = any(chosen.start <= day <= chosen.end for day in days)
        return "refused" if within else "span"

    def _names(self, language: str) -> Names:
        """What codes mean by the edition in force, and by earlier ones where it has them no more."""
        forms: dict[str, str] = {}
        fields: dict[str, str] = {}
        purposes: dict[str, str] = {}
        for edition in reversed(self.app.shelf.all()):
            purposes |= {p: present.title(edition, p, language) for p in edition.policy.purposes}
            forms |= _forms(edition, language)
            fields |= _fields(edition, language)
        return Names(language, pages.translations(language), forms, fields, purposes)


def _forms(edition: Edition, language: str) -> Mapping[str, str]:
    fallback = edition.policy.language
    return {key: pick(form.title, language, fallback) for key, form in edition.forms.items()}


def _fields(edition: Edition, language: str) -> Mapping[str, str]:
    """The label of each field by "form.field", with its form where there are several."""
    fallback, several = edition.policy.language, len(edition.forms) > 1
    found = {}
    for key, form in edition.forms.items():
        ending = f" ({pick(form.title, language, fallback)})" if several else ""
        for field in form.fields:
            found[f"{key}.{field.key}"] = pick(field.label, language, fallback) + ending
    return found


def _needed(page: str) -> Permission:
    return Permission.STATISTICS_LEDGER if page == "ledger" else Permission.STATISTICS_READ


def _grain(atoms: tuple[Atom, ...], page: str) -> Grain:
    """The widest span that a table of a page was ever released by."""
    found = {one.grain for one in atoms if set(TABLES[page]) & set(one.tables)}
    return next((grain for grain in _GRAINS if grain in found), Grain.DAY)


def _picker(path: str, chosen: Chosen, span: tuple[date, date], grain: Grain) -> Picker:
    first, last = span
    compare = f"&compare={chosen.compare}"
    was = tuple(day.isoformat() for day in chosen.before) if chosen.before else ("", "")
    # Where nothing lies between the days, those that there are can be chosen among.
    start, end = span if chosen.is_empty else (chosen.start, chosen.end)
    return Picker(
        path,
        start.isoformat(),
        end.isoformat(),
        first.isoformat(),
        last.isoformat(),
        chosen.compare,
        grain,
        tuple(Link(str(n), f"{path}?last={n}{compare}", n == chosen.last) for n in SPANS),
        was[0],
        was[1],
        chosen.problem,
    )

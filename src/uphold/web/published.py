# SPDX-License-Identifier: Apache-2.0
"""`/statistics`: what anybody may know of the visits, each number with noise in it. Off unless `[visits] public`.

Reads answers that were paid and stored; asks nothing and counts nothing, so that whoever looks costs no budget. Neither
the scale of the noise nor what is left of the budget is told: how it is done is for the operator's eyes.
"""

import gettext

from starlette.requests import Request
from starlette.responses import Response

from uphold import errors
from uphold.app import App
from uphold.statistics import asked, budget
from uphold.statistics.asked import Month
from uphold.statistics.question import Drawn
from uphold.web import chart, dates, frame, pages, published_views as views, reply
from uphold.web.chart import Graph, Point
from uphold.web.messages import N_
from uphold.web.statistics_words import DEVICES

PATH = "/statistics"
MONTHS = 12
"""So many months are shown; older ones have had their time."""
_WHOLE_NAMES = 3
_SAID = N_("Visitors by month, as columns. The numbers stand in the table below.")
_AT = N_("%(name)s: %(number)s ± %(error)s")


def show(app: App, request: Request) -> Response:
    """`GET /statistics`, `?month=2026-10`."""
    try:
        if not app.settings.visits.public:
            raise errors.Missing("This site does not show it.", "Ask the operator.")
        with app.database.read() as connection:
            months = asked.shown(budget.answers(connection))[:MONTHS]
        edition = app.shelf.in_force()
        wanted = request.query_params.get("month", "")
        path = f"{PATH}?month={wanted}" if wanted in {one.month for one in months} else PATH
        around = frame.surround(app, request, edition, path)
        shown = view(months, wanted, around.language, is_demo=app.settings.site.demo)
        return reply.page(shown, around)
    except errors.UpholdError as error:
        return reply.of_error(app, request, error)


def view(
    months: tuple[Month, ...], wanted: str, language: str, *, is_demo: bool = False
) -> views.Published:
    """Build the page from what is published, the newest month first (pure).

    Raises `errors.Missing` for a month that is not.
    """
    if not months and not wanted:
        return views.Published()
    chosen = months[0] if months and not wanted else _find(months, wanted)
    lines = tuple(
        views.Line(dates.month(one.month, language), *_number(one.tables[asked.VISITORS]))
        for one in months
        if asked.VISITORS in one.tables
    )
    catalogue = pages.translations(language)
    return views.Published(
        months=lines,
        graph=_graph(lines, language, catalogue),
        month=dates.month(chosen.month, language),
        turns=tuple(
            views.Turn(dates.month(one.month, language), f"{PATH}?month={one.month}", one is chosen)
            for one in months
        ),
        breakdowns=tuple(
            _breakdown(table, chosen.tables[table], catalogue)
            for table in (asked.PAGES, asked.DEVICES)
            if table in chosen.tables
        ),
        made_up=is_demo,
    )


def _find(months: tuple[Month, ...], wanted: str) -> Month:
    found = next((one for one in months if one.month == wanted), None)
    if found is None:
        raise errors.Missing("No figures are published of this month.", "Choose another one.")
    return found


def _number(drawn: Drawn) -> tuple[int, int]:
    """Return the one number of a table and its error. Noise may lead below 0, where no count is."""
    return max(0, drawn.cells.get(asked.ALL, 0)), drawn.error95


def _graph(
    lines: tuple[views.Line, ...], language: str, catalogue: gettext.NullTranslations
) -> Graph:
    points = tuple(
        Point(
            value=line.value,
            said=catalogue.gettext(_AT)
            % {
                "name": line.name,
                "number": dates.number(line.value, language),
                "error": dates.number(line.error, language),
            },
            # Of many months the whole names would lie on each other.
            tick=line.name if len(lines) <= _WHOLE_NAMES else line.name[:3],
            error=line.error,
        )
        for line in reversed(lines)
    )
    return Graph(chart.COLUMNS, catalogue.gettext(_SAID), points)


def _breakdown(table: str, drawn: Drawn, catalogue: gettext.NullTranslations) -> views.Breakdown:
    """Return a table's lines, the longest first."""
    names = {key: catalogue.gettext(DEVICES[key]) for key in drawn.cells if key in DEVICES}
    lines = sorted(
        (
            views.Line(
                names.get(key, key) if table == asked.DEVICES else key,
                max(0, value),
                drawn.error95,
            )
            for key, value in drawn.cells.items()
        ),
        key=lambda line: (-line.value, line.name),
    )
    most = max((line.value + line.error for line in lines), default=0)
    return views.Breakdown(table, tuple(lines), most, is_partial=table == asked.PAGES)

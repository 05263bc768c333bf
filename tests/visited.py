# SPDX-License-Identifier: Apache-2.0
"""A site that was visited: made-up events of some days, and the daily work on them.

visited.lay(app)       events of the last weeks, as they lie before their days are closed
visited.work(app)      the days are closed, figures of them released
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from tests import site
from uphold.app import App
from uphold.statistics import recipe, run
from uphold.statistics.run import Done
from uphold.visits.layout import NOBODY, OTHER, Event
from uphold.visits.spool import Spool

DAYS = 16
# Of each page how many of a day's people looked at it: the last is a small group.
PAGES = (("/", 40), ("/policy", 30), ("/f/feedback", 20), ("/policy/editions", 2))
PEOPLE = 40


def today(app: App) -> date:
    return app.keeper.day(site.now())


def lay(app: App, days: int = DAYS) -> None:
    """Write events of so many days before today."""
    with Spool(app.keeper.store) as spool:
        for back in range(days, 0, -1):
            day = today(app) - timedelta(days=back)
            spool.append([(day, event) for event in _of(day)])


def work(app: App) -> Done:
    """Do what is due on figures, as the daily work does."""
    made = run.Site(
        store=app.keeper.store,
        database=app.database,
        writer=app.writer,
        zone=app.keeper.zone(),
        recipe=recipe.load(app.settings.folder),
    )
    return run.work(made, int(datetime.now(UTC).timestamp() * 1000))


def _of(day: date) -> Iterator[Event]:
    for person in range(1, PEOPLE + 1):
        # Nobody has one number on two days.
        number = day.toordinal() * 1000 + person
        device = "phone" if person % 3 else "desktop"
        rest = (device, "Firefox", "")
        for page, people in PAGES:
            if person <= people:
                yield Event(8 + person % 12, number, "view", page, *rest)
        if person <= 12:
            yield Event(10, number, "started", "feedback", *rest)
        if person <= 9:
            yield Event(10, number, "submitted", "feedback", *rest)
        if person <= 7:
            yield Event(11, NOBODY, "opinion", "yes", OTHER, OTHER, "")

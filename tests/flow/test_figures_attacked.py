# SPDX-License-Identifier: Apache-2.0
"""Figures of a site, taken as whoever may look at them takes them, under attack: nobody planted is found in them."""

import csv
import io
import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from tests import cast, visited, visitor
from tests.visitor import Visitor
from uphold.app import App
from uphold.statistics import attack, recipe
from uphold.statistics.attack import Page
from uphold.statistics.table import Cell, Key, Shown
from uphold.visits.layout import Event
from uphold.visits.spool import Spool
from uphold.web.statistics_desk import FILE, FORMS, HOME

pytestmark = pytest.mark.usefixtures("quick_hashing")

DAYS, PLANTED = 15, 20
MINIMUM = recipe.parse(recipe.default()).minimum
PAGES = ("/", "/policy", "/f/feedback", "/policy/editions", "/wording/{id}")
DEVICES = ("desktop", "phone", "tablet", "other")


def marks(person: int) -> tuple[str, str, str]:
    """What a planted person alone looked at, and came with: page, browser, field."""
    return f"/planted-{person}-page", f"Planted{person}Browser", f"feedback.planted-{person}-field"


def a_day(seed: int) -> Iterator[Event]:
    """Some hundred people of every habit, and the planted ones, each alone with theirs."""
    chance = random.Random(seed)
    numbers = seed * 10_000  # a visitor's number ends with the day
    for person in range(numbers, numbers + chance.randrange(60, 180)):
        device = chance.choices(DEVICES, (50, 40, 5, 2))[0]
        browser = chance.choices(("Firefox", "Chrome", "Safari", "Opera"), (40, 50, 8, 2))[0]
        rest = (device, browser, "")
        for page in chance.choices(PAGES, (40, 20, 10, 2, 1), k=chance.randrange(1, 5)):
            yield Event(chance.randrange(24), person, "view", page, *rest)
        for kind in ("started", "submitted")[: chance.randrange(3)]:
            yield Event(12, person, kind, "feedback", *rest)
    for person in range(PLANTED):
        page, browser, field = marks(person)
        yield Event(4, numbers + 1000 + person, "view", page, "tablet", browser, "")
        yield Event(4, numbers + 1000 + person, "error", field, "tablet", browser, "")


@pytest.fixture
def analyst(one_app: App) -> Iterator[Visitor]:
    """Who may look at figures, at a site that was visited."""
    with Spool(one_app.keeper.store) as spool:
        for back in range(DAYS, 0, -1):
            day = visited.today(one_app) - timedelta(days=back)
            spool.append([(day, event) for event in a_day(back)])
    assert visited.work(one_app).refused == ()
    visitor.employ(one_app, cast.analyst)
    with visitor.visiting(one_app) as found:
        found.sign_in(cast.analyst)
        yield found


def read(text: str) -> list[Page]:
    """The pages that a file of figures makes: one for each table, and for each of its days or weeks."""
    found: dict[tuple[str, str], dict[Key, Cell | None]] = {}
    for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))):
        values = tuple(row[name] for name in ("value", "value 2") if row[name])
        cell = None
        if row["state"] != "hidden":
            cell = Cell(int(row["count"]), int(row["persons"]), int(row["persons"]))
        if row["of"] == "time":
            found.setdefault((row["table"], values[0]), {})[()] = cell
        else:
            when = f"{row['from']} {row['to']}"
            found.setdefault((row["table"], when), {})[values] = cell
    return [
        Page(covers(when), Shown(name=name, dims=("value",), cells=cells, total=None))
        for (name, when), cells in found.items()
    ]


def covers(when: str) -> frozenset[str]:
    if " " not in when:
        return frozenset(map(str, recipe.days_of(when)))
    first, last = map(date.fromisoformat, when.split())
    return frozenset(str(first + timedelta(days=at)) for at in range((last - first).days + 1))


def test_nobody_is_found_in_what_is_shown(analyst: Visitor) -> None:
    last = visited.today(analyst.app) - timedelta(days=1)
    times = [
        f"from={last - timedelta(days=start)}&to={last - timedelta(days=end)}"
        for start, end in ((14, 0), (14, 1), (13, 0), (13, 7), (6, 0), (7, 7), (2, 1), (2, 2))
    ]
    seen, pages = [], []
    for time in times:
        seen += [analyst.get(f"{path}?{time}").html for path in (HOME, FORMS)]
        seen += [analyst.get(f"{HOME}?{time}&device={device}").html for device in DEVICES]
        for page in ("visits", "forms"):
            seen += [analyst.get(f"{FILE}/{page}/{kind}?{time}").html for kind in ("csv", "json")]
            pages += read(seen[-2])
    planted = [mark for person in range(PLANTED) for mark in marks(person)]
    report = attack.report([], MINIMUM, pages=pages, text="\n".join(seen), planted=planted)
    assert report.findings == ()
    assert report.measured["planted"] == 3 * PLANTED
    # The files were read, and have what was looked for in them.
    assert {page.shown.name for page in pages} >= {"pages", "devices", "errors", "page-devices"}
    assert sum(cell is not None for page in pages for cell in page.shown.cells.values()) > len(
        times
    )
    assert "Firefox" in "".join(seen)

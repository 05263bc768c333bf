# SPDX-License-Identifier: Apache-2.0
"""Made-up visits for a demonstration, so that its figures are alive on the first day.

Nobody made them: there is no address, no salt and no sealed part behind them. They go to the open files of their
days as depersonalised events do, and the daily work closes these days and makes figures of them like of any. The
same day always gets the same visits.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from uphold.visits.layout import Event, Store
from uphold.visits.spool import Spool

WEEKS: Final = 8
_FORM: Final = "feedback"
_FORM_PAGE: Final = "/f/feedback"
_A_DAY: Final = 190
# Monday to Sunday.
_WEEKDAY: Final = (1.0, 1.08, 1.05, 1.0, 0.92, 0.55, 0.5)
_GROWTH: Final = 0.03
_HOURS: Final = (
    *(2, 1, 1, 1, 1, 2, 4, 8, 15, 24, 30, 32),
    *(30, 28, 29, 28, 26, 24, 22, 20, 18, 14, 9, 5),
)
_PAGES: Final = {
    "/": 30,
    "/services": 22,
    "/prices": 18,
    _FORM_PAGE: 19,
    "/contacts": 12,
    "/about": 7,
    "/policy": 6,
    "/news/{id}": 5,
    "/policy/editions": 1,
}
_DEVICES: Final = {"phone": 50, "desktop": 42, "tablet": 6, "other": 2}
_BROWSERS: Final = {
    "phone": {"Chrome": 45, "Safari": 25, "Yandex Browser": 24, "Samsung Internet": 6},
    "desktop": {"Chrome": 40, "Yandex Browser": 34, "Firefox": 12, "Edge": 9, "Safari": 5},
    "tablet": {"Safari": 55, "Chrome": 45},
    "other": {"other": 100},
}
_COUNTRIES: Final = {"RU": 80, "BY": 6, "KZ": 5, "": 5, "DE": 2, "AM": 2}
# How often a field is refused, in a hundred tries.
_ERRORS: Final = {"email": 34, "phone": 24, "message": 14, "name": 6}
_STARTED, _TICKED, _SENT = 0.62, 0.88, 0.84
_OPINIONS: Final = {"yes": 60, "partly": 24, "no": 16}


def days(today: date) -> tuple[date, ...]:
    """The days that are made up: eight whole weeks and what has gone of this one, yesterday the last."""
    monday = today - timedelta(days=today.weekday())
    first = monday - timedelta(weeks=WEEKS)
    return tuple(first + timedelta(days=at) for at in range((today - first).days))


def fill(store: Store, today: date) -> int:
    """Write the visits of all days to their open files; returns how many events there are.

    Raises `errors.Unavailable` where the store cannot be written.
    """
    written = 0
    with Spool(store) as spool:
        for day in days(today):
            happened = [(day, event) for event in events(day)]
            spool.append(happened)
            written += len(happened)
    return written


def events(day: date) -> Iterator[Event]:
    """The events of one day, in no order that means anything (pure)."""
    chance = random.Random(day.toordinal())  # noqa: S311 - no secret depends on it, and it must make up the same again
    weeks = day.toordinal() // 7 % 52
    visitors = round(_A_DAY * _WEEKDAY[day.weekday()] * (1 + _GROWTH * (weeks % 26)))
    visitors += chance.randint(-visitors // 7, visitors // 7)
    for number in range(1, visitors + 1):
        yield from _visitor(chance, day.toordinal() * 10_000 + number)
    for _ in range(chance.randint(5, 9)):
        yield Event(12, 0, "opinion", _one(chance, _OPINIONS), "other", "other", "")


def _visitor(chance: random.Random, number: int) -> Iterator[Event]:
    device = _one(chance, _DEVICES)
    browser, country = _one(chance, _BROWSERS[device]), _one(chance, _COUNTRIES)
    hour = chance.choices(range(24), _HOURS)[0]

    def event(kind: str, item: str) -> Event:
        return Event(hour, number, kind, item, device, browser, country)

    seen = ["/"] if chance.random() < 0.6 else []
    seen += [_one(chance, _PAGES) for _ in range(min(8, 1 + int(chance.expovariate(0.7))))]
    yield from (event("view", page) for page in seen)
    if _FORM_PAGE in seen:
        yield from (event(kind, item) for kind, item in _filled(chance))


def _filled(chance: random.Random) -> Iterable[tuple[str, str]]:
    """What somebody does with the form: begin, tick the box, be refused for a field, send."""
    done = [("shown", _FORM)]
    if chance.random() > _STARTED:
        return done
    done.append(("started", _FORM))
    if chance.random() > _TICKED:
        return done
    done.append(("ticked", _FORM))
    wrong = [field for field, often in _ERRORS.items() if chance.random() * 100 < often]
    done += [("error", f"{_FORM}.{field}") for field in wrong]
    return [*done, ("submitted", _FORM)] if chance.random() < _SENT else done


def _one(chance: random.Random, weights: dict[str, int]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]

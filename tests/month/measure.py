# SPDX-License-Identifier: Apache-2.0
"""Run the rules over a month of work with misuse in it, and count what they saw, missed and said for nothing.

A scenario is seen when an alert that does more than note something was completed by one of its events. Such an alert
that cites no event of any misuse is a false alarm. Alerts that only note are counted apart.
"""

import random
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.month import misuse, work
from tests.month.people import DAY, HOUR, ZONE, Event, Office
from uphold.access.day import Day
from uphold.detection import baseline
from uphold.detection.engine import Engine
from uphold.detection.rule import Response, Rules

STAFF = 40


@dataclass
class Month:
    """What came of one run. `delays` are seconds and events from the first act to the alert, by scenario."""

    seed: int
    events: int
    staged: tuple[str, ...]
    seen: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, int] = field(default_factory=dict)
    acts: dict[str, int] = field(default_factory=dict)
    false: Counter[str] = field(default_factory=Counter)
    noted: Counter[str] = field(default_factory=Counter)
    cpu: float = 0.0

    @property
    def missed(self) -> list[str]:
        return [name for name in self.staged if name not in self.seen]


def drawn(seed: int) -> random.Random:
    """Return what a month is drawn from."""
    return random.Random(seed)


def run(rules: Rules, seed: int, days: int = 30, *, before: int = 0) -> Month:
    """Draw a month from a seed, with every scenario once, and run rules over it.

    With so many days of ordinary work `before` it, what is unlike them is told to the rules too, each day at midnight.
    """
    draw = drawn(seed)
    office = work.month(draw, before + days)
    office.first = before
    began = misuse.stage(office)
    events, labels = office.finished()
    if before:
        events = _with_unusual(office, events, before)
    month = Month(seed, len(events), tuple(began))
    started = time.process_time()
    _count(month, rules, events, labels, began)
    month.cpu = time.process_time() - started
    return month


def _count(
    month: Month,
    rules: Rules,
    events: list[Event],
    labels: dict[str, str],
    began: dict[str, int],
) -> None:
    noting = {rule.name for rule in rules.alerting if set(rule.respond) == {Response.LOG}}
    engine, done = Engine(rules), Counter[str]()
    for event in events:
        name = labels.get(event["id"], "")
        done[name] += 1
        for match in engine.feed(event):
            if match.rule in noting:
                month.noted[match.rule] += 1
            elif name and name not in month.seen:
                month.seen[name] = match.rule
                month.seconds[name] = (match.last_at - began[name]) // 1000
                month.acts[name] = done[name]
            elif not any(one in labels for one in match.events):
                month.false[match.rule] += 1


def _with_unusual(office: Office, events: list[Event], before: int) -> list[Event]:
    """Leave out the days before the month, and put in what is unlike them."""
    start = office.day(before) * 1000
    roles = {one.number: one.role for one in office.people}
    days, found = _days(events), []
    first = office.day(0) // DAY
    for today in range(first + before, first + office.days):
        midnight = (today + 1) * DAY - ZONE - 1
        for one in baseline.judge(days, roles, today + 1):
            told = {"staff": one.staff, "dimension": str(one.dimension), "by": one.by}
            told |= {"window": one.window, "peer": one.peer, "exercise": False}
            told |= {"id": f"u{today}-{one.staff}-{one.dimension}", "at": (midnight + DAY) * 1000}
            found.append({**told, "kind": "site.unusual", "service": "site"})
    later = [event for event in events if event["at"] >= start]
    return sorted([*later, *found], key=lambda event: event["at"])


def _days(events: list[Event]) -> list[Day]:
    """What everybody did on each day, as the site reads it from what it has stored."""
    opened: dict[tuple[int, int], set[int]] = {}
    hours: dict[tuple[int, int], Counter[int]] = {}
    taken = Counter[tuple[int, int]]()
    for event in events:
        if event["kind"] not in ("record.opened", "export.taken"):
            continue
        local = event["at"] // 1000 + ZONE
        place = (event["staff"], local // DAY)
        if event["kind"] == "export.taken":
            taken[place] += event["records"]
            continue
        opened.setdefault(place, set()).add(event["record"])
        hours.setdefault(place, Counter())[local % DAY // HOUR] += 1
    return [
        Day(
            *place,
            max(0, len(opened.get(place, ())) - taken[place]),
            taken[place],
            hours.get(place, {}),
        )
        for place in sorted({*opened, *taken})
    ]

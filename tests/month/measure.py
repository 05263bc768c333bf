# SPDX-License-Identifier: Apache-2.0
"""Run the rules over a month of work with misuse in it, and count what they saw, missed and said for nothing.

A scenario is seen when an alert that does more than note something cites one of its events as the one that completed
it. Any other such alert is a false alarm. Alerts that only note are counted apart.
"""

import random
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.month import misuse, work
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


def run(rules: Rules, seed: int, days: int = 30) -> Month:
    """Draw a month from a seed, with every scenario once, and run rules over it."""
    draw = drawn(seed)
    office = work.month(draw, days)
    began = misuse.stage(office)
    events, labels = office.finished()
    noting = {rule.name for rule in rules.alerting if set(rule.respond) == {Response.LOG}}
    month = Month(seed, len(events), tuple(began))
    engine, done = Engine(rules), Counter[str]()
    started = time.process_time()
    for event in events:
        name = labels.get(event["id"], "")
        done[name] += 1
        for match in engine.feed(event):
            if match.rule in noting:
                month.noted[match.rule] += 1
            elif not name:
                month.false[match.rule] += 1
            elif name not in month.seen:
                month.seen[name] = match.rule
                month.seconds[name] = (match.last_at - began[name]) // 1000
                month.acts[name] = done[name]
    month.cpu = time.process_time() - started
    return month

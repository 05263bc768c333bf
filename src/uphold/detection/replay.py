# SPDX-License-Identifier: Apache-2.0
"""Rules over events that somebody else made, all at once: what they would have noticed. Pure."""

from collections.abc import Iterable, Sequence

from uphold.detection import event
from uphold.detection.engine import Engine, Match
from uphold.detection.event import Event
from uphold.detection.rule import Rules
from uphold.errors import Invalid

MOST_FAULTS = 1000
"""So many lines that are no events are named; beyond them nothing more is read."""


def read(lines: Iterable[bytes]) -> tuple[list[Event], list[tuple[int, str]]]:
    """Read events, one a line, into the order of their times; and the lines that are none, with what is wrong.

    Empty lines are passed over.
    """
    events: list[Event] = []
    faults: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            events.append(event.parse(line, number))
        except Invalid as error:
            faults.append((number, error.message))
            if len(faults) == MOST_FAULTS:
                break
    events.sort(key=_at)
    return events, faults


def run(rules: Rules, events: Sequence[Event]) -> list[Match]:
    """Return what rules notice in events that are in the order of their times."""
    engine = Engine(rules)
    return [match for one in events for match in engine.feed(one)]


def _at(one: Event) -> int:
    return int(one["at"])

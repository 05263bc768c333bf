# SPDX-License-Identifier: Apache-2.0
"""What happens to a site, and when: made of a seed alone, so that the same seed does the same again."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What can happen."""

    KILL = "kill -9"
    TERM = "SIGTERM"
    CLOCK = "clock jumps"
    FULL = "disk full"
    SLOW = "slow disk"
    CUT = "connections of people cut"
    STALL = "connections of people stalled"
    CUT_STORE = "connections to the database cut"
    STALL_STORE = "connections to the database stalled"
    FAST = "database restarted"
    CRASH = "database crashed and restarted"
    KEYS = "keys rotated and burned"
    SWEEP = "sweep"
    BACKUP = "backup"


ENDING = (Kind.KILL, Kind.TERM)
"""What ends the process of the site."""
DESK = (Kind.KEYS, Kind.SWEEP, Kind.BACKUP)
"""What somebody does at the command line, while the next thing happens already."""
ROUGH = (Kind.CLOCK, Kind.FULL, Kind.SLOW, Kind.CUT, Kind.STALL)
OF_SERVER = (Kind.CUT_STORE, Kind.STALL_STORE, Kind.FAST, Kind.CRASH)
"""What happens to a database server only."""
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens: so many seconds after the one before is over, for how long, and how much of it."""

    number: int
    kind: Kind
    after: float
    span: float
    size: float

    def __str__(self) -> str:
        told = f"{self.number:3} {self.kind}"
        if self.kind is Kind.CLOCK:
            return f"{told} by {self.size / HOUR:+.1f} h for {self.span:.0f} s"
        if self.kind is Kind.SLOW:
            return f"{told}, {self.size * 1000:.0f} ms a sync, for {self.span:.0f} s"
        return told if self.kind in ENDING or not self.span else f"{told} for {self.span:.0f} s"


def kinds(*, server: bool, ends: bool) -> tuple[Kind, ...]:
    """What can happen to a site, with a database server or without; `ends`: also to the end of its process."""
    return (*(ENDING * 2 if ends else ()), *ROUGH, *DESK, *(OF_SERVER if server else ()))


def events(seed: int, *, server: bool, ends: bool, pace: float = 1.0) -> Iterator[Event]:
    """What happens, one after another, without end; each kind once before any comes again.

    `pace` stretches the time between them and the time that each takes.
    """
    chance = random.Random(f"{seed} {server} {ends}")  # noqa: S311 - a plan, not a secret
    number = 0
    while True:
        bag = list(kinds(server=server, ends=ends))
        chance.shuffle(bag)
        for kind in bag:
            number += 1
            after, span, size = chance.uniform(8, 14), chance.uniform(3, 8), chance.random()
            yield Event(number, kind, after * pace, _span(kind, span) * pace, _size(kind, size))


SHORT = (Kind.SLOW, Kind.KEYS, Kind.FULL, Kind.CUT, Kind.CLOCK, Kind.KILL)
SHORT_OF_SERVER = (Kind.CUT_STORE, Kind.CLOCK, Kind.FAST, Kind.STALL)


def short(seed: int, *, server: bool) -> Iterator[Event]:
    """A plan of seconds, in an order of its own: what costs most stands once in it."""
    chance = random.Random(f"{seed} {server} short")  # noqa: S311 - a plan, not a secret
    for number, kind in enumerate(SHORT_OF_SERVER if server else SHORT, 1):
        after, span, size = chance.uniform(0.3, 0.6), chance.uniform(0.5, 0.9), chance.random()
        yield Event(number, kind, after, _span(kind, span), _size(kind, size))


def _span(kind: Kind, span: float) -> float:
    return 0.0 if kind in (*ENDING, *DESK, Kind.CUT, Kind.CUT_STORE) else span


def _size(kind: Kind, part: float) -> float:
    """How much: of a jump the seconds, one to six hours back or ahead; of a slow disk the seconds a sync."""
    if kind is Kind.CLOCK:
        ahead = 2 * part - 1
        return (HOUR + abs(ahead) * 5 * HOUR) * (1 if ahead >= 0 else -1)
    return 0.02 + part * 0.23 if kind is Kind.SLOW else 0.0

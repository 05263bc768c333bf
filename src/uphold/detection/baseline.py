# SPDX-License-Identifier: Apache-2.0
"""What is unusual for a person and those of the same role: how much they read, carry away, and at which hours. Pure.

A day is held against the same person's days of the last month and against those of their peers, by median and MAD (the
median of the distances from the median), which a few odd days do not move. Who has not been seen for a month is not
judged. What is unusual is not wrong: it is a sign that rules put together with others.
"""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from uphold.access.day import Day

WINDOW = 30
"""So many days are looked back on, and so long ago somebody must have been seen first."""

LEAST_DAYS = 10
"""So many days of work, of that month, it takes to know somebody; and so many of peers' to know these."""

_LEAST_EXPORTS = 3
_OWN, _PEERS = 5, 3
_MOST = 999
# Makes a MAD comparable to a standard deviation.
_SCALE = 1.4826


class Dimension(StrEnum):
    """What was unusual."""

    RECORDS = "records"
    EXPORT = "export"
    HOURS = "hours"
    RECIPIENT = "recipient"


@dataclass(frozen=True, slots=True)
class Unusual:
    """A person, what was unusual about their day, by how many MADs, held against how many days.

    `peer`: those of the same role do not do it either; False where there are none to hold it against.
    """

    staff: int
    dimension: Dimension
    by: int
    window: int
    peer: bool


def judge(days: Iterable[Day], roles: Mapping[int, str], today: int) -> tuple[Unusual, ...]:
    """Say what is unusual about a day, for each person that has a role and is known for a month."""
    known: dict[int, list[Day]] = {}
    for one in days:
        if one.staff in roles and one.day <= today:
            known.setdefault(one.staff, []).append(one)
    found = []
    for staff in sorted(known):
        peers = [
            one
            for other, theirs in known.items()
            if other != staff and roles[other] == roles[staff]
            for one in theirs
        ]
        found += _of_person(known[staff], peers, today)
    return tuple(found)


def distance(history: Sequence[int], value: int, floor: float) -> int:
    """By how many MADs a value lies above the median of a history; a MAD is taken to be at least `floor`."""
    middle = statistics.median(history)
    spread = statistics.median(abs(one - middle) for one in history) * _SCALE
    return max(0, min(_MOST, int((value - middle) / max(spread, floor))))


def _of_person(days: Sequence[Day], peers: Sequence[Day], today: int) -> list[Unusual]:
    now = [one for one in days if one.day == today]
    before = _month(days, today)
    if not now or min(one.day for one in days) > today - WINDOW or len(before) < LEAST_DAYS:
        return []
    others, mine = _month(peers, today), now[0]
    found = []
    records = [one.records for one in before]
    if mine.records >= 20:
        theirs = [one.records for one in others]
        found += _told(mine, Dimension.RECORDS, records, theirs, mine.records, floor=3.0)
    exports = [one.exported for one in before if one.exported]
    theirs = [one.exported for one in others if one.exported]
    if mine.exported >= 50 and max(len(exports), len(theirs)) >= _LEAST_EXPORTS:
        against = exports if len(exports) >= _LEAST_EXPORTS else theirs
        found += _told(mine, Dimension.EXPORT, against, theirs, mine.exported, floor=20.0)
    usual = _hours(before)
    odd = _outside(mine, usual)
    if odd >= 5:
        history = [_outside(one, usual) for one in before]
        common = _hours(others)
        theirs = [_outside(one, common) for one in others]
        found += _told(mine, Dimension.HOURS, history, theirs, odd, floor=1.0)
    return found


def _month(days: Iterable[Day], today: int) -> list[Day]:
    return [one for one in days if today - WINDOW <= one.day < today]


def _told(
    mine: Day, what: Dimension, own: Sequence[int], peers: Sequence[int], value: int, floor: float
) -> list[Unusual]:
    """One finding, if a value is far from the person's own and, where there are peers, from theirs."""
    by = distance(own, value, floor)
    has_peers = len(peers) >= LEAST_DAYS
    if by < _OWN or (has_peers and distance(peers, value, floor) < _PEERS):
        return []
    return [Unusual(mine.staff, what, by, len(own), has_peers)]


def _hours(days: Sequence[Day]) -> frozenset[int]:
    """The hours in which somebody reads on two days or more, and those beside them."""
    counts: dict[int, int] = {}
    for one in days:
        for hour in one.hours:
            counts[hour] = counts.get(hour, 0) + 1
    usual = [hour for hour, count in counts.items() if count >= 2]
    return frozenset((hour + step) % 24 for hour in usual for step in (-1, 0, 1))


def _outside(day: Day, usual: frozenset[int]) -> int:
    return sum(count for hour, count in day.hours.items() if hour not in usual)

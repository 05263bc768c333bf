# SPDX-License-Identifier: Apache-2.0
"""What each of the staff did, day by day: how many records they opened, how many they exported, and at which hours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from uphold.access.disclosed import access_disclosure
from uphold.access.export import access_export
from uphold.access.reading import access_reading

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

_reading, _export, _given = access_reading.c, access_export.c, access_disclosure.c


@dataclass(frozen=True, slots=True)
class Day:
    """What one person did on one day (a number that grows by one): distinct records opened and records exported.

    What was opened for an export is counted there alone. `hours` says how often something was opened in each hour.
    """

    staff: int
    day: int
    records: int = 0
    exported: int = 0
    hours: Mapping[int, int] = field(default_factory=dict)


def days(connection: Connection, after: int, since: int, until: int, shift: int) -> Iterator[Day]:
    """What each of the staff did on each day of a span (unix ms); of readings, those behind the row `after`.

    `shift` (ms) is how far the zone that days and hours are told in is ahead of UTC.
    """
    span = _reading.at.between(since, until - 1) & (_reading.number > after)
    mine = span & (_reading.staff != 0) & _reading.denied.is_(None)
    hour = ((_reading.at + shift) // HOUR_MS).label("hour")
    count, distinct = func.count().label("times"), func.count(_reading.record.distinct())
    hours: dict[tuple[int, int], dict[int, int]] = {}
    query = select(_reading.staff, hour, count).where(mine).group_by(_reading.staff, hour)
    for row in connection.execute(query):
        hours.setdefault((row.staff, row.hour // 24), {})[row.hour % 24] = row.times
    day = ((_reading.at + shift) // DAY_MS).label("day")
    query = select(_reading.staff, day, distinct.label("times"))
    opened = {
        (row.staff, row.day): row.times
        for row in connection.execute(query.where(mine).group_by(_reading.staff, day))
    }
    day = ((_export.taken_at + shift) // DAY_MS).label("day")
    summed = select(_export.staff, day, func.sum(_export.records).label("times"))
    taken = {
        (row.staff, row.day): int(row.times)
        for row in connection.execute(
            summed.where(_export.taken_at.between(since, until - 1)).group_by(_export.staff, day)
        )
    }
    for place in sorted({*opened, *taken}):
        exported = taken.get(place, 0)
        # What is in an export was opened too.
        alone = max(0, opened.get(place, 0) - exported)
        yield Day(place[0], place[1], alone, exported, hours.get(place, {}))


def last_before(connection: Connection, moment: int) -> int:
    """The row of the last reading before a moment (unix ms); 0 for none."""
    last = select(func.max(_reading.number)).where(_reading.at < moment)
    return int(connection.execute(last).scalar() or 0)


def first_given(connection: Connection, since: int, begins: int) -> tuple[int, ...]:
    """Who prepared a disclosure from `begins` on for a recipient that got none since `since` (unix ms) before that."""
    seen = (_given.exercise == 0) & (_given.prepared_at >= since)
    query = select(_given.recipient, func.min(_given.prepared_at).label("first")).where(seen)
    new = [
        row.recipient
        for row in connection.execute(query.group_by(_given.recipient))
        if row.first >= begins
    ]
    if not new:
        return ()
    mine = select(_given.prepared_by).where(_given.recipient.in_(new), seen)
    return tuple(sorted(set(connection.execute(mine).scalars())))

# SPDX-License-Identifier: Apache-2.0
"""What people of the staff did day by day, and a signal `site.unusual` for what is not like them.

The days before this one are read once a day; each look after that reads what came since.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from sqlalchemy import Connection

from uphold.access import day, presence, signal, staff
from uphold.access.day import DAY_MS, Day
from uphold.access.signal import Kind, Signal
from uphold.database.transaction import Transaction
from uphold.detection import baseline
from uphold.detection.baseline import Dimension

# As far back as somebody must have been seen, and a month before that to be held against.
_BACK = 2 * baseline.WINDOW
_RECIPIENT_DAYS = 180


class Habits:
    """Looks again and again, in one thread at a time."""

    def __init__(self, zone: tzinfo) -> None:
        """Know of nothing yet; days and hours are those of the zone."""
        self._zone = zone
        self._day = 0
        self._first = 0
        self._begins = 0
        self._before: tuple[Day, ...] = ()

    def look(self, connection: Connection, now: int) -> tuple[Signal, ...]:
        """Return what is unusual about this day so far (unix ms), and was not told today."""
        moment = datetime.fromtimestamp(now / 1000, UTC).astimezone(self._zone)
        offset = moment.utcoffset()
        shift = 0 if offset is None else int(offset.total_seconds()) * 1000
        today = (now + shift) // DAY_MS
        begins = today * DAY_MS - shift
        if today != self._day:
            self._learn(connection, begins, shift)
            self._day, self._begins = today, begins
        # What programs and exercises do says nothing of what is usual for people.
        others = presence.programs(connection) | presence.runs(connection).keys()
        roles = {who: one for who, one in staff.roles(connection).items() if who not in others}
        days = (*self._before, *day.days(connection, self._first, begins, now, shift))
        found = [_signal(one) for one in baseline.judge(days, roles, today)]
        found += _recipients(connection, begins)
        fresh = (one for one in found if not _is_told(connection, one, begins))
        return tuple(replace(one, at=now) for one in fresh)

    def note(self, tx: Transaction, found: Iterable[Signal]) -> None:
        """Keep what was found, unless another process told of it meanwhile."""
        signal.note(tx, *(one for one in found if not _is_told(tx, one, self._begins)))

    def _learn(self, connection: Connection, begins: int, shift: int) -> None:
        """Read the days before this one, and find out with which row this day begins."""
        self._before = tuple(day.days(connection, 0, begins - _BACK * DAY_MS, begins, shift))
        self._first = day.last_before(connection, begins)


def _signal(one: baseline.Unusual) -> Signal:
    return _told(one.staff, one.dimension, one.by, one.window, peer=one.peer)


def _told(who: int, what: Dimension, by: int, window: int, *, peer: bool) -> Signal:
    fields: dict[str, signal.Value] = {
        "dimension": str(what),
        "by": by,
        "window": window,
        "peer": peer,
    }
    return Signal(Kind.UNUSUAL, fields, who)


def _recipients(connection: Connection, begins: int) -> Iterator[Signal]:
    """Whoever prepared a disclosure today for a recipient for whom none was prepared in half a year."""
    for who in day.first_given(connection, begins - _RECIPIENT_DAYS * DAY_MS, begins):
        yield _told(who, Dimension.RECIPIENT, 0, _RECIPIENT_DAYS, peer=False)


def _is_told(connection: Connection | Transaction, one: Signal, begins: int) -> bool:
    """Whether the same was told of the same person today."""
    told = signal.of_staff(connection, Kind.UNUSUAL, one.staff, begins - 1)
    return any(noted.signal.fields["dimension"] == one.fields["dimension"] for noted in told)

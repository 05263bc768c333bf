# SPDX-License-Identifier: Apache-2.0
"""Terms reckoned a second time, day by day from the data of the law, for probes to hold clocks against (pure).

Nothing of `law.deadline`, `law.clock` or the rules by which `law.calendar` says what is worked is used here: what
is wrong there must not be wrong here too.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from uphold.law import calendar, profile
from uphold.law.profile import Profile, Rest, Rule, Unit

_DAY: Final = timedelta(days=1)
_SUNDAY, _SATURDAY = 6, 5


def due(law: str, rule: str, started: int, zone: str, *, extended: bool = False) -> int:
    """The first moment (unix ms) that is too late, of a term that started at a moment, extended or not.

    A year without a calendar is taken as worked on each of its days, so that nothing ends later than it may.
    """
    known, place = profile.profile(law), ZoneInfo(zone)
    begun = datetime.fromtimestamp(started / 1000, UTC).astimezone(place).date()
    one = known.rule(rule, begun)
    amount = one.term.amount + (one.extension.amount if extended and one.extension else 0)
    if one.term.unit is Unit.HOURS:
        return started + amount * 3_600_000
    last = _rested(known, one, _counted(known, one.term.unit, amount, begun))
    midnight = datetime(last.year, last.month, last.day, tzinfo=place) + _DAY
    return int(midnight.astimezone(UTC).timestamp()) * 1000


def rules(law: str, trigger: str, started: int, zone: str) -> tuple[str, ...]:
    """The ids of the rules of a law that an event starts a clock by, on the day that it happened."""
    on = datetime.fromtimestamp(started / 1000, UTC).astimezone(ZoneInfo(zone)).date()
    return tuple(
        one.id
        for one in profile.profile(law).rules
        if trigger in one.trigger
        and one.valid_from <= on
        and (one.valid_to is None or on <= one.valid_to)
        and not (one.term.unit is Unit.HOURS and one.term.amount == 0)
    )


def _counted(law: Profile, unit: Unit, amount: int, begun: date) -> date:
    day = begun
    match unit:
        case Unit.WORKING_DAYS:
            while amount:
                day += _DAY
                amount -= 1 if _worked(law, day) else 0
        case Unit.MONTHS:
            year, month = _later(begun, amount)
            next_year, next_month = _later(begun, amount + 1)
            longest = (date(next_year, next_month, 1) - _DAY).day
            day = date(year, month, min(begun.day, longest))
        case Unit.DAY_OF_NEXT_MONTH:
            day = date(*_later(begun, 1), amount)
        case _:
            day += amount * _DAY
    return day


def _later(day: date, months: int) -> tuple[int, int]:
    """The year and the month that so many months later has."""
    whole = day.year * 12 + day.month - 1 + months
    return whole // 12, whole % 12 + 1


def _rested(law: Profile, rule: Rule, day: date) -> date:
    while rule.rest is Rest.NEXT_WORKING_DAY and not _worked(law, day):
        day += _DAY
    return day


def _worked(law: Profile, day: date) -> bool:
    known = calendar.calendar(law.calendar)
    year = known.years.get(day.year, known.every)
    if year is None or day in year.worked:
        return True
    return day.weekday() not in (_SATURDAY, _SUNDAY) and day not in year.off

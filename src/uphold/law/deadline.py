# SPDX-License-Identifier: Apache-2.0
"""When a term ends (pure).

- The day of the event is not counted (Civil Code 191; Regulation 1182/71, art. 3(1)).
- Days and months are days of one time zone, and run out with their last day. Hours run in absolute time.
- A month ends on the day of the same number, else on the month's last day (Civil Code 192; art. 3(2)(c)).
- A last day that is not worked is followed by the next that is, where the rule says so (193; art. 3(4)).
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from uphold.errors import Conflict, Invalid
from uphold.law.calendar import Calendar
from uphold.law.profile import Rest, Rule, Unit

_DAY = timedelta(days=1)


def end(rule: Rule, started: datetime, calendar: Calendar, zone: tzinfo) -> date | datetime:
    """The last day of a term, or for a term in hours the moment (UTC) that ends it.

    Raises `errors.Missing` where a year is needed that has no calendar, `errors.Invalid` for a time without
    a zone or beyond what can be counted.
    """
    return _end(rule, rule.term.amount, started, calendar, zone)


def extended(
    rule: Rule, started: datetime, asked: datetime, calendar: Calendar, zone: tzinfo
) -> date | datetime:
    """The end of a term that was made longer at `asked`, counted from the same event.

    Raises as `end`; `errors.Invalid` if the law does not allow it, `errors.Conflict` if the term had ended.
    """
    if rule.extension is None:
        raise Invalid(f"{rule.profile} does not let {rule.id} be extended.", "Keep to the term.")
    _aware(asked)
    if asked >= moment(end(rule, started, calendar, zone), zone):
        raise too_late(rule)
    amount = rule.term.amount + rule.extension.amount
    return _end(rule, amount, started, calendar, zone)


def too_late(rule: Rule) -> Conflict:
    """What is raised where an extension comes after the end."""
    return Conflict(
        f"The term of {rule.id} has ended; it can no longer be extended.",
        "A notice of extension is sent before the term ends.",
    )


def moment(ended: date | datetime, zone: tzinfo) -> datetime:
    """The first moment (UTC) after the end: a day ends as the next one begins in the zone."""
    if isinstance(ended, datetime):
        return ended
    # A midnight that the clocks skip is read with the offset before, which is the moment they skip it.
    try:
        return datetime.combine(ended + _DAY, time.min, zone).astimezone(UTC)
    except OverflowError:
        raise _beyond() from None


def _end(
    rule: Rule, amount: int, started: datetime, calendar: Calendar, zone: tzinfo
) -> date | datetime:
    _aware(started)
    try:
        if rule.term.unit is Unit.HOURS:
            return started.astimezone(UTC) + timedelta(hours=amount)
        last = _last_day(rule.term.unit, amount, started.astimezone(zone).date(), calendar)
        while rule.rest is Rest.NEXT_WORKING_DAY and not calendar.working(last):
            last += _DAY
    except OverflowError:
        raise _beyond() from None
    return last


def _last_day(unit: Unit, amount: int, day: date, calendar: Calendar) -> date:
    match unit:
        case Unit.WORKING_DAYS:
            return _worked(day, amount, calendar)
        case Unit.MONTHS:
            return _months(day, amount)
        case Unit.DAY_OF_NEXT_MONTH:
            return _months(day.replace(day=1), 1) + (amount - 1) * _DAY
        case _:
            return day + amount * _DAY


def _worked(day: date, amount: int, calendar: Calendar) -> date:
    while amount:
        day += _DAY
        amount -= calendar.working(day)
    return day


def _months(day: date, amount: int) -> date:
    years, month = divmod(day.month - 1 + amount, 12)
    year = day.year + years
    if year > date.max.year:
        raise OverflowError
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _aware(time: datetime) -> None:
    if time.utcoffset() is None:
        raise Invalid(
            "A time without a zone starts no term.", "Give one such as 2026-11-22T10:00Z."
        )


def _beyond() -> Invalid:
    return Invalid(
        "The term ends beyond the last year that can be counted.", "Look at the time given."
    )

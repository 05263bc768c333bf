# SPDX-License-Identifier: Apache-2.0
"""Clocks: the terms that one event starts, under each law that applies (pure).

Laws are never merged: an event under two of them has the clocks of both, and the one that ends first is the
one to watch. What is stored is a `Clock`; its rule is the one that was law on the day it started.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from uphold.errors import Conflict, Missing
from uphold.law import calendar, deadline, profile
from uphold.law.profile import Profile, Rule

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """One running term. Times are unix milliseconds."""

    profile: str
    rule: str
    started: int
    due: int
    """The first moment that is too late."""
    zone: str
    """IANA name of the time zone whose days are counted."""
    certain: bool = True
    """False: it runs into a year without a calendar, and `due` is the earliest that it can be."""
    extended: bool = False

    def late(self, now: int) -> bool:
        """Whether the term has ended."""
        return now >= self.due

    def soon(self, now: int) -> bool:
        """Whether the last third of the term has begun: time to tell whoever has to act."""
        return now >= self.due - (self.due - self.started) // 3

    @property
    def last_day(self) -> date:
        """The day, in the clock's zone, on which the term ends."""
        return (moment(self.due) - _MILLISECOND).astimezone(zone(self.zone)).date()


def start(name: str, trigger: str, at: int, where: str = "") -> tuple[Clock, ...]:
    """The clocks that an event starts under one profile, in the order of its rules.

    What must be done at once, with the event, has none. `where` is the operator's time zone; "" means the
    profile's. A term that needs a year without a calendar starts all the same, at the earliest that it can
    end: a person's request does not wait for a decree, and nobody is told a day that might be too late.
    """
    law = profile.profile(name)
    begun = rules(name, trigger, at, where)
    return tuple(_clock(law, rule, at, where or law.zone) for rule in begun if not rule.at_once)


def rules(name: str, trigger: str, at: int, where: str = "") -> tuple[Rule, ...]:
    """The rules of a profile that an event starts, what must be done at once included."""
    law = profile.profile(name)
    return law.started(trigger, moment(at).astimezone(zone(where or law.zone)).date())


def under(names: Iterable[str], trigger: str, at: int, where: str = "") -> tuple[Clock, ...]:
    """The clocks that an event starts under several profiles: all of them."""
    return tuple(clock for name in names for clock in start(name, trigger, at, where))


def extend(clock: Clock, asked: int) -> Clock:
    """The clock with its term made longer once, by a notice sent at `asked`.

    Raises `errors.Conflict` if it was extended before or has ended, `errors.Invalid` if its law allows none.
    """
    if clock.extended:
        raise Conflict(
            f"The term of {clock.rule} was extended before.", "It can be extended only once."
        )
    law = profile.profile(clock.profile)
    place = zone(clock.zone)
    rule = law.rule(clock.rule, moment(clock.started).astimezone(place).date())
    if clock.late(asked):
        raise deadline.too_late(rule)
    days = calendar.calendar(law.calendar)
    begun, when = moment(clock.started), moment(asked)
    try:
        ended, certain = deadline.extended(rule, begun, when, days, place), True
    except Missing:
        days = days.at_the_earliest()
        ended, certain = deadline.extended(rule, begun, when, days, place), False
    return replace(clock, due=_milliseconds(ended, place), certain=certain, extended=True)


def can_extend(clock: Clock) -> bool:
    """Whether its law lets it be made longer, once, as long as it runs."""
    started = moment(clock.started).astimezone(zone(clock.zone)).date()
    rule = profile.profile(clock.profile).rule(clock.rule, started)
    return rule.extension is not None and not clock.extended


def earliest(clocks: Iterable[Clock]) -> Clock | None:
    """The clock that ends first, which is the one to be alarmed by; None if there is none."""
    return min(clocks, key=lambda clock: clock.due, default=None)


def zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name; `errors.Missing` if this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Missing(
            f"There is no time zone {name!r} on this machine.",
            "Use a name such as Europe/Moscow; the names come with the system package tzdata.",
        ) from None


def moment(milliseconds: int) -> datetime:
    """Unix milliseconds as a time in UTC."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _clock(law: Profile, rule: Rule, at: int, where: str) -> Clock:
    days, place = calendar.calendar(law.calendar), zone(where)
    try:
        ended, certain = deadline.end(rule, moment(at), days, place), True
    except Missing:
        ended, certain = deadline.end(rule, moment(at), days.at_the_earliest(), place), False
    return Clock(law.id, rule.id, at, _milliseconds(ended, place), where, certain)


def _milliseconds(ended: date | datetime, place: tzinfo) -> int:
    return (deadline.moment(ended, place) - _EPOCH) // _MILLISECOND

# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, strategies as st

from tools import deadlines
from tools.deadlines import Case
from uphold import errors
from uphold.law import calendar, deadline, profile
from uphold.law.profile import Rest, Rule, Term, Unit

RU, EU = calendar.calendar("ru"), calendar.calendar("eu")
MOSCOW, BRUSSELS = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Brussels")
TODAY = date(2026, 11, 22)
ANSWER = profile.profile("ru-152fz").rule("access.answer", TODAY)
WITHDRAWAL = profile.profile("ru-152fz").rule("withdrawal.destroy", TODAY)
GDPR = profile.profile("eu-gdpr").rule("access.answer", TODAY)
BREACH = profile.profile("eu-gdpr").rule("breach.notice", TODAY)
DAY = timedelta(days=1)

# Zones with clocks that skip or repeat midnight, and one that once skipped a whole day.
ODD = ("Africa/Cairo", "America/Sao_Paulo", "Asia/Beirut", "Atlantic/Azores", "Pacific/Apia")
zones = st.sampled_from([*ODD, "Europe/Brussels", "Asia/Kamchatka", "UTC"]).map(ZoneInfo)
known = st.datetimes(datetime(2025, 1, 1), datetime(2027, 9, 30), timezones=st.just(MOSCOW))
moments = st.datetimes(datetime(2001, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))


def rule(unit: Unit, amount: int, rest: Rest = Rest.STAYS) -> Rule:
    return replace(GDPR, term=Term(amount, unit), rest=rest, extension=None)


def last(of: Rule, started: datetime, days: calendar.Calendar, zone: ZoneInfo = MOSCOW) -> date:
    found = deadline.end(of, started, days, zone)
    assert not isinstance(found, datetime)
    return found


@pytest.mark.parametrize("case", deadlines.cases(), ids=lambda case: f"{case.rule}-{case.start}")
def test_a_term_ends_as_worked_out_by_hand(case: Case) -> None:
    assert deadlines.computed(case) == case.end


@given(started=known, amount=st.integers(1, 30))
def test_working_days_end_on_one_with_as_many_between(started: datetime, amount: int) -> None:
    end = last(rule(Unit.WORKING_DAYS, amount), started, RU)
    passed = [started.date() + n * DAY for n in range(1, (end - started.date()).days + 1)]
    assert RU.working(end)
    assert sum(RU.working(day) for day in passed) == amount


@given(started=known, amount=st.integers(1, 60))
def test_days_end_on_the_first_working_day_from_their_last(started: datetime, amount: int) -> None:
    plain = last(rule(Unit.CALENDAR_DAYS, amount), started, RU)
    moved = last(rule(Unit.CALENDAR_DAYS, amount, Rest.NEXT_WORKING_DAY), started, RU)
    assert plain == started.date() + amount * DAY
    assert RU.working(moved)
    assert not any(RU.working(plain + n * DAY) for n in range((moved - plain).days))


@given(started=moments, amount=st.integers(1, 48))
def test_months_end_on_the_same_number_or_the_last_of_the_month(
    started: datetime, amount: int
) -> None:
    end = last(rule(Unit.MONTHS, amount), started, EU, ZoneInfo("UTC"))
    begun = started.date()
    assert (end.year - begun.year) * 12 + end.month - begun.month == amount
    assert end.day == begun.day or (end.day < begun.day and (end + DAY).day == 1)


@given(started=moments, zone=zones, hours=st.integers(0, 500))
def test_hours_run_in_absolute_time(started: datetime, zone: ZoneInfo, hours: int) -> None:
    local = started.astimezone(zone)
    assert deadline.end(rule(Unit.HOURS, hours), local, EU, zone) == started + timedelta(
        hours=hours
    )


@given(started=moments, zone=zones)
def test_a_day_ends_where_the_next_one_begins_in_its_zone(
    started: datetime, zone: ZoneInfo
) -> None:
    end = last(rule(Unit.CALENDAR_DAYS, 1), started, EU, zone)
    # The day that this zone left out never began there.
    assume(not (zone.key == "Pacific/Apia" and end.isoformat()[:7] == "2011-12"))
    first_after = deadline.moment(end, zone)
    assert (first_after - timedelta(microseconds=1)).astimezone(zone).date() == end
    assert first_after.astimezone(zone).date() == end + DAY
    assert first_after > started


def test_a_day_that_a_zone_left_out_ends_at_once() -> None:
    apia = ZoneInfo("Pacific/Apia")
    # Samoa had no 30.12.2011: its 29th was followed by the 31st.
    assert deadline.moment(date(2011, 12, 29), apia) == deadline.moment(date(2011, 12, 30), apia)


@given(started=known, more=st.integers(0, 10_000))
def test_what_starts_later_never_ends_earlier(started: datetime, more: int) -> None:
    later = started + timedelta(minutes=more)
    for of, days in ((ANSWER, RU), (WITHDRAWAL, RU), (GDPR, EU), (BREACH, EU)):
        ends = [deadline.end(of, when, days, MOSCOW) for when in (started, later)]
        assert deadline.moment(ends[0], MOSCOW) <= deadline.moment(ends[1], MOSCOW)


@given(started=moments, of=st.sampled_from([ANSWER, WITHDRAWAL]))
def test_unknown_years_are_never_given_more_time_than_any_calendar_would(
    started: datetime, of: Rule
) -> None:
    soonest = last(of, started, RU.at_the_earliest())
    assert soonest <= last(of, started, replace(RU, every=EU.every))


@given(started=known, share=st.floats(0, 2, exclude_max=True))
def test_an_extension_is_asked_before_the_end_or_not_at_all(
    started: datetime, share: float
) -> None:
    for of, days in ((ANSWER, RU), (GDPR, EU)):
        end = deadline.moment(deadline.end(of, started, days, MOSCOW), MOSCOW)
        asked = started + (end - started) * share
        if asked < end:
            longer = deadline.extended(of, started, asked, days, MOSCOW)
            assert deadline.moment(longer, MOSCOW) > end
        else:
            with pytest.raises(errors.Conflict):
                deadline.extended(of, started, asked, days, MOSCOW)


def test_the_very_end_is_too_late_for_an_extension() -> None:
    started = datetime(2026, 11, 23, 12, tzinfo=MOSCOW)
    end = datetime(2026, 12, 8, tzinfo=MOSCOW)
    second = timedelta(seconds=1)
    assert deadline.extended(ANSWER, started, end - second, RU, MOSCOW) == date(2026, 12, 14)
    with pytest.raises(errors.Conflict):
        deadline.extended(ANSWER, started, end, RU, MOSCOW)


def test_a_term_without_an_extension_cannot_be_extended() -> None:
    started = datetime(2026, 11, 23, 12, tzinfo=MOSCOW)
    with pytest.raises(errors.Invalid):
        deadline.extended(WITHDRAWAL, started, started, RU, MOSCOW)


def test_the_extended_term_of_months_is_counted_from_the_event() -> None:
    started = datetime(2026, 1, 31, 12, tzinfo=BRUSSELS)
    assert last(GDPR, started, EU, BRUSSELS) == date(2026, 3, 2)
    # Not two months from 28.02 or 2.03, but three from 31.01.
    assert deadline.extended(GDPR, started, started, EU, BRUSSELS) == date(2026, 4, 30)


def test_a_year_without_a_calendar_is_refused() -> None:
    with pytest.raises(errors.Missing):
        last(ANSWER, datetime(2027, 12, 20, tzinfo=MOSCOW), RU)
    with pytest.raises(errors.Missing):
        last(WITHDRAWAL, datetime(2027, 12, 5, tzinfo=MOSCOW), RU)
    # A term that ends within the last known year needs no other.
    assert last(ANSWER, datetime(2027, 12, 13, tzinfo=MOSCOW), RU) == date(2027, 12, 27)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(errors.Invalid):
        deadline.end(BREACH, datetime(2026, 11, 22), EU, BRUSSELS)
    with pytest.raises(errors.Invalid):
        deadline.extended(GDPR, datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 23), EU, UTC)


@pytest.mark.parametrize("unit", Unit)
def test_the_end_of_counting_is_refused(unit: Unit) -> None:
    started = datetime.combine(date.max, time(12), UTC)
    with pytest.raises(errors.Invalid):
        deadline.end(rule(unit, 40), started, EU, UTC)


def test_the_last_day_of_all_has_no_end() -> None:
    with pytest.raises(errors.Invalid):
        deadline.moment(date.max, UTC)

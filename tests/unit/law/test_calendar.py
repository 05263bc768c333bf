# SPDX-License-Identifier: Apache-2.0
import warnings
from datetime import date, timedelta

import pytest

from uphold import errors
from uphold.law import calendar

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import holidays

RU, EU = calendar.calendar("ru"), calendar.calendar("eu")
YEARS = (2025, 2026, 2027)
# The holidays of article 112 of the Labour Code, as month and day.
NAMED = {(1, day) for day in range(1, 9)} | {(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)}


def days(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=n) for n in range(366 if year % 4 == 0 else 365)]


@pytest.mark.parametrize("year", YEARS)
def test_a_year_agrees_day_by_day_with_another_source(year: int) -> None:
    other = holidays.country_holidays("RU", years=year)
    assert [d for d in days(year) if RU.working(d) is not other.is_working_day(d)] == []


@pytest.mark.parametrize("year", YEARS)
def test_a_year_has_247_working_days(year: int) -> None:
    assert sum(RU.working(day) for day in days(year)) == 247


@pytest.mark.parametrize("year", YEARS)
def test_a_year_follows_from_the_code_and_its_decree(year: int) -> None:
    """Named holidays; one on a weekend goes to the next working day unless the decree moves it elsewhere."""
    data = RU.years[year]
    off = {day for day in days(year) if (day.month, day.day) in NAMED and day.isoweekday() < 6}
    moved_from = {start for start, _ in data.moved}
    off |= {to for _, to in data.moved}
    for day in days(year):
        named = (day.month, day.day) in NAMED and day.month != 1
        if named and day.isoweekday() > 5 and day not in moved_from:
            later = day
            while later.isoweekday() > 5 or later in off or (later.month, later.day) in NAMED:
                later += timedelta(days=1)
            off.add(later)
    assert data.off == off
    plain = {start for start in moved_from if (start.month, start.day) not in NAMED}
    assert data.worked == plain


@pytest.mark.parametrize("year", YEARS)
def test_the_data_say_where_they_are_from(year: int) -> None:
    data = RU.years[year]
    assert data.mark in ("V1", "V2")
    assert all(day.year == year and day.isoweekday() < 6 for day in data.off)
    assert all(day.year == year and day.isoweekday() > 5 for day in data.worked)


@pytest.mark.parametrize("year", [2024, 2028])
def test_a_year_without_data_is_refused_with_advice(year: int) -> None:
    with pytest.raises(errors.Missing) as caught:
        RU.working(date(year, 6, 5))
    assert str(year) in caught.value.message
    assert f"calendars/ru/{year}.toml" in caught.value.advice


def test_at_the_earliest_every_unknown_day_is_worked_and_no_known_one() -> None:
    soonest = RU.at_the_earliest()
    assert soonest.working(date(2028, 1, 1))
    assert not soonest.working(date(2027, 1, 1))
    assert not EU.at_the_earliest().working(date(2028, 1, 1))


def test_weekends_alone_serve_every_year() -> None:
    assert [EU.working(date(2031, 3, day)) for day in range(3, 10)] == [True] * 5 + [False] * 2
    assert EU.working(date(2031, 12, 25))


def test_an_unknown_calendar_is_refused() -> None:
    with pytest.raises(errors.Missing):
        calendar.calendar("mars")

# SPDX-License-Identifier: Apache-2.0
from datetime import date

import pytest
from hypothesis import given, strategies as st

from uphold.policy import dates
from uphold.policy.document import DateLine

ADOPTED = date(2015, 5, 25)
AMENDED = date(2017, 6, 5)


@pytest.mark.parametrize(
    "text",
    [
        "St. Petersburgdated May 25, 2015 with amendments and additions dated June 5, 2017",
        "St. Petersburg, dated 25 May 2015, amended 5th June 2017",
        "St. Petersburg dated 2015-05-25, revised 2017-06-05",
        "**St. Petersburg dated 25.05.2015 with amendments dated 5.06.2017**",
    ],
)
def test_english(text: str) -> None:
    assert dates.line(text) == DateLine("St. Petersburg", ADOPTED, (AMENDED,))


@pytest.mark.parametrize(
    "text",
    [
        "г. Санкт-Петербург от 25 мая 2015 г. с изменениями и дополнениями от 5 июня 2017 г.",
        "г. Санкт-Петербургот 25 мая 2015 г. с изменениями и дополнениямиот 5 июня 2017 г.",
        "г. Санкт-Петербург, утверждена 25.05.2015, в редакции от 05.06.2017",
    ],
)
def test_russian(text: str) -> None:
    assert dates.line(text) == DateLine("г. Санкт-Петербург", ADOPTED, (AMENDED,))


@pytest.mark.parametrize(
    "text",
    [
        "Last updated: June 5, 2017",
        "Дата последнего обновления: 5 июня 2017 года",
        "Version of 5 June 2017",
    ],
)
def test_only_an_update(text: str) -> None:
    found = dates.line(text)
    assert found == DateLine("", None, (AMENDED,))
    assert found.last == AMENDED


@pytest.mark.parametrize(("text", "place"), [("25.05.2015", ""), ("Moscow, 25 May 2015", "Moscow")])
def test_bare(text: str, place: str) -> None:
    assert dates.line(text) == DateLine(place, ADOPTED, ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No date here.",
        "dated 31 February 2015",
        "We have been open since 25 May 2015 and like it.",
        "Effective 25.05.2015. " + "x" * 400,
        "dated 125.05.2015",
    ],
)
def test_no_date_line(text: str) -> None:
    assert dates.line(text) is None


def test_find_gives_places_in_the_text() -> None:
    text = "from 2015-05-25 to June 5, 2017."
    assert [(text[a:b], day) for a, b, day in dates.find(text)] == [
        ("2015-05-25", ADOPTED),
        ("June 5, 2017", AMENDED),
    ]


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_date_is_read_in_every_form(day: date) -> None:
    month = (
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
    ).split()
    forms = [
        day.isoformat(),
        f"{day.day:02}.{day.month:02}.{day.year:04}",
        f"{day.day} {month[day.month - 1]} {day.year:04} г.",
        f"{day:%B} {day.day}, {day.year:04}",
    ]
    assert [dates.find(form)[0][2] for form in forms] == [day] * 4


@given(st.text())
def test_any_text_is_read_without_fault(text: str) -> None:
    dates.line(text)

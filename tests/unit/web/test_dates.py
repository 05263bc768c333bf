# SPDX-License-Identifier: Apache-2.0
"""Times and numbers as people read them."""

from datetime import date

import pytest

from uphold.web import dates


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "22 November 2026"), ("ru", "22 ноября 2026 г."), ("xx", "22 November 2026")],
)
def test_a_day(language: str, text: str) -> None:
    assert dates.day(date(2026, 11, 22), language).replace("\xa0", " ") == text


def test_an_instant_is_utc_to_the_second() -> None:
    moment = dates.instant(1_795_349_700_999)
    assert moment.isoformat() == "2026-11-22T12:15:00+00:00"
    assert dates.clock(moment) == "12:15\xa0UTC"


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [
        (1234, "en", "1,234"),
        (1234, "ru", "1234"),
        (12345, "ru", "12\xa0345"),
        (1234567, "ru", "1\xa0234\xa0567"),
        (0, "en", "0"),
    ],
)
def test_a_number(value: int, language: str, text: str) -> None:
    assert dates.number(value, language) == text


@pytest.mark.parametrize(
    ("milliseconds", "span"),
    [
        (-5, ("minute", 0)),
        (59_999, ("minute", 0)),
        (60_000, ("minute", 1)),
        (3_600_000, ("hour", 1)),
        (86_399_999, ("hour", 23)),
        (86_400_000, ("day", 1)),
    ],
)
def test_a_span(milliseconds: int, span: tuple[str, int]) -> None:
    assert dates.span(milliseconds) == span

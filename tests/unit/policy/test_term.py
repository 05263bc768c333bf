# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given, strategies as st

from uphold.policy import term


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("P1Y", {"years": 1}),
        ("P30D", {"days": 30}),
        ("PT24H", {"hours": 24}),
        ("P1Y6M", {"years": 1, "months": 6}),
        ("P2W", {"weeks": 2}),
        ("P1DT12H30M", {"days": 1, "hours": 12, "minutes": 30}),
    ],
)
def test_parse(text: str, found: dict[str, int]) -> None:
    assert term.parse(text) == found


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P1", "1Y", "P0D", "P1H", "P1YT", "p1y", "P-1D", "P1.5D", "P12345Y", "P٣D"],
)
def test_what_is_no_term(text: str) -> None:
    assert term.parse(text) is None


@pytest.mark.parametrize(
    ("text", "english", "russian"),
    [
        ("P1Y", "1 year", "1 год"),
        ("P2Y", "2 years", "2 года"),
        ("P5Y", "5 years", "5 лет"),
        ("P11D", "11 days", "11 дней"),
        ("P21D", "21 days", "21 день"),
        ("P30D", "30 days", "30 дней"),
        ("P1W", "1 week", "1 неделю"),
        ("P3M", "3 months", "3 месяца"),
        ("PT24H", "24 hours", "24 часа"),
        ("P1YT1M", "1 year 1 minute", "1 год 1 минуту"),
        ("soon", "soon", "soon"),
    ],
)
def test_words(text: str, english: str, russian: str) -> None:
    assert term.words(text, "en") == english
    assert term.words(text, "ru") == russian


@given(st.text(alphabet="PT0123456789YMWDH", max_size=12))
def test_any_text_is_a_term_or_none(text: str) -> None:
    found = term.parse(text)
    assert found is None or all(count >= 0 for count in found.values())

# SPDX-License-Identifier: Apache-2.0
"""Which days are shown, and which they are compared with."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from uphold.statistics.recipe import Grain
from uphold.web import statistics_period as period

# 2026-11-22 is a Sunday.
SPAN = (date(2026, 6, 1), date(2026, 11, 22))


def days(query: dict[str, str], grain: Grain = Grain.DAY) -> tuple[str, str]:
    found = period.choose(query, SPAN, grain)
    return found.start.isoformat(), found.end.isoformat()


@pytest.mark.parametrize(
    ("query", "start"),
    [
        ({}, "2026-10-26"),
        ({"last": "7"}, "2026-11-16"),
        ({"last": "84"}, "2026-08-31"),
        # There is no year of figures yet.
        ({"last": "364"}, "2026-06-01"),
        ({"last": "5"}, "2026-10-26"),
        ({"last": "'; --"}, "2026-10-26"),
    ],
)
def test_the_latest_days(query: dict[str, str], start: str) -> None:
    assert days(query) == (start, "2026-11-22")


def test_days_of_ones_own_stay_within_those_that_there_are() -> None:
    assert days({"from": "2026-07-03", "to": "2026-07-10"}) == ("2026-07-03", "2026-07-10")
    assert days({"from": "1970-01-01", "to": "2100-01-01"}) == ("2026-06-01", "2026-11-22")
    assert days({"from": "2026-11-01"}) == ("2026-11-01", "2026-11-22")
    assert period.choose({"from": "2027-01-01"}, SPAN, Grain.DAY).problem == "order"


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"from": "2026-07-10", "to": "2026-07-03"}, "order"),
        ({"from": "yesterday", "to": "2026-07-03"}, "none"),
        ({"from": "2026-02-30", "to": "2026-07-03"}, "none"),
    ],
)
def test_what_cannot_be_is_said_and_the_usual_is_shown(query: dict[str, str], problem: str) -> None:
    found = period.choose(query, SPAN, Grain.DAY)
    assert found.problem == problem
    assert found.start == date(2026, 10, 26)


def test_weeks_and_months_are_whole() -> None:
    asked = {"from": "2026-10-01", "to": "2026-11-14"}
    assert days(asked, Grain.WEEK) == ("2026-10-05", "2026-11-08")
    assert days(asked, Grain.MONTH) == ("2026-10-01", "2026-10-31")
    assert days({"last": "28"}, Grain.WEEK) == ("2026-10-26", "2026-11-22")
    # No whole week lies between Tuesday and Saturday.
    found = period.choose({"from": "2026-11-10", "to": "2026-11-14"}, SPAN, Grain.WEEK)
    assert found.is_empty
    # Other pages would say that the first day is after the last one.
    assert found.query == "last=28&compare=before"


def test_what_it_is_compared_with() -> None:
    def before(query: dict[str, str]) -> tuple[date, date] | None:
        return period.choose(query, SPAN, Grain.DAY).before

    assert before({}) == (date(2026, 9, 28), date(2026, 10, 25))
    assert before({"compare": "none"}) is None
    # There were no figures a year ago, and half a span compared with a whole one would flatter.
    assert before({"compare": "year"}) is None
    assert before({"from": "2026-06-10", "to": "2026-06-30"}) is None
    assert before({"compare": "nonsense"}) == before({})


def test_its_query_chooses_the_same_again() -> None:
    for query in ({}, {"last": "7", "compare": "none"}, {"from": "2026-07-03", "to": "2026-07-09"}):
        found = period.choose(query, SPAN, Grain.DAY)
        again = dict(part.split("=") for part in found.query.split("&"))
        assert period.choose(again, SPAN, Grain.DAY) == found


@given(
    st.text(max_size=12),
    st.text(max_size=12) | st.dates().map(str),
    st.text(max_size=12) | st.dates().map(str),
    st.sampled_from(Grain),
)
def test_no_query_is_an_error_or_leaves_the_days_there_are(
    last: str, start: str, end: str, grain: Grain
) -> None:
    found = period.choose({"last": last, "from": start, "to": end}, SPAN, grain)
    assert found.is_empty or SPAN[0] <= found.start <= found.end <= SPAN[1]
    assert found.before is None or found.before[0] >= SPAN[0]

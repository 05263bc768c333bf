# SPDX-License-Identifier: Apache-2.0
"""Ends: calendar arithmetic, and which edition's rule holds."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from tests import editions
from uphold import errors
from uphold.policy import release
from uphold.policy.document import Policy, Retention, Withdrawal
from uphold.retention import schedule
from uphold.retention.schedule import NEVER, End, Events, Why

PURPOSE, TECHNICAL = editions.PURPOSE, "security"
DAY = 24 * 60 * 60 * 1000
MOMENTS = st.integers(0, 4_102_444_800_000)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def policy(**terms: Retention) -> Policy:
    """The example's policy with other rules for some purposes (an underscore stands for a hyphen)."""
    declared = release.prepare(editions.files(), None).edition.policy
    changed = {
        name: replace(declared.purposes[name], retention=rule) for name, rule in terms.items()
    }
    return replace(declared, purposes={**declared.purposes, **changed})


@pytest.mark.parametrize(
    ("start", "term", "end"),
    [
        ("2026-01-31T10:00", "P1M", "2026-02-28T10:00"),
        ("2028-01-31T10:00", "P1M", "2028-02-29T10:00"),
        ("2028-02-29T00:00", "P1Y", "2029-02-28T00:00"),
        ("2028-02-29T00:00", "P4Y", "2032-02-29T00:00"),
        ("2026-12-31T23:59", "P2M", "2027-02-28T23:59"),
        ("2026-03-15T12:00", "P14D", "2026-03-29T12:00"),
        ("2026-03-15T12:00", "P2W", "2026-03-29T12:00"),
        ("2026-03-15T12:00", "PT24H", "2026-03-16T12:00"),
        ("2026-01-31T12:00", "P1M1D", "2026-03-01T12:00"),
        ("2026-11-22T00:00", "P1Y2M10DT2H30M", "2028-02-01T02:30"),
    ],
)
def test_terms_run_by_the_calendar(start: str, term: str, end: str) -> None:
    assert schedule.after(at(start), term) == at(end)


def test_an_end_beyond_all_years_is_the_last_moment_there_is() -> None:
    assert schedule.after(at("2026-01-01"), "P9999Y") == NEVER


def test_what_is_no_term_is_refused() -> None:
    with pytest.raises(errors.Invalid):
        schedule.after(0, "soon")


@given(MOMENTS, st.integers(1, 60), st.integers(0, 400))
def test_a_later_beginning_never_ends_sooner(start: int, months: int, later: int) -> None:
    term = f"P{months}M"
    assert schedule.after(start + later * DAY, term) >= schedule.after(start, term) > start


@given(MOMENTS, st.integers(1, 120))
def test_a_month_ends_within_its_month(start: int, months: int) -> None:
    begun = datetime.fromtimestamp(start / 1000, UTC)
    ended = datetime.fromtimestamp(schedule.after(start, f"P{months}M") / 1000, UTC)
    apart = (ended.year - begun.year) * 12 + ended.month - begun.month
    assert apart == months
    assert ended.day == begun.day or (ended.day < begun.day and ended.day >= 28)


@given(MOMENTS, st.integers(1, 9))
def test_a_year_is_twelve_months_and_a_week_seven_days(start: int, count: int) -> None:
    assert schedule.after(start, f"P{count}Y") == schedule.after(start, f"P{12 * count}M")
    assert schedule.after(start, f"P{count}W") == start + 7 * count * DAY


def test_the_event_ends_it_or_the_limit_whichever_comes_first() -> None:
    rule = Retention("closed", "P30D", "P1Y")
    assert schedule.end(rule, Events(0)) == End(schedule.after(0, "P1Y"), Why.LIMIT)
    assert schedule.end(rule, Events(0, closed=DAY)) == End(31 * DAY, Why.TERM)
    late = Events(0, closed=360 * DAY)
    assert schedule.end(rule, late) == End(365 * DAY, Why.LIMIT)


@pytest.mark.parametrize(
    ("event", "events"),
    [
        ("received", Events(5)),
        ("visited", Events(5)),
        ("answered", Events(0, answered=5)),
        ("closed", Events(0, closed=5)),
        ("withdrawn", Events(0, withdrawn=5)),
    ],
)
def test_each_event_begins_a_term(event: str, events: Events) -> None:
    assert schedule.end(Retention(event, "P1D", ""), events) == End(DAY + 5, Why.TERM)


def test_what_has_not_happened_ends_nothing() -> None:
    assert schedule.end(Retention("closed", "P30D", ""), Events(0)) is None


def test_under_consent_the_sooner_of_both_editions_holds() -> None:
    long, short = (policy(**{PURPOSE: Retention("received", term, "")}) for term in ("P2Y", "P10D"))
    for given_, current in ((long, short), (short, long)):
        found = schedule.of_part(given_, current, PURPOSE, Events(0))
        assert found == End(10 * DAY, Why.TERM)


def test_without_consent_the_edition_in_force_holds() -> None:
    long, short = (
        policy(**{TECHNICAL: Retention("visited", term, "")}) for term in ("P20D", "P10D")
    )
    assert schedule.of_part(short, long, TECHNICAL, Events(0)) == End(20 * DAY, Why.TERM)
    assert schedule.of_part(long, short, TECHNICAL, Events(0)) == End(10 * DAY, Why.TERM)


def test_a_purpose_that_is_no_longer_declared_ends_as_it_was_told() -> None:
    told = policy(**{TECHNICAL: Retention("visited", "P20D", "")})
    gone = replace(told, purposes={n: one for n, one in told.purposes.items() if n != TECHNICAL})
    assert schedule.of_part(told, gone, TECHNICAL, Events(0)) == End(20 * DAY, Why.TERM)
    assert schedule.of_part(gone, gone, TECHNICAL, Events(0)) is None


def test_a_withdrawal_ends_what_rests_on_consent_within_its_term() -> None:
    told = replace(policy(), withdrawal=Withdrawal({"en": "Write."}, "P30D"))
    withdrawn = Events(0, withdrawn=DAY)
    assert schedule.of_part(told, told, PURPOSE, withdrawn) == End(31 * DAY, Why.WITHDRAWAL)
    assert schedule.of_part(told, told, TECHNICAL, withdrawn) == End(14 * DAY, Why.TERM)


_TERMS = st.sampled_from(["P1D", "P30D", "P1M", "P1Y", "PT5H", "P4Y"])
_RULES = st.builds(
    Retention,
    st.sampled_from(["received", "answered", "closed", "withdrawn", "visited"]),
    _TERMS,
    st.one_of(st.just(""), _TERMS),
)
_EVENTS = st.builds(
    Events,
    MOMENTS,
    answered=st.none() | MOMENTS,
    closed=st.none() | MOMENTS,
    withdrawn=st.none() | MOMENTS,
)


@given(_RULES, _RULES, _EVENTS)
def test_nothing_is_kept_longer_than_agreed_to(a: Retention, b: Retention, events: Events) -> None:
    told, now = policy(**{PURPOSE: a}), policy(**{PURPOSE: b})
    found = schedule.of_part(told, now, PURPOSE, events)
    alone = schedule.end(a, events)
    if alone is not None:
        assert found is not None
        assert found.at <= alone.at


def test_visits_end_by_their_own_term_or_with_their_purpose() -> None:
    short = policy(security=Retention("visited", "PT6H", ""))
    long = policy(security=Retention("visited", "P14D", ""))
    longer = replace(long, visits="P2D")
    visited = at("2026-11-22T10:00")
    ends = [
        schedule.of_visits(given, current, TECHNICAL, visited)
        for given, current in [(long, long), (long, short), (long, longer), (longer, long)]
    ]
    assert ends == [
        End(at(day), Why.TERM)
        for day in (
            *("2026-11-23T10:00", "2026-11-22T16:00"),
            # That of the edition in force, as nobody's agreement carries them.
            *("2026-11-24T10:00", "2026-11-23T10:00"),
        )
    ]
    undeclared = replace(longer, purposes={})
    assert schedule.of_visits(longer, undeclared, TECHNICAL, visited) == End(
        at("2026-11-24T10:00"), Why.TERM
    )

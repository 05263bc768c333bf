# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, strategies as st

from uphold import errors
from uphold.law import clock, profile
from uphold.law.clock import Clock

RU, EU = "ru-152fz", "eu-gdpr"
MINUTE = 60_000


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


REQUESTED = at("2026-11-23T12:00+03:00")
times = st.integers(at("2025-01-01T00:00Z"), at("2030-01-01T00:00Z"))
triggers = st.sampled_from(
    sorted({t for name in profile.ids() for r in profile.profile(name).rules for t in r.trigger})
)


def one(name: str = RU, trigger: str = "request.access", when: int = REQUESTED) -> Clock:
    (only,) = clock.start(name, trigger, when)
    return only


def test_a_request_under_two_laws_has_two_clocks_and_the_earlier_gives_the_alarm() -> None:
    both = clock.under((EU, RU), "request.access", REQUESTED)
    assert [(c.profile, c.last_day) for c in both] == [
        (EU, date(2026, 12, 23)),
        (RU, date(2026, 12, 7)),
    ]
    first = clock.earliest(both)
    assert first is not None
    assert first.profile == RU


def test_with_two_laws_the_other_one_may_be_the_earlier() -> None:
    both = clock.under((EU, RU), "incident.detected", REQUESTED)
    assert [(c.profile, c.rule, (c.due - REQUESTED) // (60 * MINUTE)) for c in both] == [
        (EU, "breach.notice", 72),
        (RU, "breach.notice", 24),
        (RU, "breach.result", 72),
    ]
    assert clock.earliest(both[:1]) == both[0]
    assert clock.earliest(()) is None


def test_it_is_late_from_midnight_in_the_clocks_own_zone() -> None:
    begun = one()
    assert begun.due == at("2026-12-08T00:00+03:00")
    assert not begun.late(begun.due - 1)
    assert begun.late(begun.due)


def test_it_is_soon_in_the_last_third_of_the_term() -> None:
    detected = clock.start(RU, "incident.detected", REQUESTED)[0]
    assert not detected.soon(REQUESTED + 16 * 60 * MINUTE - 1)
    assert detected.soon(REQUESTED + 16 * 60 * MINUTE)
    assert detected.soon(detected.due)


def test_the_operators_zone_counts_its_own_days() -> None:
    near_midnight = at("2026-11-22T22:30Z")
    (east,) = clock.start(RU, "request.access", near_midnight, "Asia/Kamchatka")
    (west,) = clock.start(RU, "request.access", near_midnight, "Europe/Kaliningrad")
    assert east.due == at("2026-12-08T00:00+12:00")
    assert (west.zone, west.due) == ("Europe/Kaliningrad", at("2026-12-08T00:00+02:00"))
    (still_sunday,) = clock.start(RU, "request.access", near_midnight, "UTC")
    assert still_sunday.due == at("2026-12-05T00:00Z")


def test_what_is_due_at_once_has_no_clock_but_is_told() -> None:
    assert clock.start(RU, "objection.marketing", REQUESTED) == ()
    (rule,) = clock.rules(RU, "objection.marketing", REQUESTED)
    assert rule.id == "marketing.stop"


def test_an_event_starts_the_rules_that_are_law_on_its_day() -> None:
    done = at("2026-11-23T12:00Z")
    assert one(trigger="destruction.done", when=done).last_day == date(2029, 11, 23)
    assert clock.start(RU, "destruction.done", at("2029-03-01T12:00Z")) == ()
    assert clock.start(RU, "incident.detected", at("2022-08-31T12:00Z")) == ()
    # The last day of the rule, or the day after it, as the zone has it.
    near_midnight = at("2029-02-28T22:00Z")
    assert clock.start(RU, "destruction.done", near_midnight) == ()
    assert len(clock.start(RU, "destruction.done", near_midnight, "UTC")) == 1
    assert clock.start(RU, "nothing.known", done) == ()


def test_an_extension_moves_its_clock_once() -> None:
    begun = one()
    assert clock.can_extend(begun)
    longer = clock.extend(begun, begun.due - 1)
    assert longer == replace(begun, due=at("2026-12-15T00:00+03:00"), extended=True)
    assert not clock.can_extend(longer)
    with pytest.raises(errors.Conflict, match="extended before"):
        clock.extend(longer, begun.due - 1)


def test_an_extension_that_comes_too_late_is_refused() -> None:
    begun = one()
    with pytest.raises(errors.Conflict, match="has ended"):
        clock.extend(begun, begun.due)


def test_a_clock_stamped_before_its_calendar_came_keeps_its_end() -> None:
    early = replace(one(), due=one().due - 24 * 60 * MINUTE, certain=False)
    with pytest.raises(errors.Conflict, match="has ended"):
        clock.extend(early, early.due)
    assert clock.extend(early, early.due - 1) == clock.extend(one(), early.due - 1)


def test_a_term_without_extension_stays() -> None:
    begun = one(trigger="request.withdrawal")
    assert not clock.can_extend(begun)
    with pytest.raises(errors.Invalid):
        clock.extend(begun, REQUESTED)


def test_a_request_that_runs_into_an_unknown_year_gets_the_earliest_end() -> None:
    begun = one(when=at("2027-12-20T12:00+03:00"))
    assert not begun.certain
    # 21-24 and 27-30 are eight; the first two days of 2028 are taken as worked.
    assert begun.last_day == date(2028, 1, 2)
    with pytest.raises(errors.Conflict):
        clock.extend(begun, begun.due)
    longer = clock.extend(begun, begun.due - 1)
    assert (longer.certain, longer.last_day) == (False, date(2028, 1, 7))


def test_an_extension_into_an_unknown_year_makes_a_certain_clock_uncertain() -> None:
    begun = one(when=at("2027-12-13T12:00+03:00"))
    assert (begun.certain, begun.last_day) == (True, date(2027, 12, 27))
    longer = clock.extend(begun, begun.due - 1)
    assert (longer.certain, longer.last_day) == (False, date(2028, 1, 2))


@given(name=st.sampled_from(profile.ids()), trigger=triggers, when=times)
def test_a_clock_runs_forward_and_an_extension_only_later(
    name: str, trigger: str, when: int
) -> None:
    for begun in clock.start(name, trigger, when):
        assert begun.started == when < begun.due
        assert not begun.late(when)
        if clock.can_extend(begun):
            assert clock.extend(begun, begun.due - 1).due > begun.due


@given(when=st.integers(-(2**40), 2**43))
def test_a_time_comes_back_as_it_went(when: int) -> None:
    assert clock.moment(when).tzinfo is UTC
    assert clock.moment(when).timestamp() * 1000 == pytest.approx(when)


@pytest.mark.parametrize("name", ["Moscow", "", "../etc/passwd", "/etc/localtime"])
def test_an_unknown_zone_is_refused_with_advice(name: str) -> None:
    with pytest.raises(errors.Missing) as caught:
        clock.zone(name)
    assert "Europe/Moscow" in caught.value.advice

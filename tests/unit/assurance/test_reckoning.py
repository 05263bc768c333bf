# SPDX-License-Identifier: Apache-2.0
"""The second reckoning agrees with the first, which hand-worked cases hold, and shares nothing with it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from uphold.assurance import reckoning
from uphold.law import calendar, clock, profile
from uphold.rights.machine import Kind

ZONE = "Europe/Moscow"
FIRST = datetime(2025, 1, 1, tzinfo=UTC)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1000


@pytest.mark.parametrize(
    ("rule", "started", "last"),
    [
        ("access.answer", "2025-12-29T12:00+03:00", "2026-01-22"),
        ("access.answer", "2026-11-23T12:00+03:00", "2026-12-07"),
        ("rectification.change", "2026-11-23T12:00+03:00", "2026-12-02"),
        ("withdrawal.destroy", "2026-11-23T12:00+03:00", "2026-12-23"),
    ],
)
def test_a_term_worked_by_hand(rule: str, started: str, last: str) -> None:
    due = reckoning.due("ru-152fz", rule, at(started), ZONE)
    assert due == at(f"{last}T00:00+03:00") + 24 * 3_600_000


@settings(max_examples=60)
@given(
    law=st.sampled_from(profile.ids()),
    kind=st.sampled_from(Kind),
    minutes=st.integers(0, 60 * 24 * 900),
    extended=st.booleans(),
)
def test_both_reckonings_agree(law: str, kind: Kind, minutes: int, extended: bool) -> None:
    started = int((FIRST + timedelta(minutes=minutes)).timestamp()) * 1000
    stamped = clock.start(law, f"request.{kind}", started, ZONE)
    names = reckoning.rules(law, f"request.{kind}", started, ZONE)
    assert names == tuple(one.rule for one in stamped)
    for one in stamped:
        longer = extended and clock.can_extend(one)
        first = clock.extend(one, started) if longer else one
        assert first.due == reckoning.due(law, one.rule, started, ZONE, extended=longer)


def test_what_is_wrong_in_the_calendar_is_not_wrong_here(monkeypatch: pytest.MonkeyPatch) -> None:
    started = at("2026-11-23T12:00+03:00")
    before = reckoning.due("ru-152fz", "access.answer", started, ZONE)
    monkeypatch.setattr(calendar.Year, "working", lambda *_: True)
    assert reckoning.due("ru-152fz", "access.answer", started, ZONE) == before
    assert clock.start("ru-152fz", "request.access", started, ZONE)[0].due < before


def test_other_units_are_reckoned_too() -> None:
    started = at("2026-01-31T12:00+03:00")
    assert reckoning.due("ru-152fz", "breach.notice", started, ZONE) == started + 24 * 3_600_000
    month = reckoning.due("ru-152fz", "destruction.postponed", started, ZONE)
    assert month == at("2026-08-01T00:00+03:00")
    assert reckoning.due("ru-152fz", "register.change", started, ZONE) == at(
        "2026-02-16T00:00+03:00"
    )

# SPDX-License-Identifier: Apache-2.0
"""Waits grow, are capped, and end."""

import pytest
from hypothesis import given, strategies as st

from uphold.access import throttle
from uphold.access.throttle import LOGIN, SOURCE, Rule

rules = st.sampled_from([LOGIN, SOURCE, Rule(free=0)])
counts = st.integers(0, 10**9)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (5, 0), (6, 2), (7, 4), (8, 8), (14, 512), (15, 900), (99, 900)],
)
def test_a_login_waits(failures: int, seconds: int) -> None:
    assert throttle.wait(LOGIN, failures) == seconds * throttle.SECOND


@given(rules, counts, counts)
def test_more_failures_never_wait_less(rule: Rule, one: int, other: int) -> None:
    less, more = sorted((one, other))
    assert throttle.wait(rule, less) <= throttle.wait(rule, more) <= rule.cap_ms


@given(rules, counts, st.integers(0, 10**12))
def test_after_quiet_all_is_forgotten(rule: Rule, failures: int, last_at: int) -> None:
    now = last_at + rule.quiet_ms
    assert throttle.count(rule, failures, last_at, now) == 0
    assert throttle.blocked_until(rule, failures, last_at, now) <= now


@given(rules, counts, st.integers(0, 10**12))
def test_nobody_is_locked_out_for_longer_than_the_cap(
    rule: Rule, failures: int, last_at: int
) -> None:
    assert throttle.blocked_until(rule, failures, last_at, last_at) <= last_at + rule.cap_ms


def test_less_than_a_hundred_guesses_a_day() -> None:
    at, tries = 0, 0
    while at < 24 * 3600 * throttle.SECOND:
        tries += 1
        at = max(at + 1, throttle.blocked_until(LOGIN, tries, at, at))
    assert tries - LOGIN.free <= 105


@given(rules, counts, st.integers(0, 10**12), st.integers(1, 10**8))
def test_a_clock_that_was_set_back_locks_nobody_out(
    rule: Rule, failures: int, now: int, back: int
) -> None:
    assert throttle.blocked_until(rule, failures, now + back, now) <= now
    # What failed before is not forgotten by that.
    assert throttle.count(rule, failures, now + back, now) == failures

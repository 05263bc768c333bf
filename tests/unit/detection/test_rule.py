# SPDX-License-Identifier: Apache-2.0
"""A set of rules knows what it looks at, how far back, and what of it still serves when some are off."""

import pytest

from tests.unit.detection.rules import correlated, described, load

RULES = load(
    described("one", "{a: {kind: x}, condition: a}"),
    described("other", "{a: {kind: [y, z]}, condition: a}"),
    correlated("two", "{type: temporal, rules: [one, other], timespan: 1h}"),
    correlated("three", "{type: event_count, rules: [two], timespan: 2d, condition: {gte: 2}}"),
)


def test_kinds_and_reach() -> None:
    assert RULES.kinds == frozenset({"x", "y", "z"})
    assert RULES.reach_ms == (2 * 24 + 1) * 3_600_000
    every = load(described("one", "{a: {staff: 1}, condition: a}"))
    assert every.kinds is None
    assert load().kinds == frozenset()
    assert load().reach_ms == 0


def test_each_is_found_by_its_name() -> None:
    assert RULES["two"].names == ("one", "other")
    with pytest.raises(StopIteration):
        RULES["none"]


def test_without_the_last_of_a_chain_nothing_is_left() -> None:
    assert RULES.without({"three"}).every == ()
    assert RULES.without({"two"}).every == RULES.every
    assert RULES.without(()).digest == RULES.digest

# SPDX-License-Identifier: Apache-2.0
"""The degree of harm follows from the grounds that apply; what nobody answered is said and not assumed."""

from itertools import combinations

import pytest

from uphold import errors
from uphold.law import harm
from uphold.law.harm import Degree
from uphold.law.profile import MARKS

GROUNDS = harm.grounds()
ALL = {one.id: False for one in GROUNDS}


def test_the_order_has_thirteen_grounds_said_in_both_languages() -> None:
    assert len(GROUNDS) == len(ALL) == 13
    count = {degree: sum(one.degree is degree for one in GROUNDS) for degree in Degree}
    assert count == {Degree.HIGH: 6, Degree.MEDIUM: 5, Degree.LOW: 2}
    assert all(set(one.what) == {"en", "ru"} and one.mark in MARKS for one in GROUNDS)


def test_the_worst_of_the_grounds_that_apply_counts() -> None:
    order = list(Degree)
    for first, second in combinations(GROUNDS, 2):
        found = harm.assess({**ALL, first.id: True, second.id: True})
        assert found.degree is min((first.degree, second.degree), key=order.index)
        assert set(found.applying) == {first.id, second.id}
        assert found.open == ()


def test_without_any_ground_the_harm_is_low() -> None:
    assert harm.assess(ALL) == harm.Assessed(Degree.LOW, (), ())


def test_what_nobody_answered_stays_open() -> None:
    found = harm.assess({"consent-unidentified": True, "minors": None})
    assert found.degree is Degree.MEDIUM
    assert set(found.open) == set(ALL) - {"consent-unidentified"}


def test_a_ground_that_the_order_does_not_have_is_refused() -> None:
    with pytest.raises(errors.Invalid, match="weather"):
        harm.assess({"weather": True})

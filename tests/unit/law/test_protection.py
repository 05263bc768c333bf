# SPDX-License-Identifier: Apache-2.0
"""The level of protection is the decree's, cell by cell, and the strictest of several."""

from itertools import pairwise, product
from typing import Final

import pytest

from uphold import errors
from uphold.law import protection
from uphold.law.profile import MARKS
from uphold.law.protection import Category, ThreatType

MANY, FEW = 100_000, 99_999
# The decree's table worked out by hand: category and number of people to the levels for threats of type 1, 2, 3.
TABLE: Final = {
    (Category.SPECIAL, MANY): (1, 1, 2),
    (Category.SPECIAL, FEW): (1, 2, 3),
    (Category.BIOMETRIC, MANY): (1, 2, 3),
    (Category.BIOMETRIC, FEW): (1, 2, 3),
    (Category.OTHER, MANY): (1, 2, 3),
    (Category.OTHER, FEW): (1, 3, 4),
    (Category.PUBLIC, MANY): (2, 2, 4),
    (Category.PUBLIC, FEW): (2, 3, 4),
}
TYPES: Final[tuple[ThreatType, ...]] = (1, 2, 3)


def test_each_cell_of_the_table_is_the_decrees() -> None:
    for (category, people), levels in TABLE.items():
        found = tuple(protection.level({category}, people, one).number for one in TYPES)
        assert found == levels, (category, people)


def test_of_several_categories_the_strictest_counts() -> None:
    for first, second in product(Category, Category):
        for people, threats in product((FEW, MANY), TYPES):
            one, other = (protection.level({c}, people, threats).number for c in (first, second))
            both = protection.level({first, second}, people, threats)
            assert both.number == min(one, other)
            assert both.category in (first, second)


def test_a_hundred_thousand_are_many_and_more_people_never_weaken_it() -> None:
    assert protection.threshold() == MANY
    for category, threats in product(Category, TYPES):
        few, many = (protection.level({category}, n, threats).number for n in (FEW, MANY))
        assert many <= few


def test_what_a_level_demands_is_demanded_by_every_stricter_one() -> None:
    sets = [{one.id for one in protection.demands(number)} for number in (4, 3, 2, 1)]
    assert all(weaker < stricter for weaker, stricter in pairwise(sets))
    assert "premises" in sets[0]
    assert all(set(one.title) == {"en", "ru"} for one in protection.demands(1))
    assert all(one.mark in MARKS and one.source for one in protection.demands(1))


def test_a_site_without_data_has_no_level() -> None:
    with pytest.raises(errors.Invalid, match="category"):
        protection.level(set(), 0, 3)

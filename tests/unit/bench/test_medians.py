# SPDX-License-Identifier: Apache-2.0
"""A ratio is taken within each round."""

import pytest

from bench import medians


def test_spread_is_median_and_extremes() -> None:
    assert medians.spread([3, 1, 2]) == (2, 1, 3)
    assert medians.spread([4, 2]) == (3, 2, 4)


def test_no_value_has_no_median() -> None:
    with pytest.raises(ValueError, match="at least one"):
        medians.spread([])


def test_ratio_is_of_rounds_not_of_medians() -> None:
    # The machine was ten times slower in the second round, for both sides.
    assert medians.ratio([100, 10, 110], [10, 1, 10]) == (10, 10, 11)


def test_unequal_rounds_are_refused() -> None:
    with pytest.raises(ValueError, match="argument"):
        medians.ratio([1, 2], [1])

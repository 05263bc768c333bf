# SPDX-License-Identifier: Apache-2.0
"""Noise in closed form: never less than the share of the budget asks for, and told honestly."""

from fractions import Fraction

import pytest

from uphold import errors
from uphold.statistics import calibrate


@pytest.mark.parametrize("rho", [1, 7, 999, 50_000, 100_000, 333_333, 10_000_000])
@pytest.mark.parametrize("l0", [1, 2, 3, 5, 20, 100])
def test_the_scale_is_the_least_that_costs_no_more(l0: int, rho: int) -> None:
    found = Fraction(calibrate.scale(l0, rho))
    wanted = Fraction(l0 * calibrate.MICRO, 2 * rho)
    assert wanted <= found**2 < wanted * (1 + Fraction(1, 10**14))


def test_five_pages_for_a_tenth_need_a_scale_of_five() -> None:
    assert calibrate.scale(5, 100_000) == 5.0
    assert calibrate.error95(5.0) == 10


@pytest.mark.parametrize(("l0", "rho"), [(0, 1), (1, 0), (-1, 5), (5, -5)])
def test_a_share_of_nothing_is_refused(l0: int, rho: int) -> None:
    with pytest.raises(errors.Invalid):
        calibrate.scale(l0, rho)


def test_the_threshold_grows_with_pages_and_certainty() -> None:
    assert calibrate.threshold(1, 5.0, 1000) < calibrate.threshold(50, 5.0, 1000)
    assert calibrate.threshold(5, 5.0, 1000) < calibrate.threshold(5, 5.0, 1)
    # 2 and 6.36 deviations of 5: the chance of one page is 1e-10 of five pages' 1e-9... and a bit.
    assert calibrate.threshold(5, 5.0, 1000) == 34
    with pytest.raises(errors.Invalid):
        calibrate.threshold(5, 5.0, 0)


def test_a_budget_is_told_as_an_epsilon() -> None:
    # 0.5 + 2 sqrt(0.5 ln 1e6) by hand.
    assert calibrate.epsilon(500_000) == 5.757
    assert calibrate.epsilon(0) == 0
    spent = calibrate.epsilon(500_000, 500_000)
    assert spent is not None
    assert spent > 5.757
    assert calibrate.epsilon(1, calibrate.TRILLION // calibrate.MICRO) is None


@pytest.mark.parametrize(
    ("text", "units"),
    [("0.5", 500_000), ("1", 1_000_000), ("0.000001", 1), ("1000", 1_000_000_000)],
)
def test_amounts_are_read_and_told_exactly(text: str, units: int) -> None:
    assert calibrate.parse(text) == units
    assert calibrate.told(units) == text


@pytest.mark.parametrize(
    "text", ["", "0", "0.0", "-1", "1e3", "0.0000001", "1/2", "nan", "1001", ".", "5_0", "0.5 "]
)
def test_anything_else_is_no_amount(text: str) -> None:
    with pytest.raises(errors.Invalid):
        calibrate.parse(text)

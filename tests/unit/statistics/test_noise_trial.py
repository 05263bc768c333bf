# SPDX-License-Identifier: Apache-2.0
"""A trial catches noise that is a tenth too small and noise in floating point, and lets honest noise pass.

The draws here come from a seeded generator, so that nothing hangs on chance; OpenDP's own is tried in `test_noise`.
"""

import random

import pytest

from tests import trial

DRAWS = 40_000
SCALE = 20.0


def figures(true: int, scale: float, seed: int) -> list[float]:
    """What a mechanism gives: rounded, which at this scale is the discrete Gaussian to 1e-300."""
    chance = random.Random(seed)
    return [round(chance.gauss(true, scale)) for _ in range(DRAWS)]


def floats(true: int, seed: int) -> list[float]:
    chance = random.Random(seed)
    return [true + chance.expovariate(1) * chance.choice((-1, 1)) for _ in range(DRAWS)]


@pytest.mark.parametrize("distance", [20, 40])
def test_honest_noise_passes(distance: int) -> None:
    assert trial.excess(figures(0, SCALE, 1), figures(distance, SCALE, 2), distance, SCALE) < 0


def test_noise_that_is_too_strong_passes() -> None:
    assert trial.excess(figures(0, 30, 1), figures(40, 30, 2), 40, SCALE) < 0


def test_noise_a_tenth_too_small_is_caught() -> None:
    assert trial.excess(figures(0, 18, 1), figures(40, 18, 2), 40, SCALE) > 0.01


def test_no_noise_is_caught() -> None:
    assert trial.excess([0] * DRAWS, [40] * DRAWS, 40, SCALE) > 0.2


def test_noise_in_floating_point_is_caught() -> None:
    assert trial.digits(floats(0, 1), floats(1, 2)) > 0.3


def test_whole_numbers_have_no_last_digits() -> None:
    assert trial.digits(figures(0, SCALE, 1), figures(1, SCALE, 2)) == 0
    assert trial.digits([], []) == 0

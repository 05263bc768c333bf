# SPDX-License-Identifier: Apache-2.0
"""How much noise a figure needs, in closed form: from a share of the budget to a scale, and back to what people read.

The measure is zero-concentrated differential privacy (Bun and Steinke, arXiv 1605.02658): Gaussian noise of standard
deviation s on counts of which one visitor's day changes at most `l0`, each by at most 1, costs rho = l0 / (2 s^2).
Budgets are whole millionths of rho, so that they add up without rounding; every rounding here is towards more noise.
All pure.
"""

import math
from fractions import Fraction
from statistics import NormalDist

from uphold import errors

MICRO = 1_000_000
"""So many units of the budget make a rho of 1."""
TRILLION = 10**12
"""So many units of delta make 1."""
DELTA = 1_000
"""What an answer with unknown keys may cost: 1e-9, in trillionths."""
DELTA_SHOWN = Fraction(1, MICRO)
"""The delta at which a spent budget is told to people as an epsilon."""

_Z95 = 1.959964
_NORMAL = NormalDist()


def scale(l0: int, rho: int) -> float:
    """Return the standard deviation that makes counts cost at most `rho` millionths.

    The least float whose square, computed exactly, is not below l0 / (2 rho). Raises `errors.Invalid` for an `l0` or
    a `rho` below 1: a share of nothing would mean no noise.
    """
    if l0 < 1 or rho < 1:
        raise errors.Invalid(
            "Noise needs a bound of at least 1 and a share of the budget above 0.",
            "Give at least one millionth of rho.",
        )
    wanted = Fraction(l0 * MICRO, 2 * rho)
    found = math.sqrt(wanted)
    while Fraction(found) ** 2 < wanted:
        found = math.nextafter(found, math.inf)
    return found


def error95(scale: float) -> int:
    """Return how far, to each side, a figure lies from the true one at most in 95 of 100 cases."""
    return math.ceil(_Z95 * scale)


def threshold(l0: int, scale: float, delta: int) -> int:
    """Return the least noisy count at which a key that nobody declared may be shown.

    A key that one visitor's day brought has a true count of 1; all `l0` of them together pass with a probability of
    at most `delta` trillionths. The discrete Gaussian's tail from m on is at most the continuous one's from m - 1 on
    (Canonne, Kamath, Steinke, arXiv 2004.00010, proposition 25). Raises `errors.Invalid` for a `delta` below 1.
    """
    if delta < 1:
        raise errors.Invalid("Keys that nobody declared need a delta above 0.", "Declare the keys.")
    each = delta / TRILLION / l0
    return 2 + math.ceil(-scale * _NORMAL.inv_cdf(each))


def epsilon(rho: int, delta: int = 0) -> float | None:
    """Tell a spent budget as the epsilon of (epsilon, 1e-6)-differential privacy, rounded up to 1/1000.

    `rho` is in millionths, `delta` what thresholds took of it, in trillionths; None when they took all of it.
    Bun and Steinke, proposition 1.3.
    """
    left = DELTA_SHOWN - Fraction(delta, TRILLION)
    if left <= 0:
        return None
    spent = rho / MICRO
    return math.ceil((spent + 2 * math.sqrt(spent * -math.log(left))) * 1000) / 1000


def parse(text: str) -> int:
    """Return the millionths of a rho written as a decimal, such as "0.05".

    Raises `errors.Invalid` for anything that is no number of whole millionths above 0 and up to 1000.
    """
    try:
        units = Fraction(text) * MICRO if _is_plain(text) else Fraction(0)
    except (ValueError, ZeroDivisionError):
        units = Fraction(0)
    if units.denominator != 1 or not 0 < units <= 1000 * MICRO:
        raise errors.Invalid(
            "A budget is a decimal above 0 with at most six digits after the point.",
            "Write it like this: 0.05",
        )
    return int(units)


def told(rho: int) -> str:
    """Write millionths of rho as a decimal, the shortest that is exact."""
    whole, rest = divmod(rho, MICRO)
    return f"{whole}.{rest:06}".rstrip("0").rstrip(".")


def _is_plain(text: str) -> bool:
    return len(text) <= 16 and text.isascii() and text.replace(".", "", 1).isdigit()

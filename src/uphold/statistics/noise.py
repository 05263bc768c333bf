# SPDX-License-Identifier: Apache-2.0
"""The noise itself: OpenDP's integer mechanisms, called directly. The only module that imports OpenDP.

Whole numbers in, whole numbers out: noise added to floating-point numbers leaves traces of the true value in the last
digits (Haney et al., arXiv 2207.13793). The scale comes from `calibrate`, in closed form, because the search of
OpenDP's own front end costs seconds for each answer. What OpenDP itself says an answer costs has the last word.
"""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache

from opendp.domains import atom_domain, map_domain, vector_domain
from opendp.measurements import make_gaussian, make_gaussian_threshold
from opendp.metrics import absolute_distance, l02inf_distance, l2_distance
from opendp.mod import Measurement, enable_features

from uphold import errors
from uphold.statistics import calibrate
from uphold.statistics.question import Drawn, Question

# What OpenDP calls "contrib": mechanisms whose proofs are written and not all reviewed by outsiders. Each one is.
enable_features("contrib")

# The map is computed in floating point, rounded up; so much may rounding add to what the closed form says.
_ROUNDING = Fraction(1, 10**9)


def draw(counts: Mapping[str, int], question: Question) -> Drawn:
    """Return noisy figures for `counts` (persons by key, each visitor's day in at most `question.l0` of them).

    Every draw is another one, and each costs the question's share of the budget: only `budget.ask` may call this on
    counts of people. Keys that are public and nobody has are among the figures, like any other; others are not.
    Raises `errors.Broken` when OpenDP's own account of the cost is above the question's.
    """
    sigma = calibrate.scale(question.l0, question.rho)
    if question.keys is not None:
        keys = sorted(set(question.keys))
        noisy = _gaussian(question.l0, question.rho)([counts.get(key, 0) for key in keys])
        cells = dict(zip(keys, noisy, strict=True))
    else:
        # A key that nobody has cannot pass: it must not be told from one that is absent.
        present = {key: count for key, count in counts.items() if count > 0}
        cells = _threshold(question.l0, question.rho, question.delta)(present) if present else {}
    return Drawn(cells, calibrate.error95(sigma))


@lru_cache(maxsize=64)
def _gaussian(l0: int, rho: int) -> Measurement:
    space = vector_domain(atom_domain(T="i64")), l2_distance(T="f64")
    made = make_gaussian(*space, scale=calibrate.scale(l0, rho))
    cost: Callable[[float], float] = made.map
    _require(cost(_root(l0)), 0.0, rho, 0)
    return made


@lru_cache(maxsize=64)
def _threshold(l0: int, rho: int, delta: int) -> Measurement:
    sigma = calibrate.scale(l0, rho)
    space = (
        map_domain(atom_domain(T="String"), atom_domain(T="i64")),
        l02inf_distance(absolute_distance(T="f64")),
    )
    least = calibrate.threshold(l0, sigma, delta)
    made = make_gaussian_threshold(*space, scale=sigma, threshold=least)
    cost: Callable[[tuple[int, float, float]], tuple[float, float]] = made.map
    _require(*cost((l0, _root(l0), 1.0)), rho, delta)
    return made


def _require(cost: float, chance: float, rho: int, delta: int) -> None:
    """Refuse a mechanism that OpenDP says costs more than what was asked for."""
    allowed = Fraction(rho, calibrate.MICRO) * (1 + _ROUNDING)
    if Fraction(cost) > allowed or Fraction(chance) > Fraction(delta, calibrate.TRILLION):
        raise errors.Broken(
            "The noise would cost more than its share of the budget.",
            "Nothing was answered. Please report this with the versions of Uphold and OpenDP.",
        )


def _root(l0: int) -> float:
    """The distance by which one visitor's day moves the counts, rounded up."""
    found = math.sqrt(l0)
    return found if Fraction(found) ** 2 >= l0 else math.nextafter(found, math.inf)

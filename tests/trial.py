# SPDX-License-Identifier: Apache-2.0
"""A mechanism on trial: is its noise as strong as it claims, judged by what it gives out alone? Pure.

It is run many times on each of two truths, and whoever sees one figure guesses which was true. `excess` counts how
much more often the guess is right than the claim allows, by more than chance explains; `digits` looks at the last
digits of noise in floating point, which give the truth away whatever its scale is (Haney et al., arXiv 2207.13793).
"""

import math
from collections.abc import Sequence
from itertools import accumulate

THRESHOLDS = 50
FALSE_ALARM = 1e-7
"""The chance that a mechanism as strong as it claims is found too weak, over all thresholds together."""

_GRID = 2.0**53
_TAIL = 12


def excess(none: Sequence[float], some: Sequence[float], distance: int, scale: float) -> float:
    """Return by how much the noise is weaker than that of the discrete Gaussian at `scale`; above 0 it is caught.

    `none` are figures of a mechanism for a true count of 0, `some` for one of `distance`, equally many. The guess is
    "some" from a threshold on, for 50 thresholds that were fixed before. At each, the claim allows
    P(some) - e^eps P(none) <= delta, where eps is the claimed ratio of likelihoods there and delta follows from it;
    what is found stays within Hoeffding's bound of that, but for `FALSE_ALARM`.
    """
    tail = _Tail(scale)
    slack = math.sqrt(math.log(2 * THRESHOLDS / FALSE_ALARM) / (2 * len(none)))
    first, last = -scale, distance + scale
    found = -math.inf
    for number in range(THRESHOLDS):
        at = math.ceil(first + (last - first) * number / (THRESHOLDS - 1))
        ratio = math.exp((2 * at * distance - distance**2) / (2 * scale**2))
        allowed = tail.from_(at - distance) - ratio * tail.from_(at)
        seen = _share(some, at) - ratio * _share(none, at)
        found = max(found, seen - allowed - slack * (1 + ratio))
    return found


def digits(none: Sequence[float], some: Sequence[float]) -> float:
    """Return which share of figures near 0 tells a true count of 1 from one of 0 by its last digits; 0 is well.

    Near 0 a floating-point number is finer than the steps in which noise was added to 1, so what lies between them
    cannot have come from 1.
    """
    return abs(_on_grid(some) - _on_grid(none))


class _Tail:
    """The chance that the discrete Gaussian of a scale is `at` or more."""

    def __init__(self, scale: float) -> None:
        self._reach = math.ceil(_TAIL * scale) + 1
        weights = [
            math.exp(-(at**2) / (2 * scale**2)) for at in range(-self._reach, self._reach + 1)
        ]
        whole = math.fsum(weights)
        self._from = [part / whole for part in accumulate(reversed(weights))]

    def from_(self, at: int) -> float:
        if at <= -self._reach:
            return 1.0
        return self._from[self._reach - at] if at <= self._reach else 0.0


def _share(figures: Sequence[float], at: int) -> float:
    return sum(figure >= at for figure in figures) / len(figures)


def _on_grid(figures: Sequence[float]) -> float:
    near = [figure for figure in figures if abs(figure) < 0.5]
    return sum((figure * _GRID).is_integer() for figure in near) / len(near) if near else 0.0

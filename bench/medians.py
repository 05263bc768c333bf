# SPDX-License-Identifier: Apache-2.0
"""Medians and ratios. A ratio is taken within a round, where both sides met the same machine."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple


class Spread(NamedTuple):
    """The median of several rounds with the smallest and the largest."""

    median: float
    low: float
    high: float


def spread(values: Sequence[float]) -> Spread:
    """Return median, minimum and maximum; raises ValueError when there is no value."""
    if not values:
        raise ValueError("a median needs at least one value")
    return Spread(median(values), min(values), max(values))


def ratio(over: Sequence[float], under: Sequence[float]) -> Spread:
    """Return the spread of the per-round ratios; both sequences are in the order of the rounds."""
    return spread([one / other for one, other in zip(over, under, strict=True)])

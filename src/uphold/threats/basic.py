# SPDX-License-Identifier: Apache-2.0
"""The basic set of FSTEC Order 21 against the measures that there are: what does each, and what is left open (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from uphold.law import basic
from uphold.law.basic import Measure as Demanded
from uphold.threats.judge import NOTHING, Held, Measured
from uphold.threats.measure import Measure

# Of several measures that do one of the order's, the worst is what can be said of it.
_WORST: Final = (
    *(Held.BROKEN, Held.STALE, Held.OUTDATED, Held.NOT_SHOWN),
    *(Held.KEPT, Held.NOT_APPLICABLE),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of the order. `status` is None where nothing here does it: the operator sees to it in another way."""

    demanded: Demanded
    by: tuple[tuple[str, Held], ...]
    status: Held | None


def lines(
    level: int, measures: Iterable[Measure], states: Mapping[str, Measured]
) -> tuple[Line, ...]:
    """Return the basic set of a level of protection (1 to 4) with what does each of it, and how that stands."""
    doing: dict[str, list[tuple[str, Held]]] = {}
    for one in measures:
        for code in one.order21:
            doing.setdefault(code, []).append((one.id, states.get(one.id, NOTHING).status))
    return tuple(
        _line(demanded, tuple(doing.get(demanded.id, ()))) for demanded in basic.of_level(level)
    )


def worst(states: Iterable[Held]) -> Held | None:
    """Return the worst of several; None of none."""
    return min(states, key=_WORST.index, default=None)


def _line(demanded: Demanded, by: tuple[tuple[str, Held], ...]) -> Line:
    return Line(demanded, by, worst(status for _, status in by))

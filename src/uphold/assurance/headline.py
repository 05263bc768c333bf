# SPDX-License-Identifier: Apache-2.0
"""The figures by which one sees how effective the measures are: evidence, sabotages, detection, alerts, threats."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from uphold.access import staff
from uphold.access.staff import State
from uphold.assurance.evaluated import Looked
from uphold.assurance.evaluation import GOOD
from uphold.detection import tally

DAYS: Final = 30
"""Over so many days alerts are counted."""
_DAY_MS: Final = 86_400_000
_MEDIAN, _NEARLY_ALL = 0.5, 0.95


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures, with what each is of. Lags are ms from an act to its alert, -1 where there was none.

    `alerts` are those about people's work in `DAYS` days, `judged` of them by a person, `false` of those false;
    `people` are on the staff.
    """

    measures: int
    fresh: int
    caught: int
    sabotages: int
    noticed: int
    rules: int
    lag: int
    lag_most: int
    alerts: int
    judged: int
    false: int
    people: int
    threats: tuple[tuple[int, int, int], ...]
    """Open ones: severity, how many, since when the oldest is (unix ms); the worst first."""

    @property
    def per_day(self) -> float:
        """Alerts for each member of staff and day."""
        return self.alerts / max(1, self.people * DAYS)


def of(connection: Connection, looked: Looked, now: int) -> Figures:
    """Return the figures at `now` (unix ms)."""
    seen = looked.seen
    (caught, made), (noticed, rules) = seen.sabotages, seen.rules
    counted = tally.since(connection, now - DAYS * _DAY_MS)
    return Figures(
        measures=len(seen.states),
        fresh=sum(one.status in GOOD for one in seen.states.values()),
        caught=caught,
        sabotages=made,
        noticed=noticed,
        rules=rules,
        lag=counted.lag(_MEDIAN),
        lag_most=counted.lag(_NEARLY_ALL),
        alerts=counted.alerts,
        judged=counted.judged,
        false=counted.false,
        people=sum(one.state is State.ACTIVE for one in staff.accounts(connection)),
        threats=looked.threats,
    )

# SPDX-License-Identifier: Apache-2.0
"""How long answers to requests took, against the terms of the law: for figures, so without who, what or which.

What is told of one request is the day it was answered and in which part of its term. Requests that were taken back
or joined were not answered by the operator, and those of runs of probes are nobody's: none of them counts.
"""

from collections.abc import Iterable
from datetime import date, tzinfo
from typing import Final

from sqlalchemy import Connection

from uphold.database.transaction import Transaction
from uphold.law import clock
from uphold.law.clock import Clock
from uphold.rights import stored

QUARTERS: Final = ("first-quarter", "second-quarter", "third-quarter", "last-quarter")
LATE: Final = "late"
UNTIMED: Final = "no-term"
"""No law gives its kind a term, or it is done at once by the law."""

BUCKETS: Final = (*QUARTERS, LATE, UNTIMED)
"""Every code there is, in the order to show them in."""


def durations(
    reader: Connection | Transaction, since: int, until: int, zone: tzinfo
) -> tuple[tuple[date, str], ...]:
    """List day (in `zone`) and code of each request answered from `since` on and before `until` (unix ms).

    One for each request: fulfilled or refused. In no order that tells which was which.
    """
    return tuple(
        sorted(
            (
                clock.moment(one.request.moved).astimezone(zone).date(),
                bucket(one.request.clocks, one.request.moved),
            )
            for one in stored.answered(reader, since, until)
        )
    )


def bucket(clocks: Iterable[Clock], at: int) -> str:
    """Return the code of an answer at a moment (unix ms), by the clock that ends first (pure).

    A term that was made longer counts as long as it came to be.
    """
    first = clock.earliest(clocks)
    if first is None:
        return UNTIMED
    if first.late(at):
        return LATE
    passed, whole = max(0, at - first.started), first.due - first.started
    return QUARTERS[passed * len(QUARTERS) // whole]

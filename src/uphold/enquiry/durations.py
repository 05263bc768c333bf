# SPDX-License-Identifier: Apache-2.0
"""How long the first answers to enquiries took: for figures, so without who, what or which.

No law gives a message sent through a form a term of its own (what it asks for by right is a request, whose answer
`rights.durations` measures); so the steps are whole days of absolute time. Those of runs of probes do not count.
"""

from datetime import UTC, date, datetime, tzinfo
from typing import Final

from sqlalchemy import Connection, func, select

from uphold.database.transaction import Transaction
from uphold.enquiry.desk import State, enquiry_move
from uphold.submission import record as submissions

_DAY_MS: Final = 24 * 60 * 60 * 1000
_STEPS: Final = (("one-day", 1), ("three-days", 3), ("ten-days", 10), ("thirty-days", 30))
LONGER: Final = "longer"

BUCKETS: Final = (*(code for code, _ in _STEPS), LONGER)
"""Every code there is, in the order to show them in: answered within so long."""


def durations(
    reader: Connection | Transaction, since: int, until: int, zone: tzinfo
) -> tuple[tuple[date, str], ...]:
    """List day (in `zone`) and code of each enquiry first answered from `since` on and before `until` (unix ms).

    In no order that tells which was which.
    """
    moves, people = enquiry_move.c, submissions.people().subquery()
    first = func.min(moves.at)
    answered = (
        select(moves.record, first.label("at"))
        .where(moves.to_state == str(State.ANSWERED))
        .group_by(moves.record)
        .having(first >= since, first < until)
        .subquery()
    )
    query = select(answered.c.at, people.c.received_at).where(people.c.number == answered.c.record)
    return tuple(
        sorted(
            (
                datetime.fromtimestamp(row.at / 1000, UTC).astimezone(zone).date(),
                bucket(row.at - row.received_at),
            )
            for row in reader.execute(query)
        )
    )


def bucket(took: int) -> str:
    """Return the code of an answer that took so many milliseconds (pure)."""
    return next((code for code, days in _STEPS if took < days * _DAY_MS), LONGER)

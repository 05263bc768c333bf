# SPDX-License-Identifier: Apache-2.0
"""Letters about incidents: to the officer while a notice is soon due or late. They say how many, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from uphold.database.transaction import Transaction
from uphold.incident import clock, stored
from uphold.incident.case import Whose
from uphold.incident.clock import Stand
from uphold.mail import notice
from uphold.mail.notice import Kind

HOUR_MS = 3_600_000
SOON_EVERY = 6 * HOUR_MS
LATE_EVERY = 24 * HOUR_MS
"""How often a letter comes: until a day after the term, and then."""


@dataclass(frozen=True, slots=True)
class Count:
    """Notices of open incidents soon due, and late; `is_pressing`: the term of one ended a day ago at most."""

    soon: int
    late: int
    is_pressing: bool = False

    @property
    def all(self) -> int:
        """How many somebody must look at."""
        return self.soon + self.late


def count(
    reader: Connection | Transaction,
    laws: Sequence[str],
    zone: str,
    now: int,
    *,
    whose: Whose = Whose.PEOPLES,
) -> Count:
    """Count the notices of open incidents whose term ends soon or has ended; `now` is unix ms."""
    found = [
        due
        for one in stored.open_(reader, whose)
        for due in clock.dues(one, laws, now, zone)
        if due.stand in {Stand.SOON, Stand.LATE}
    ]
    late = [due for due in found if due.stand is Stand.LATE]
    pressing = any(now < due.due + LATE_EVERY for due in found)
    return Count(len(found) - len(late), len(late), pressing)


def is_due(reader: Connection | Transaction, laws: Sequence[str], zone: str, now: int) -> bool:
    """Whether the officer is to be reminded: nobody was, lately."""
    found = count(reader, laws, zone, now)
    every = SOON_EVERY if found.is_pressing else LATE_EVERY
    return bool(found.all) and now - notice.last(reader, Kind.INCIDENT_DUE) >= every


def remind(tx: Transaction, laws: Sequence[str], zone: str, language: str) -> int | None:
    """Queue a reminder to the officer, if there is need of one; returns its number. Journals notice.queued."""
    if not is_due(tx, laws, zone, tx.now):
        return None
    found = count(tx, laws, zone, tx.now)
    codes = {"soon": found.soon, "late": found.late}
    return notice.queue(tx, Kind.INCIDENT_DUE, record=None, language=language, codes=codes)

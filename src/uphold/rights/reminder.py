# SPDX-License-Identifier: Apache-2.0
"""Letters about requests: to the officer once a day while a term ends, to the person at what they must be told of."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from uphold.database.transaction import Transaction
from uphold.mail import notice
from uphold.mail.notice import Kind
from uphold.rights import stored
from uphold.rights.machine import Step
from uphold.rights.stored import Stored

TOLD = {
    Step.FULFIL: Kind.REQUEST_DONE,
    Step.REFUSE: Kind.REQUEST_REFUSED,
    Step.EXTEND: Kind.REQUEST_EXTENDED,
}
"""Of which steps the person is told by a letter; that a request came in is told too."""


def last(reader: Connection | Transaction) -> int:
    """When the officer was reminded last (unix ms), 0 for never."""
    return notice.last(reader, Kind.DUE_SOON)


def is_due(reader: Connection | Transaction, zone: str, now: int) -> bool:
    """Whether requests wait whose term ends or has ended, and nobody was reminded today (`now` is unix ms).

    A day is one of the operator's time zone, UTC where none is named.
    """
    told = last(reader)
    if told and _day(told, zone) >= _day(now, zone):
        return False
    return bool(stored.soon(reader, now))


def remind(tx: Transaction, zone: str, language: str) -> int | None:
    """Queue the day's reminder to the officer, if there is need of one; returns its number."""
    if not is_due(tx, zone, tx.now):
        return None
    late = len(stored.late(tx, tx.now))
    codes = {"soon": len(stored.soon(tx, tx.now)) - late, "late": late}
    return notice.queue(tx, Kind.DUE_SOON, record=None, language=language, codes=codes)


def tell(tx: Transaction, one: Stored, kind: Kind) -> int | None:
    """Queue a letter to the person about their request; None where no record tells an address."""
    asked = one.intake
    if not asked.records:
        return None
    return notice.queue(
        tx,
        kind,
        record=asked.records[-1],
        language=asked.language,
        codes={"request": one.number},
        exercise=asked.exercise,
    )


def _day(at: int, zone: str) -> str:
    moment = datetime.fromtimestamp(at // 1000, UTC).astimezone(ZoneInfo(zone) if zone else UTC)
    return moment.date().isoformat()

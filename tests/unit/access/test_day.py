# SPDX-License-Identifier: Apache-2.0
"""Days are those of a zone, and what was opened for an export is told as exported alone."""

from sqlalchemy import insert

from tests.office import Office, office, quick_hashing
from uphold.access import day
from uphold.access.day import DAY_MS, HOUR_MS, Day
from uphold.access.export import access_export
from uphold.access.reading import access_reading

__all__ = ["office", "quick_hashing"]
MIDNIGHT = 20_000 * DAY_MS


def read(office: Office, record: int, at: int, staff: int = 7, denied: str | None = None) -> None:
    row = {"record": record, "staff": staff, "purpose": "answer", "denied": denied, "at": at}
    office.run(lambda tx: tx.execute(insert(access_reading).values(**row, entry=0)))


def days(office: Office, after: int = 0, shift: int = 0) -> list[Day]:
    span = (MIDNIGHT - DAY_MS, MIDNIGHT + DAY_MS)
    return list(office.read(lambda c: list(day.days(c, after, *span, shift))))


def test_what_was_opened_is_told_by_day_and_hour(office: Office) -> None:
    read(office, 1, MIDNIGHT - HOUR_MS)
    read(office, 1, MIDNIGHT + HOUR_MS)
    read(office, 1, MIDNIGHT + HOUR_MS + 5)
    read(office, 2, MIDNIGHT + 9 * HOUR_MS)
    read(office, 3, MIDNIGHT + 9 * HOUR_MS, denied="record-held")
    read(office, 4, MIDNIGHT + 9 * HOUR_MS, staff=0)
    read(office, 5, MIDNIGHT + DAY_MS)
    first, second = Day(7, 19_999, 1, 0, {23: 1}), Day(7, 20_000, 2, 0, {1: 2, 9: 1})
    assert days(office) == [first, second]
    # In a zone that is two hours ahead the evening before is that day too.
    assert days(office, shift=2 * HOUR_MS) == [Day(7, 20_000, 2, 0, {1: 1, 3: 2, 11: 1})]
    last = office.read(lambda c: day.last_before(c, MIDNIGHT))
    assert days(office, after=last) == [second]
    assert office.read(lambda c: day.last_before(c, 0)) == 0


def test_what_was_exported_is_told_apart(office: Office) -> None:
    for record in range(5):
        read(office, record, MIDNIGHT + record)
    row = {
        "number": 1,
        "staff": 7,
        "exercise": 0,
        "purpose": "answer",
        "form": "f",
        "format": "csv",
        "reason": "inspection",
        "records": 4,
        "made_at": MIDNIGHT,
        "ends_at": MIDNIGHT + DAY_MS,
        "taken": 1,
        "taken_at": MIDNIGHT,
        "entry": 0,
    }
    office.run(lambda tx: tx.execute(insert(access_export).values(**row)))
    assert days(office) == [Day(7, 20_000, 1, 4, {0: 5})]

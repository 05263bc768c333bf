# SPDX-License-Identifier: Apache-2.0
"""Days are read from what people did, and what is unlike them is told once a day."""

from zoneinfo import ZoneInfo

from sqlalchemy import insert

from tests import cast
from tests.office import Office, office, quick_hashing, sqlite_office
from uphold.access import exercise, signal
from uphold.access.day import DAY_MS, HOUR_MS
from uphold.access.disclosed import access_disclosure
from uphold.access.export import access_export
from uphold.access.permission import Role
from uphold.access.reading import access_reading
from uphold.access.signal import Kind
from uphold.detection.habit import Habits

__all__ = ["office", "quick_hashing", "sqlite_office"]
MOSCOW = ZoneInfo("Europe/Moscow")
# 11 o'clock in Moscow.
TODAY = 1_803_801_600_000 + 8 * HOUR_MS


def read(office: Office, staff: int, at: int, records: int) -> None:
    """Lay down that somebody opened so many records within an hour."""
    rows = [
        {"record": n, "staff": staff, "purpose": "answer", "at": at + n * 1000, "entry": 0}
        for n in range(1, records + 1)
    ]
    office.run(lambda tx: tx.execute(insert(access_reading), rows))


def month(office: Office, staff: int, records: int = 9) -> None:
    for back in range(1, 40):
        read(office, staff, TODAY - back * DAY_MS, records + back % 4)


def looked(office: Office, habits: Habits, now: int) -> list[tuple[int, str]]:
    """Look, and keep what is found as a site does."""
    found = office.read(lambda c: habits.look(c, now))
    office.run(lambda tx: habits.note(tx, found))
    return [(one.staff, str(one.fields["dimension"])) for one in found]


def test_more_than_ever_is_told_once_a_day(office: Office) -> None:
    clerk, other = office.staff(cast.clerk), office.staff(cast.officer)
    for one in (clerk, other):
        month(office, one.staff)
    habits = Habits(MOSCOW)
    assert looked(office, habits, TODAY) == []
    read(office, clerk.staff, TODAY, 70)
    read(office, other.staff, TODAY, 11)
    assert looked(office, habits, TODAY + HOUR_MS) == [(clerk.staff, "records")]
    assert looked(office, habits, TODAY + 2 * HOUR_MS) == []
    (told,) = office.read(lambda c: signal.of_staff(c, Kind.UNUSUAL, clerk.staff, 0))
    assert told.signal.fields["window"] == 30
    assert looked(office, Habits(MOSCOW), TODAY + 3 * HOUR_MS) == []
    read(office, clerk.staff, TODAY + DAY_MS, 80)
    assert looked(office, habits, TODAY + DAY_MS + HOUR_MS) == [(clerk.staff, "records")]


def test_what_exercises_read_is_no_peers_day(sqlite_office: Office) -> None:
    clerk = sqlite_office.staff(cast.clerk)
    month(sqlite_office, clerk.staff)
    for run in range(1, 13):
        drilled = exercise.open_account(sqlite_office.writer, run, Role.CLERK)
        read(sqlite_office, drilled.number, TODAY - run * DAY_MS, 70)
    read(sqlite_office, clerk.staff, TODAY, 70)
    found = sqlite_office.read(lambda c: Habits(MOSCOW).look(c, TODAY + HOUR_MS))
    assert [(one.staff, one.fields["peer"]) for one in found] == [(clerk.staff, False)]


def test_what_an_export_opens_is_no_reading_one_by_one(sqlite_office: Office) -> None:
    officer = sqlite_office.staff(cast.officer)
    month(sqlite_office, officer.staff)
    read(sqlite_office, officer.staff, TODAY, 90)
    row = {
        "number": 1,
        "staff": officer.staff,
        "exercise": 0,
        "purpose": "answer",
        "form": "f",
        "format": "csv",
        "reason": "inspection",
        "records": 80,
        "made_at": TODAY,
        "ends_at": TODAY + DAY_MS,
        "taken": 1,
        "taken_at": TODAY,
        "entry": 0,
    }
    sqlite_office.run(lambda tx: tx.execute(insert(access_export).values(**row)))
    assert looked(sqlite_office, Habits(MOSCOW), TODAY + HOUR_MS) == []


def test_the_night_is_told(sqlite_office: Office) -> None:
    clerk = sqlite_office.staff(cast.clerk)
    month(sqlite_office, clerk.staff)
    night = TODAY + 11 * HOUR_MS
    read(sqlite_office, clerk.staff, night, 8)
    assert looked(sqlite_office, Habits(MOSCOW), night + HOUR_MS) == [(clerk.staff, "hours")]


def test_a_recipient_that_was_given_nothing_before_is_told(sqlite_office: Office) -> None:
    officer = sqlite_office.staff(cast.officer)

    def prepared(number: int, recipient: str, at: int) -> None:
        told = {column.name: 0 for column in access_disclosure.columns if not column.nullable}
        told |= {"number": number, "prepared_at": at, "prepared_by": officer.staff}
        row = {**told, "recipient": recipient}
        sqlite_office.run(lambda tx: tx.execute(insert(access_disclosure).values(**row)))

    prepared(1, "court", TODAY - 20 * DAY_MS)
    prepared(2, "court", TODAY)
    assert looked(sqlite_office, Habits(MOSCOW), TODAY) == []
    prepared(3, "bank", TODAY)
    assert looked(sqlite_office, Habits(MOSCOW), TODAY) == [(officer.staff, "recipient")]

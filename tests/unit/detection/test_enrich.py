# SPDX-License-Identifier: Apache-2.0
"""Beside an entry stands who did it, about which record, when, and what else the site knows of that."""

from dataclasses import replace
from datetime import UTC, date
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from tests import cast, office as offices
from tests.editions import PURPOSE
from tests.office import Office, quick_hashing, sqlite_office
from tests.unit.detection.watching import HOURS
from uphold import egress
from uphold.access import decoy, exercise, hold, reading, session
from uphold.access.gate import Hold
from uphold.access.permission import Role
from uphold.access.session import Attempt
from uphold.assurance import refused
from uphold.database.transaction import Transaction
from uphold.detection.enrich import Enricher, Hours
from uphold.detection.event import Value
from uphold.enquiry import desk
from uphold.journal import entry
from uphold.law import calendar

__all__ = ["quick_hashing", "sqlite_office"]


def events(office: Office, kind: str) -> list[dict[str, Value]]:
    """The events of all entries of a kind."""
    entries = [(index, entry.decode(raw)) for index, raw in enumerate(office.raw())]
    enricher = Enricher(office.ring, HOURS)
    found = office.read(lambda c: enricher.events(c, entries, offices.now()))
    return [one for _, one in sorted(found.items()) if one["kind"] == kind]


def test_a_reading_is_told_with_its_record_and_who_has_it(sqlite_office: Office) -> None:
    office = sqlite_office
    clerk, other = office.staff(cast.clerk), office.staff(cast.officer)
    mine, theirs, nobodys = office.submit(), office.submit(), office.submit()
    office.run(lambda tx: desk.move(tx, office.ring, mine, desk.State.IN_WORK, clerk.staff))
    office.run(lambda tx: desk.move(tx, office.ring, theirs, desk.State.IN_WORK, other.staff))
    attempt = Attempt(cast.clerk.login, cast.clerk.password, offices.SOURCE)
    session.sign_in(office.writer, attempt, key=offices.KEY, now=offices.now())
    until = offices.now() + 60_000
    office.run(
        lambda tx: hold.place(
            tx, office.ring, Hold(None, nobodys, None, until), hold.Reason.DISPUTE
        )
    )
    for record in (mine, theirs, nobodys):
        reading.open_record(office.writer, office.ring, office.question(clerk, record))
    opened = [*events(office, "record.opened"), *events(office, "access.denied")]
    assert [one["record"] for one in opened] == [mine, theirs, nobodys]
    assert [one["assigned"] for one in opened] == [True, False, False]
    assert [one["taken"] for one in opened] == [False, True, False]
    assert [one["marked"] for one in opened] == [False, False, True]
    assert [one["in_work"] for one in opened] == [True, True, False]
    for one in opened:
        assert (one["actor"], one["role"], one["session"]) == (clerk.staff, "clerk", True)
        assert (one["withdrawn"], one["own"], one["of_staff"]) == (False, False, False)
        assert (one["program"], one["in_export"]) == (False, False)
        assert (one["canary"], one["exercise"], one["purpose"]) == (False, False, PURPOSE)
    assert [one["record"] for one in events(office, "enquiry.moved")] == [mine, theirs]


def test_who_has_no_session_is_told(sqlite_office: Office) -> None:
    clerk = sqlite_office.staff(cast.clerk)
    record = sqlite_office.submit()
    reading.open_record(
        sqlite_office.writer, sqlite_office.ring, sqlite_office.question(clerk, record)
    )
    [one] = events(sqlite_office, "record.opened")
    assert one["session"] is False


def test_a_record_that_names_a_colleague_is_told(sqlite_office: Office) -> None:
    office = sqlite_office
    colleague = cast.Staff("worker@uphold.example", "clerk", "a long and quiet password")
    owner, reader = office.staff(colleague), office.staff(cast.clerk)
    record = office.submit(replace(cast.subject, email="Worker@Uphold.example"))
    for actor in (owner, reader):
        reading.open_record(office.writer, office.ring, office.question(actor, record))
    told = [(one["own"], one["of_staff"]) for one in events(office, "record.opened")]
    assert told == [(True, False), (False, True)]


def test_exercises_and_decoys_are_told(sqlite_office: Office) -> None:
    office = sqlite_office
    drilled = exercise.open_account(office.writer, 7, Role.CLERK)
    clerk = office.staff(cast.clerk)
    office.run(
        lambda tx: tx.execute(
            insert(decoy.access_decoy).values(what=decoy.What.STAFF, of=clerk.staff, planted_at=1)
        )
    )
    invited = {one["staff"]: one for one in events(office, "staff.password-set")}
    assert (invited[drilled.number]["exercise"], invited[drilled.number]["exercise_run"]) == (
        True,
        7,
    )
    assert invited[clerk.staff]["exercise"] is False
    assert invited[clerk.staff]["canary"] is True


def test_what_the_site_does_to_an_account_of_an_exercise_is_nobodys_alarm(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    drilled = exercise.open_account(office.writer, 7, Role.AUDITOR).number
    clerk = office.staff(cast.clerk).staff

    def end(tx: Transaction) -> None:
        for staff in (drilled, clerk):
            codes: dict[str, int | str] = {"staff": staff, "by": 0}
            tx.append(entry.encode("staff.factor-removed", tx.now, entry.salt(), codes))

    office.run(end)
    removed = events(office, "staff.factor-removed")
    assert [one["exercise_run"] for one in removed] == [7, 0]


def test_hours_are_those_of_the_zone_and_its_calendar() -> None:
    moscow = Hours(ZoneInfo("Europe/Moscow"), calendar.calendar("ru"), 8, 20)
    # 2026-01-01 is a Thursday and a holiday, 2026-11-23 a Monday.
    assert moscow.fields(millis(date(2026, 1, 1), 9)) == {
        "hour": 12,
        "workday": False,
        "off_hours": True,
    }
    assert moscow.fields(millis(date(2026, 11, 23), 5))["off_hours"] is False
    assert moscow.fields(millis(date(2026, 11, 23), 17)) == {
        "hour": 20,
        "workday": True,
        "off_hours": True,
    }
    # A year without a decree, and none at all.
    assert moscow.fields(millis(date(2093, 1, 1), 9))["workday"] is True
    assert Hours(UTC, None, 8, 20).fields(millis(date(2026, 11, 22), 9))["workday"] is False


def millis(day: date, hour: int) -> int:
    days = (day - date(1970, 1, 1)).days
    return (days * 24 + hour) * 3_600_000


def test_what_only_a_probe_asks_for_is_told(sqlite_office: Office) -> None:
    def note(tx: Transaction) -> None:
        for host, port in (refused.NOWHERE, ("elsewhere.example", 443)):
            refused.note(tx, {(egress.Net.DOOR, "probe", host, port): 1})

    sqlite_office.run(note)
    assert [one["harmless"] for one in events(sqlite_office, "egress.refused")] == [True, False]

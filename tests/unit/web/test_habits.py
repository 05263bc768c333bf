# SPDX-License-Identifier: Apache-2.0
"""A site looks at what is usual for its people while it is served."""

import asyncio

from tests import cast
from tests.office import Office, quick_hashing, sqlite_office
from tests.unit.detection.test_habit import TODAY, month, read
from uphold.access import signal
from uphold.access.day import HOUR_MS
from uphold.access.signal import Kind
from uphold.web.habits import Habit

__all__ = ["quick_hashing", "sqlite_office"]


def test_what_is_unlike_other_days_becomes_a_signal_once(sqlite_office: Office) -> None:
    office = sqlite_office
    clerk = office.staff(cast.clerk)
    month(office, clerk.staff)
    read(office, clerk.staff, TODAY, 80)
    habits = [Habit(office.app), Habit(office.app)]
    for one in habits:
        one.look_now(TODAY + HOUR_MS)
    found = office.read(lambda c: signal.of_staff(c, Kind.UNUSUAL, clerk.staff, 0))
    assert [one.signal.fields["dimension"] for one in found] == ["records"]


def test_a_look_at_nothing_finds_nothing(sqlite_office: Office) -> None:
    asyncio.run(Habit(sqlite_office.app).look())
    assert sqlite_office.read(signal.newest) == 0

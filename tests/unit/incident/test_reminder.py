# SPDX-License-Identifier: Apache-2.0
"""The officer is reminded while a notice is soon due or late, never of what was decided, never of an exercise."""

from tests.incidents import HOUR, LAWS
from tests.office import Office
from uphold.incident import reminder, store
from uphold.incident.case import What, Whose
from uphold.incident.store import Opening
from uphold.mail import notice
from uphold.mail.notice import Kind

RU = LAWS[:1]


def opened(office: Office, hours: int, whose: Whose = Whose.PEOPLES) -> int:
    at = office.run(lambda tx: tx.now) - hours * HOUR
    return office.run(lambda tx: store.open_(tx, office.ring, Opening(at, whose=whose), 2)).number


def test_what_ends_soon_is_counted_until_it_is_decided(sqlite_office: Office) -> None:
    office = sqlite_office
    number = opened(office, 20)
    opened(office, 200, Whose.DRILL)
    now = office.run(lambda tx: tx.now)

    def counted(at: int) -> tuple[int, int]:
        found = office.read(lambda c: reminder.count(c, RU, "", at))
        return found.soon, found.late

    assert counted(now) == (1, 0)
    assert counted(now + 30 * HOUR) == (1, 1)
    why = "Nobody was named anywhere."
    office.run(lambda tx: store.note(tx, office.ring, number, What.BREACHED, "no", why, 2))
    assert counted(now + 30 * HOUR) == (0, 0)


def test_a_closed_one_reminds_nobody_until_it_is_opened_again(sqlite_office: Office) -> None:
    office = sqlite_office
    number = opened(office, 200)
    office.run(lambda tx: store.close(tx, office.ring, number, 2))
    now = office.run(lambda tx: tx.now)
    assert office.read(lambda c: reminder.count(c, RU, "", now)).all == 0
    office.run(lambda tx: store.reopen(tx, office.ring, number, "The authority asks.", 2))
    assert office.read(lambda c: reminder.count(c, RU, "", now)).late == 2


def test_a_letter_comes_once_in_its_time(sqlite_office: Office) -> None:
    office = sqlite_office
    assert office.run(lambda tx: reminder.remind(tx, RU, "", "ru")) is None
    opened(office, 20)
    assert office.run(lambda tx: reminder.remind(tx, RU, "", "ru")) is not None
    assert office.run(lambda tx: reminder.remind(tx, RU, "", "ru")) is None
    last = office.read(lambda c: notice.last(c, Kind.INCIDENT_DUE))
    assert not office.read(lambda c: reminder.is_due(c, RU, "", last + reminder.SOON_EVERY - 1))
    # By then the first term is over, which nobody has been told.
    assert office.read(lambda c: reminder.is_due(c, RU, "", last + reminder.SOON_EVERY))
    months = last + 2000 * HOUR
    assert office.read(lambda c: reminder.is_due(c, RU, "", months))
    assert not office.read(lambda c: reminder.count(c, RU, "", months)).is_pressing

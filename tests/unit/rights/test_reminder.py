# SPDX-License-Identifier: Apache-2.0
"""The officer is reminded once a day, the person told where there is somebody to tell."""

from tests.office import Office
from tests.unit.rights.test_letters import asked
from uphold.mail import outbox
from uphold.mail.notice import Kind
from uphold.mail.outbox import State
from uphold.rights import reminder, request
from uphold.rights.tables import rights_request

DAY = 86_400_000


def remind(office: Office) -> int | None:
    return office.run(lambda tx: reminder.remind(tx, "", "ru"))


def make_due(office: Office, number: int, *, soon: int, due: int) -> None:
    one = rights_request.c.number == number
    office.run(
        lambda tx: tx.execute(rights_request.update().where(one).values(soon_at=soon, due_at=due))
    )


def test_nothing_due_nobody_reminded(sqlite_office: Office) -> None:
    assert remind(sqlite_office) is None
    asked(sqlite_office, sqlite_office.submit())
    assert remind(sqlite_office) is None


def test_once_a_day_with_how_many(office: Office) -> None:
    record = office.submit()
    first, second = asked(office, record), asked(office, office.submit(email="b@b.example"))
    make_due(office, first, soon=1, due=2)
    make_due(office, second, soon=1, due=1 << 50)
    number = remind(office)
    (made,) = (
        one for one in office.read(lambda c: outbox.listed(c, State, 9)) if one.number == number
    )
    assert (made.notice, made.record) == (Kind.DUE_SOON, 0)
    assert made.codes == {"soon": 1, "late": 1}
    assert remind(office) is None
    box = outbox.mail_outbox
    office.run(lambda tx: tx.execute(box.update().values(created_at=tx.now - DAY)))
    assert remind(office) is not None


def test_a_day_is_the_operators(sqlite_office: Office) -> None:
    office = sqlite_office
    make_due(office, asked(office, office.submit()), soon=1, due=2)
    assert remind(office) is not None
    box = outbox.mail_outbox
    # 2026-11-22 22:30 UTC is the 23rd in Moscow already.
    evening = 1_795_386_600_000
    office.run(lambda tx: tx.execute(box.update().values(created_at=evening)))
    night = evening + 2 * 3_600_000

    def due(zone: str) -> bool:
        return office.read(lambda c: reminder.is_due(c, zone, night))

    assert due("")
    assert not due("Europe/Moscow")


def test_the_person_is_told_where_a_record_tells_the_address(sqlite_office: Office) -> None:
    office = sqlite_office
    number = asked(office, office.submit())
    one = office.read(lambda c: request.find(c, number))
    told = office.run(lambda tx: reminder.tell(tx, one, Kind.REQUEST_RECEIVED))
    (made,) = office.read(lambda c: outbox.listed(c, State, 9))
    assert (made.number, made.notice, made.language) == (told, "request-received", "ru")
    assert made.codes == {"request": number}

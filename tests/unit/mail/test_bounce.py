# SPDX-License-Identifier: Apache-2.0
"""What came back is known by its public id, noted once, journaled, and told to the operator."""

from pathlib import Path

import pytest

from tests import cast, office as offices
from tests.office import Office
from tests.unit.mail.test_dsn import ID, POSTFIX
from uphold import errors
from uphold.mail import bounce, delivery, notice, outbox
from uphold.mail.notice import Kind
from uphold.mail.outbox import Item, State
from uphold.vault import identifier


def sent(office: Office, state: State = State.SENT, record: int | None = None) -> int:
    """A notice to a person that has left, as far as the outbox knows."""
    about = office.submit() if record is None else record
    number = office.run(
        lambda tx: notice.queue(
            tx, Kind.WITHDRAWN, record=about or None, language="ru", codes={"purpose": "x"}
        )
    )
    box = outbox.mail_outbox
    office.run(
        lambda tx: tx.execute(
            box.update().where(box.c.number == number).values(state=state, attempts=2, sent_at=1)
        )
    )
    return number


def report(office: Office, number: int) -> bytes:
    public = office.ring.identifiers.encode(identifier.MESSAGE, number)
    return POSTFIX.replace(ID, public).encode()


def item(office: Office, number: int) -> Item:
    return next(
        one for one in office.read(lambda c: outbox.listed(c, State, 100)) if one.number == number
    )


def test_it_is_noted_journaled_and_told(office: Office) -> None:
    number = sent(office)
    found = bounce.take(office.writer, office.ring, report(office, number), "ru")
    assert found is not None
    after = item(office, number)
    assert (after.state, after.reason) == (State.BOUNCED, "mailbox-unknown")
    assert after.bounced_at > 0
    back, told = office.entries()[-2:]
    assert (back.kind, back.codes) == ("mail.bounced", {"attempt": 2, "reason": "mailbox-unknown"})
    assert (told.kind, told.codes) == ("notice.queued", {"notice": "bounced"})
    assert cast.leaks(b"".join(office.raw())) == []
    assert office.read(outbox.stuck) == 1


def test_a_second_report_changes_nothing(sqlite_office: Office) -> None:
    office = sqlite_office
    number = sent(office)
    assert bounce.take(office.writer, office.ring, report(office, number), "ru") is not None
    size = len(office.entries())
    assert bounce.take(office.writer, office.ring, report(office, number), "ru") is None
    assert len(office.entries()) == size


@pytest.mark.parametrize("state", [State.QUEUED, State.FAILED, State.EXERCISE])
def test_what_never_left_cannot_come_back(sqlite_office: Office, state: State) -> None:
    number = sent(sqlite_office, state)
    raw = report(sqlite_office, number)
    assert bounce.take(sqlite_office.writer, sqlite_office.ring, raw, "ru") is None
    assert item(sqlite_office, number).state == state


def test_a_guessed_or_foreign_id_is_nobodys(sqlite_office: Office) -> None:
    office = sqlite_office
    number = sent(office)
    foreign = office.ring.identifiers.encode(identifier.RECEIPT, number)
    for public in (ID, foreign, office.ring.identifiers.encode(identifier.MESSAGE, 1 << 63)):
        raw = POSTFIX.replace(ID, public).encode()
        assert bounce.take(office.writer, office.ring, raw, "ru") is None
    assert item(office, number).state == State.SENT


def test_a_reminder_that_came_back_is_not_told_by_another_letter(sqlite_office: Office) -> None:
    office = sqlite_office
    number = sent(office, record=0)
    assert bounce.take(office.writer, office.ring, report(office, number), "en") is not None
    assert office.kinds()[-1] == "mail.bounced"


def test_a_maildir_is_read_and_each_letter_looked_at_once(
    sqlite_office: Office, tmp_path: Path
) -> None:
    office, folder = sqlite_office, tmp_path / "bounces"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    number = sent(office)
    (folder / "new" / "1.a").write_bytes(report(office, number))
    (folder / "new" / "2.b").write_bytes(b"Subject: lunch\n\nToday?")
    shown: list[bytes] = []
    assert bounce.sweep(office.writer, office.ring, folder, "ru", shown.append) == 1
    assert shown[1] == b"Subject: lunch\n\nToday?"
    assert sorted(path.name for path in (folder / "cur").iterdir()) == ["1.a:2,S", "2.b:2,"]
    assert bounce.sweep(office.writer, office.ring, folder, "ru") == 0
    assert item(office, number).state == State.BOUNCED


def test_a_folder_that_is_no_maildir_is_told(sqlite_office: Office, tmp_path: Path) -> None:
    with pytest.raises(errors.Invalid):
        bounce.sweep(sqlite_office.writer, sqlite_office.ring, tmp_path, "ru")


def test_what_waits_after_a_failure_is_tried_at_once_when_asked(sqlite_office: Office) -> None:
    office = sqlite_office
    number = sent(office, State.QUEUED)
    later = offices.now() + outbox.HOUR
    box = outbox.mail_outbox
    office.run(lambda tx: tx.execute(box.update().values(next_at=later, reason="relay-later")))
    assert office.read(outbox.stuck) == 1
    assert office.run(delivery.retry) == 1
    assert item(office, number).next_at <= offices.now()
    assert office.run(delivery.retry) == 0

# SPDX-License-Identifier: Apache-2.0
"""What waits in the outbox: sealed, counted, and with no word in the clear."""

from dataclasses import replace

import pytest

from tests import cast, office as offices
from tests.editions import PURPOSE
from tests.office import Office
from uphold import errors
from uphold.mail import notice, outbox
from uphold.mail.letter import Letter
from uphold.mail.notice import Kind
from uphold.mail.outbox import Item, State

LETTER = Letter(cast.subject.email, "О доставке", "Zvezdochyot, доставят завтра.")
AUTHOR = 7


def put(office: Office, record: int | None = None, written: Letter = LETTER) -> int:
    number = office.submit() if record is None else record
    return office.run(
        lambda tx: outbox.put(tx, office.ring, number, PURPOSE, AUTHOR, written, language="ru")
    )


def item(office: Office, record: int = 1) -> Item:
    (found,) = office.read(lambda c: outbox.of_record(c, record))
    return found


def test_an_answer_is_sealed_and_queued(office: Office) -> None:
    number = put(office)
    found = item(office)
    assert (found.number, found.record, found.state) == (number, 1, State.QUEUED)
    assert (found.purpose, found.staff, found.attempts) == (PURPOSE, AUTHOR, 0)
    said = office.entries()[-1]
    assert said.kind == "answer.sealed"
    assert said.codes == {"staff": AUTHOR, "purpose": PURPOSE}
    assert len(said.commitments) == 2
    assert office.read(outbox.counts)[State.QUEUED] == 1
    assert office.read(outbox.next_at) == found.created_at
    assert office.read(lambda c: outbox.due(c, offices.now())) == (found,)
    assert office.read(lambda c: outbox.due(c, found.created_at - 1)) == ()


def test_nothing_of_it_is_stored_in_the_clear(sqlite_office: Office) -> None:
    put(sqlite_office)
    stored = sqlite_office.stored()
    assert cast.leaks(stored) == []
    assert "доставке".encode() not in stored


@pytest.mark.parametrize(
    "written",
    [replace(LETTER, to="nobody"), replace(LETTER, text=" "), replace(LETTER, subject="x" * 201)],
)
def test_what_cannot_be_sent_is_not_queued(office: Office, written: Letter) -> None:
    record = office.submit()
    with pytest.raises(errors.Invalid):
        put(office, record, written)
    assert office.read(lambda c: outbox.of_record(c, record)) == ()


def test_notices_and_answers_are_told_apart(sqlite_office: Office) -> None:
    office = sqlite_office
    put(office)
    made = office.run(
        lambda tx: notice.queue(tx, Kind.WITHDRAWN, record=1, language="ru", codes={"purpose": "x"})
    )
    assert item(office).notice == ""
    assert [row.number for row in office.read(lambda c: list(outbox.rows(c)))] == [1]
    assert office.read(outbox.counts)[State.QUEUED] == 2
    (second,) = (one for one in office.read(lambda c: outbox.due(c, offices.now())) if one.notice)
    assert (second.number, second.notice, second.codes) == (made, "withdrawn", {"purpose": "x"})

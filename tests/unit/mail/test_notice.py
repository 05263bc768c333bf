# SPDX-License-Identifier: Apache-2.0
"""A notice waits as a kind and codes, and its address, where it brings one, sealed."""

import pytest

from tests import cast
from tests.office import Office
from uphold.database import walk
from uphold.mail import notice, outbox
from uphold.mail.notice import Kind
from uphold.mail.outbox import Item, State
from uphold.vault import address
from uphold.vault.contact import EMAIL, Contact

PERSON = Contact(EMAIL, cast.subject.email)


def queue(office: Office, kind: Kind, record: int | None = 7, *, exercise: bool = False) -> Item:
    number = office.run(
        lambda tx: notice.queue(
            tx, kind, record=record, language="ru", codes={"request": 3}, exercise=exercise
        )
    )
    return item(office, number)


def item(office: Office, number: int) -> Item:
    found = office.read(lambda c: outbox.listed(c, State, 100))
    return next(one for one in found if one.number == number)


def test_it_is_queued_and_journaled(office: Office) -> None:
    found = queue(office, Kind.REQUEST_DONE)
    assert (found.record, found.part, found.staff, found.purpose) == (7, 0, 0, "")
    assert (found.notice, found.codes, found.state) == (
        "request-done",
        {"request": 3},
        State.QUEUED,
    )
    said = office.entries()[-1]
    assert (said.kind, said.codes) == ("notice.queued", {"notice": "request-done"})
    row = office.read(lambda c: walk.row(c, outbox.mail_outbox, found.number))
    assert row is not None
    assert row.values["entry"] == len(office.entries()) - 1


def test_one_to_the_operator_is_about_no_record(office: Office) -> None:
    assert queue(office, Kind.DUE_SOON, None).record == notice.NOBODY


def test_one_of_an_exercise_never_waits(sqlite_office: Office) -> None:
    found = queue(sqlite_office, Kind.REQUEST_DONE, exercise=True)
    assert found.state == State.EXERCISE
    assert sqlite_office.read(lambda c: outbox.due(c, 1 << 60)) == ()


def test_an_address_is_kept_sealed_for_this_letter_alone(sqlite_office: Office) -> None:
    office = sqlite_office
    one, two = queue(office, Kind.ERASED), queue(office, Kind.ERASED)
    for number in (one.number, two.number):
        office.run(lambda tx, n=number: notice.keep(tx, office.ring, n, PERSON))  # type: ignore[misc] # a default is no other signature
    assert cast.leaks(office.stored()) == []
    first, second = (item(office, n).sealed for n in (one.number, two.number))
    assert len(first) == len(second)
    assert first != second
    assert address.open(office.ring, one.number, first) == PERSON
    assert address.open(office.ring, two.number, first) is None


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_a_code_of_the_journal(sqlite_office: Office, kind: Kind) -> None:
    assert queue(sqlite_office, kind).notice == kind

# SPDX-License-Identifier: Apache-2.0
"""The question after an answer: asked when there is one, answered once, and nothing leads from it to the person."""

from functools import partial

import pytest
from sqlalchemy import select

from tests.office import Office
from uphold import errors
from uphold.enquiry import desk, opinion
from uphold.enquiry.desk import State
from uphold.enquiry.opinion import enquiry_opinion

CLERK = 7


def move(office: Office, record: int, *states: State) -> None:
    for to in states:
        office.run(partial(desk.move, ring=office.ring, record=record, to=to, staff=CLERK))


def asked(office: Office, record: int) -> bool:
    return office.read(lambda c: opinion.is_asked(c, record))


def test_it_is_asked_while_an_answer_stands(office: Office) -> None:
    record = office.submit()
    assert not asked(office, record)
    for to, expected in (
        (State.IN_WORK, False),
        (State.ANSWERED, True),
        (State.IN_WORK, False),
        (State.ANSWERED, True),
        (State.CLOSED, True),
    ):
        move(office, record, to)
        assert asked(office, record) is expected
    closed = office.submit()
    move(office, closed, State.CLOSED)
    assert not asked(office, closed)


def test_it_is_answered_once(office: Office) -> None:
    record = office.submit()
    with pytest.raises(errors.Conflict):
        office.run(lambda tx: opinion.give(tx, record))
    move(office, record, State.IN_WORK, State.ANSWERED)
    assert office.run(lambda tx: opinion.give(tx, record))
    assert not office.run(lambda tx: opinion.give(tx, record))
    assert not asked(office, record)
    assert office.read(lambda c: opinion.is_given(c, record))
    assert office.kinds().count("opinion.given") == 1


def test_what_is_kept_tells_neither_when_nor_what_nor_of_whom(office: Office) -> None:
    record = office.submit()
    move(office, record, State.IN_WORK, State.ANSWERED)
    office.run(lambda tx: opinion.give(tx, record))
    said = office.entries()[-1]
    assert (said.kind, said.codes, said.commitments) == ("opinion.given", {}, ())
    assert enquiry_opinion.c.keys() == ["record"]
    found = office.read(lambda c: list(c.execute(select(enquiry_opinion)).scalars()))
    assert found == [record]


def test_what_probes_left_goes(office: Office) -> None:
    record = office.submit()
    move(office, record, State.IN_WORK, State.ANSWERED)
    office.run(lambda tx: opinion.give(tx, record))
    office.run(lambda tx: opinion.remove(tx, record))
    assert not office.read(lambda c: opinion.is_given(c, record))

# SPDX-License-Identifier: Apache-2.0
"""The glass is broken where the role is all that stands in the way, and every step of it is known."""

import pytest
from sqlalchemy import update

from tests import cast
from tests.editions import PURPOSE
from tests.office import Office
from uphold import errors
from uphold.access import emergency, glass, hold, reading
from uphold.access.emergency import Plea
from uphold.access.gate import Hold, Reason as No
from uphold.access.glass import Glass, Reason
from uphold.access.hold import Reason as HoldReason
from uphold.access.permission import Actor
from uphold.access.reading import Denied, Opened, Question
from uphold.database.transaction import Transaction
from uphold.mail import notice

WORDS = f"{cast.subject.mark}: the caller says that somebody is hurt, and hung up"
PLEA = Plea(Reason.DANGER, WORDS, 60)


@pytest.fixture
def office(sqlite_office: Office) -> Office:
    return sqlite_office


def asked(office: Office, actor: Actor, record: int) -> Question:
    """What the role of a clerk may not read: the technical data."""
    return office.question(actor, record, office.edition.policy.technical)


def begin(office: Office, question: Question, plea: Plea = PLEA) -> int | Denied:
    return office.run(lambda tx: emergency.begin(tx, office.ring, question, plea, language="en"))


def open_(office: Office, question: Question) -> Opened | Denied:
    return reading.open_record(office.writer, office.ring, question)


def found(office: Office, number: int) -> Glass:
    return office.read(lambda connection: glass.find(connection, number))


def test_it_opens_one_record_for_one_purpose_and_each_step_is_journaled(office: Office) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    other = office.submit()
    question = asked(office, clerk, record)
    assert isinstance(open_(office, question), Denied)
    number = begin(office, question)
    assert number == 1
    opened = open_(office, question)
    assert isinstance(opened, Opened)
    assert opened.values["ip"] == "192.0.2.7"
    assert isinstance(open_(office, asked(office, clerk, other)), Denied), "another record"
    evidence = office.question(clerk, record, office.edition.policy.evidence)
    assert isinstance(open_(office, evidence), Denied), "another purpose"
    kinds = [one.kind for one in office.entries()]
    assert kinds[kinds.index("glass.broken") :][:4] == [
        *("glass.broken", "notice.queued", "record.opened", "glass.read"),
    ]
    said = next(one for one in office.entries() if one.kind == "glass.broken")
    technical = office.edition.policy.technical
    assert said.codes["reason"] == "danger"
    assert (said.codes["staff"], said.codes["purpose"]) == (clerk.staff, technical)
    assert said.codes["until"] == found(office, 1).until_at // 1000
    assert found(office, 1).readings == 1


def test_the_words_are_sealed_and_stand_nowhere_else(office: Office) -> None:
    question = asked(office, office.staff(cast.clerk), office.submit())
    begin(office, question)
    marked = cast.subject.mark.encode()
    assert not any(marked in raw for raw in office.raw())
    told = office.read(lambda connection: glass.said(connection, office.ring))
    assert told == {1: WORDS}
    office.run(lambda tx: glass.forget(tx, tx.now + glass.WORDS_MS))
    assert office.read(lambda connection: glass.said(connection, office.ring)) == {}
    assert found(office, 1).reason is Reason.DANGER
    assert cast.subject.mark not in repr(PLEA)


@pytest.mark.parametrize("way", ["by hand", "by time"])
def test_its_end_is_felt_at_once_and_journaled_once(office: Office, way: str) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    question = asked(office, clerk, record)
    begin(office, question)
    if way == "by hand":
        office.run(lambda tx: glass.end(tx, 1, clerk.staff))
        office.run(lambda tx: glass.end(tx, 1, clerk.staff))
    else:
        until = found(office, 1).until_at
        assert office.read(
            lambda c: glass.running(c, clerk.staff, record, question.purpose, until - 1)
        )
        office.run(lambda tx: _age(tx, 1))
        assert isinstance(open_(office, question), Denied), "before its end is noted"
        assert office.read(lambda c: glass.is_over(c, until))
        assert office.run(glass.expire) == 1
        assert office.run(glass.expire) == 0
    assert isinstance(open_(office, question), Denied)
    ended = [one for one in office.entries() if one.kind == "glass.ended"]
    assert [one.codes["staff"] for one in ended] == [clerk.staff if way == "by hand" else 0]


def _age(tx: Transaction, number: int) -> None:
    """Let a glass be as old as it may become."""
    row = glass.access_glass.c
    tx.execute(update(glass.access_glass).where(row.number == number).values(until_at=row.began_at))


def test_nothing_but_the_role_is_passed(office: Office) -> None:
    clerk, record = office.staff(cast.clerk), office.submit()
    question = asked(office, clerk, record)
    begin(office, question)
    held = Hold(None, record, None, hold.UNTIL_LIFTED)
    office.run(lambda tx: hold.place(tx, office.ring, held, HoldReason.INCIDENT))
    refused = open_(office, question)
    assert isinstance(refused, Denied)
    assert refused.reason is No.RECORD_HELD
    again = begin(office, asked(office, office.staff(cast.owner), record))
    assert isinstance(again, Denied), "and it cannot even be broken"
    assert again.reason is No.RECORD_HELD
    auditor = begin(office, office.question(office.staff(cast.auditor), record, PURPOSE))
    assert isinstance(auditor, Denied)
    assert auditor.reason is No.NOT_PERMITTED
    undeclared = begin(office, office.question(clerk, record, "exercise-undeclared"))
    assert isinstance(undeclared, Denied)
    assert undeclared.reason is No.PURPOSE_UNDECLARED


def test_who_may_read_anyhow_and_who_asks_for_too_much_are_told_so(office: Office) -> None:
    clerk = office.staff(cast.clerk)
    with pytest.raises(errors.Conflict, match="role may"):
        begin(office, office.question(clerk, office.submit()))
    for _ in range(glass.MOST):
        begin(office, asked(office, clerk, office.submit()))
    with pytest.raises(errors.Conflict, match="Too many"):
        begin(office, asked(office, clerk, office.submit()))
    with pytest.raises(errors.Conflict, match="already"):
        begin(office, asked(office, clerk, 2))


@pytest.mark.parametrize(
    ("words", "minutes", "fault"),
    [
        ("why", 1, ""),
        ("why", glass.LONGEST_MINUTES, ""),
        ("why", glass.LONGEST_MINUTES + 1, "minutes"),
        ("why", 0, "minutes"),
        (" \n", 60, "words"),
        ("x" * (emergency.LONGEST_WORDS + 1), 60, "words"),
    ],
)
def test_a_plea_says_why_and_for_hours_at_most(words: str, minutes: int, fault: str) -> None:
    assert emergency.fault(Plea(Reason.DEMAND, words, minutes)) == fault


def test_another_looks_at_it_and_never_who_broke_it(office: Office) -> None:
    clerk, owner = office.staff(cast.clerk), office.staff(cast.owner)
    begin(office, asked(office, clerk, office.submit()))
    assert office.read(lambda c: glass.unseen(c, exercise=False)) == 1
    assert office.read(lambda c: glass.unseen(c, exercise=True)) == 0
    with pytest.raises(errors.Conflict):
        office.run(lambda tx: glass.see(tx, 1, clerk.staff))
    office.run(lambda tx: glass.see(tx, 1, owner.staff))
    office.run(lambda tx: glass.see(tx, 1, owner.staff))
    assert office.read(lambda c: glass.unseen(c, exercise=False)) == 0
    assert found(office, 1).seen_by == owner.staff
    assert sum(one.kind == "glass.seen" for one in office.entries()) == 1
    with pytest.raises(errors.Missing):
        office.run(lambda tx: glass.see(tx, 2, owner.staff))


def test_the_operator_is_written_to(office: Office) -> None:
    begin(office, asked(office, office.staff(cast.clerk), office.submit()))
    assert office.read(lambda c: notice.last(c, notice.Kind.GLASS_BROKEN)) > 0

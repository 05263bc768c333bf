# SPDX-License-Identifier: Apache-2.0
"""An answer goes to the address in the record, under the purpose it was read for, or not at all."""

import asyncio
from dataclasses import replace

import pytest

from tests import cast, editions, office as offices, relay as relays
from tests.editions import FORM, PURPOSE
from tests.office import Office
from tests.relay import Box
from uphold import errors
from uphold.access import hold, reading
from uphold.access.gate import Denial, Hold, Reason
from uphold.access.hold import Reason as HoldReason
from uphold.access.permission import Actor, Role
from uphold.access.reading import Denied, Opened, Question
from uphold.consent import ledger, renewal
from uphold.enquiry import desk, reply
from uphold.enquiry.desk import State
from uphold.enquiry.reply import Answered
from uphold.mail import delivery, letter, outbox
from uphold.mail.delivery import Judge, Tally
from uphold.policy.document import Edition

HOUR = 3_600_000


def answer(office: Office, question: Question, text: str = "Доставят завтра.") -> Answered | Denied:
    return reply.answer(office.writer, office.ring, question, "О доставке", text, language="ru")


def asked(office: Office, clerk: Actor | None = None) -> Question:
    return office.question(clerk or office.staff(cast.clerk), office.submit())


def state(office: Office, record: int) -> State:
    return office.read(lambda c: desk.find(c, record)).state


def mailer(office: Office, current: Edition | None = None) -> Judge:
    shelf = office.app.shelf
    return reply.mailer(shelf.edition, lambda: current or shelf.in_force())


def deliver(office: Office, judge: Judge, now: int | None = None) -> tuple[Tally, Box]:
    box = Box()
    at = offices.now() if now is None else now
    with relays.running(box) as port:
        relay = relays.plain(port)
        judges = replace(office.app.judges(), answer=judge)
        tally = asyncio.run(delivery.deliver(office.writer, office.ring, relay, judges, now=at))
    return tally, box


def test_an_answer_is_sealed_queued_and_the_enquiry_answered(office: Office) -> None:
    question = asked(office)
    found = answer(office, question)
    assert isinstance(found, Answered)
    (item,) = office.read(lambda c: outbox.of_record(c, question.record))
    assert (item.number, item.staff, item.language) == (found.number, question.actor.staff, "ru")
    assert state(office, question.record) == State.ANSWERED
    assert office.kinds()[-4:] == [
        "record.opened",
        "answer.sealed",
        "enquiry.moved",
        "enquiry.moved",
    ]
    opened = office.entries()[-4]
    assert opened.codes["fields"] == "email"


def test_it_reaches_the_person(office: Office) -> None:
    question = asked(office)
    answer(office, question)
    tally, box = deliver(office, mailer(office))
    assert tally == Tally(sent=1)
    (arrived,) = box.messages()
    assert arrived["To"] == cast.subject.email
    receipt = office.ring.identifiers.encode(2, question.record)
    assert arrived["Subject"] == f"Ваше обращение {letter.short(receipt)}"
    text = relays.text(arrived).replace("\r\n", "\n")
    assert text == "О доставке\n\nДоставят завтра.\n"


def test_the_next_reading_shows_it(office: Office) -> None:
    question = asked(office)
    answer(office, question)
    seen = reading.open_record(office.writer, office.ring, question)
    assert isinstance(seen, Opened)
    assert [sent.text for sent in seen.answers] == ["Доставят завтра."]


def test_a_second_answer_moves_nothing(office: Office) -> None:
    question = asked(office)
    answer(office, question)
    moves = office.kinds().count("enquiry.moved")
    assert isinstance(answer(office, question, "И ещё."), Answered)
    assert office.kinds().count("enquiry.moved") == moves
    assert len(office.read(lambda c: outbox.of_record(c, question.record))) == 2


@pytest.mark.parametrize("to", [State.CLOSED])
def test_what_is_closed_is_not_answered(office: Office, to: State) -> None:
    question = asked(office)
    office.run(lambda tx: desk.move(tx, office.ring, question.record, to, 1))
    before = office.raw()
    with pytest.raises(errors.Conflict):
        answer(office, question)
    assert office.raw() == before


def test_what_is_set_aside_is_not_answered(office: Office) -> None:
    clerk = office.staff(cast.clerk)
    question = office.question(clerk, office.submit(aside=True))
    with pytest.raises(errors.Conflict):
        answer(office, question)


@pytest.mark.parametrize("text", ["", "  \n", "x" * 100_001])
def test_an_answer_without_words_opens_nothing(office: Office, text: str) -> None:
    question = asked(office)
    before = office.raw()
    with pytest.raises(errors.Invalid):
        answer(office, question, text)
    assert office.raw() == before


def test_without_an_address_there_is_no_answer(office: Office) -> None:
    record = office.submit(message="Zvezdochyot was here")
    question = office.question(office.staff(cast.clerk), record)
    with pytest.raises(errors.Invalid):
        answer(office, question)
    assert state(office, question.record) == State.NEW
    assert office.read(lambda c: outbox.of_record(c, question.record)) == ()


def test_an_address_of_another_purpose_is_not_used(office: Office) -> None:
    owner = office.staff(cast.owner)
    question = office.question(owner, office.submit(), office.edition.policy.technical)
    assert reply.address_field(question) is None
    with pytest.raises(errors.Invalid):
        answer(office, question)


def test_the_address_field_is_the_forms_first_email_field() -> None:
    edition = editions.example()
    question = Question(Actor(1, Role.CLERK), 1, FORM, PURPOSE, edition, edition, False)
    assert reply.address_field(question) == "email"
    gone = replace(question, current=editions.make(without_field="email"))
    assert reply.address_field(gone) is None
    nowhere = replace(question, form="no-such")
    assert reply.address_field(nowhere) is None


def test_a_denial_comes_back_as_a_value(office: Office) -> None:
    question = asked(office)
    until = offices.now() + HOUR
    office.run(
        lambda tx: hold.place(
            tx, office.ring, Hold(None, question.record, None, until), HoldReason.DISPUTE
        )
    )
    found = answer(office, question)
    assert isinstance(found, Denied)
    assert found.reason == Reason.RECORD_HELD
    assert state(office, question.record) == State.NEW


def test_the_gate_is_asked_again_when_it_is_sealed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = asked(office)
    real = reading.open_record

    def withdrawn_meanwhile(*given: object) -> object:
        opened = real(*given)  # type: ignore[arg-type]  # passed on as it came
        monkeypatch.setattr(reading, "judge", lambda *_: Denial(Reason.CONSENT_WITHDRAWN))
        return opened

    monkeypatch.setattr(reading, "open_record", withdrawn_meanwhile)
    found = answer(office, question)
    assert isinstance(found, Denied)
    assert found.reason == Reason.CONSENT_WITHDRAWN
    assert office.kinds()[-1] == "access.denied"
    assert office.read(lambda c: outbox.of_record(c, question.record)) == ()


def test_the_mailer_waits_out_a_hold(office: Office) -> None:
    question = asked(office)
    answer(office, question)
    until = offices.now() + HOUR
    placed = Hold(question.actor.staff, None, None, until)
    number = office.run(lambda tx: hold.place(tx, office.ring, placed, HoldReason.SUSPICION))
    now = offices.now()
    tally, box = deliver(office, mailer(office), now)
    assert tally == Tally(delayed=1)
    assert box.raw == []
    office.run(lambda tx: hold.lift(tx, number))
    tally, box = deliver(office, mailer(office), now + outbox.MINUTE)
    assert tally == Tally(sent=1)


def test_the_mailer_heeds_a_withdrawal(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    question = asked(office)
    answer(office, question)
    monkeypatch.setattr(ledger, "state", lambda *_: {PURPOSE: ledger.WITHDRAWN})
    tally, box = deliver(office, mailer(office))
    assert tally == Tally(failed=1)
    assert box.raw == []
    (item,) = office.read(lambda c: outbox.of_record(c, question.record))
    assert item.reason == "consent-withdrawn"


def test_the_mailer_heeds_a_narrower_edition(office: Office) -> None:
    question = asked(office)
    answer(office, question)
    tally, box = deliver(office, mailer(office, editions.make(roles=("owner",))))
    assert tally == Tally(failed=1)
    assert box.raw == []


@pytest.mark.parametrize(("anew", "tally"), [(False, Tally(failed=1)), (True, Tally(sent=1))])
def test_the_mailer_goes_by_the_edition_that_was_agreed_to_last(
    office: Office, anew: bool, tally: Tally
) -> None:
    """Under the first edition, as it is made here, clerks may not read for the purpose; under the second they may."""
    question = asked(office)
    answer(office, question)
    known = {1: editions.make(roles=("owner",)), 2: replace(office.edition, number=2)}
    if anew:
        given = renewal.consent(renewal.Judge(known[2]), FORM, PURPOSE, "ru", offices.now())
        office.run(lambda tx: ledger.renew(tx, office.ring, question.record, given))
    judge = reply.mailer(known.__getitem__, lambda: known[2])
    found, _ = deliver(office, judge)
    assert found == tally


def test_the_mailer_sends_for_nobody_who_is_not_on_the_staff(office: Office) -> None:
    question = asked(office, Actor(99, Role.CLERK))
    answer(office, question)
    tally, _ = deliver(office, mailer(office))
    assert tally == Tally(failed=1)
    assert office.entries()[-1].codes["reason"] == "not-permitted"


def test_no_personal_data_reach_the_journal(office: Office) -> None:
    question = asked(office)
    answer(office, question, cast.subject.message)
    deliver(office, mailer(office))
    assert cast.leaks(b"".join(office.raw())) == []


def test_nothing_is_stored_in_the_clear(sqlite_office: Office) -> None:
    question = asked(sqlite_office)
    answer(sqlite_office, question, cast.subject.message)
    deliver(sqlite_office, mailer(sqlite_office))
    assert cast.leaks(sqlite_office.stored()) == []

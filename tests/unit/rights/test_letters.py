# SPDX-License-Identifier: Apache-2.0
"""Whom a notice reaches, what it says, and that nothing of it rests in the clear."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from email.message import EmailMessage

import msgspec
import pytest
from sqlalchemy import text

from tests import cast, office as offices, relay as relays
from tests.editions import PURPOSE
from tests.office import Office
from tests.relay import Box
from uphold.config import Settings
from uphold.database.transaction import Transaction
from uphold.mail import delivery, notice, outbox, template
from uphold.mail.delivery import NOTHING_HELD, Refused, Tally
from uphold.mail.notice import Kind
from uphold.mail.outbox import Item, State
from uphold.retention import sweep
from uphold.rights import identity, letters, machine, request
from uphold.rights.machine import Move, Step
from uphold.rights.request import Channel, Identity, Intake
from uphold.submission.record import submission_record
from uphold.vault import pseudonym
from uphold.vault.contact import EMAIL, Contact

PERSON = Contact(EMAIL, cast.subject.email)


def send(office: Office, now: int | None = None) -> tuple[Tally, list[EmailMessage]]:
    box = Box()
    with relays.running(box) as port:
        relay, at = relays.plain(port), now or offices.now()
        judges = office.app.judges()
        tally = asyncio.run(delivery.deliver(office.writer, office.ring, relay, judges, now=at))
    return tally, box.messages()


def queue(
    office: Office,
    kind: Kind,
    record: int | None,
    codes: Mapping[str, str | int],
    language: str = "en",
) -> int:
    return office.run(
        lambda tx: notice.queue(tx, kind, record=record, language=language, codes=codes)
    )


def item(office: Office, number: int) -> Item:
    listed = office.read(lambda c: outbox.listed(c, State, 100))
    return next(one for one in listed if one.number == number)


def ask(office: Office, to: Contact = PERSON, language: str = "ru") -> None:
    now = offices.now()
    office.run(lambda tx: identity.ask_link(tx, office.ring, to, language, now))


def asked(office: Office, record: int, kind: machine.Kind = machine.Kind.ACCESS) -> int:
    """A request of the person that came by post and whose identity was seen."""
    intake = Intake(
        kind=kind,
        records=(record,),
        subject=pseudonym.of_contact(office.ring, PERSON) or "",
        channel=Channel.PAPER,
        identity=Identity.DOCUMENT,
        language="ru",
    )
    laws = (office.edition.policy.profile,)
    made = office.run(lambda tx: request.receive(tx, office.ring, "", laws, intake))
    return made.number


def move(office: Office, number: int, step: Step, **more: str) -> None:
    office.run(
        lambda tx: request.move(tx, office.ring, number, Move(step, tx.now, **more), staff=1)
    )


def mark(tx: Transaction, record: int) -> None:
    """Make a record one of an exercise, which its table allows to nobody."""
    tx.execute(text("DROP TRIGGER submission_record_no_update"))
    mine = submission_record.c.number == record
    tx.execute(submission_record.update().where(mine).values(exercise=4))


def test_a_link_reaches_whoever_asked_and_opens_the_page_once(office: Office) -> None:
    office.submit()
    ask(office)
    tally, (message,) = send(office)
    assert tally == Tally(sent=1)
    assert message["To"] == cast.subject.email
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Precedence"] is None
    assert message["Subject"] == "Ваша ссылка на uphold.example"
    address = r"https://uphold\.example/my/enter\?token=([\w-]{43})"
    found = re.search(address, relays.text(message))
    assert found is not None
    assert f'href="{found[0]}"' in relays.html(message)
    now = offices.now()
    cookie = office.run(lambda tx: identity.enter(tx, office.ring, found[1], now))
    claim = office.read(lambda c: identity.claim(c, office.ring, cookie, now))
    assert claim is not None
    assert claim.contact == PERSON
    # The token is in the letter alone.
    raw = b"".join(office.raw())
    assert found[1].encode() not in raw
    assert cast.leaks(raw) == []
    assert found[1] not in str(message["Subject"])


def test_a_stranger_is_not_written_to_and_leaves_no_row(office: Office) -> None:
    ask(office, Contact(EMAIL, cast.stranger.email))
    assert send(office) == (Tally(), [])
    assert office.read(lambda c: outbox.listed(c, State, 9)) == ()
    assert office.entries()[-1].codes["reason"] == NOTHING_HELD


def test_a_link_that_is_over_before_it_can_leave_is_not_sent(sqlite_office: Office) -> None:
    office = sqlite_office
    office.submit()
    ask(office)
    office.run(lambda tx: tx.execute(identity.rights_link.update().values(expires_at=1)))
    tally, messages = send(office)
    assert (tally, messages) == (Tally(failed=1), [])
    assert office.entries()[-1].codes["reason"] == "link-over"


def test_the_address_is_read_from_the_record_and_the_reading_journaled(office: Office) -> None:
    record = office.submit()
    number = queue(office, Kind.WITHDRAWN, record, {"purpose": PURPOSE})
    tally, (message,) = send(office)
    assert tally == Tally(sent=1)
    assert message["To"] == cast.subject.email
    title = office.edition.policy.purposes[PURPOSE].title["en"]
    assert title in relays.text(message)
    opened, left = office.entries()[-2:]
    assert (opened.kind, opened.codes) == (
        "record.opened",
        {"staff": outbox.MAILER, "purpose": PURPOSE, "fields": "email"},
    )
    assert left.kind == "mail.sent"
    # Nothing of the record but its address is in the letter.
    whole = message.as_bytes() + relays.text(message).encode() + relays.html(message).encode()
    assert cast.subject.message.encode() not in whole
    assert cast.subject.name.encode() not in whole
    assert item(office, number).state == State.SENT


def test_an_erasure_is_told_to_the_address_that_was_kept_for_it(sqlite_office: Office) -> None:
    office = sqlite_office
    record = office.submit()
    number = queue(office, Kind.ERASED, record, {"final": "2027-03-01"}, "ru")
    office.run(lambda tx: notice.keep(tx, office.ring, number, PERSON))
    office.run(lambda tx: sweep.destroy(tx, office.ring, record, sweep.Reason.DISCARDED))
    tally, (message,) = send(office)
    assert tally == Tally(sent=1)
    assert message["To"] == cast.subject.email
    assert "1 марта 2027 г." in relays.text(message)
    assert item(office, number).sealed == b""


def test_without_a_kept_address_what_is_destroyed_cannot_be_told(sqlite_office: Office) -> None:
    office = sqlite_office
    record = office.submit()
    number = queue(office, Kind.ERASED, record, {})
    office.run(lambda tx: sweep.destroy(tx, office.ring, record, sweep.Reason.DISCARDED))
    assert send(office)[0] == Tally(failed=1)
    assert item(office, number).reason == "part-destroyed"


@pytest.mark.parametrize("kind", [Kind.WITHDRAWN, Kind.ERASED, Kind.REQUEST_DONE])
def test_one_about_a_record_of_an_exercise_goes_to_nobody(
    sqlite_office: Office, kind: Kind
) -> None:
    office = sqlite_office
    record = office.submit()
    office.run(lambda tx: mark(tx, record))
    number = queue(office, kind, record, {"request": 1, "purpose": PURPOSE})
    office.run(lambda tx: notice.keep(tx, office.ring, number, PERSON))
    assert send(office) == (Tally(), [])
    assert item(office, number).state == State.EXERCISE


def test_a_request_is_told_of_by_number_kind_and_day(sqlite_office: Office) -> None:
    office = sqlite_office
    record = office.submit()
    number = asked(office, record)
    queue(office, Kind.REQUEST_RECEIVED, record, {"request": number}, "ru")
    _, (message,) = send(office)
    said = relays.text(message)
    assert f"№ {number}: сообщить, какие данные о вас хранятся" in said
    found = office.read(lambda c: request.find(c, number)).request.alarm
    assert found is not None
    assert template.day(found.last_day, "ru") in said
    move(office, number, Step.TAKE)
    ground = machine.grounds(office.read(lambda c: request.find(c, number)).request)[0]
    move(office, number, Step.REFUSE, ground=ground.id)
    queue(office, Kind.REQUEST_REFUSED, record, {"request": number}, "ru")
    _, (message,) = send(office)
    assert ground.title["ru"] in relays.text(message)
    assert str(number) not in str(message["Subject"])


def test_a_request_that_is_gone_is_not_told_of(sqlite_office: Office) -> None:
    number = queue(sqlite_office, Kind.REQUEST_DONE, sqlite_office.submit(), {"request": 77})
    assert send(sqlite_office)[0] == Tally(failed=1)
    assert item(sqlite_office, number).reason == "request-gone"


def test_reminders_go_to_the_officer_and_say_how_many(sqlite_office: Office) -> None:
    office = sqlite_office
    queue(office, Kind.DUE_SOON, None, {"soon": 2, "late": 1})
    _, (message,) = send(office)
    assert message["To"] == office.edition.policy.operator.contact
    assert "soon: 2" in relays.text(message)
    assert "over: 1" in relays.text(message)
    mail = replace_officer(office, "dpo@operator.example")
    assert letters.officer(mail, office.edition) == "dpo@operator.example"


def replace_officer(office: Office, address: str) -> Settings:
    mail = msgspec.structs.replace(office.app.settings.mail, officer=address)
    return msgspec.structs.replace(office.app.settings, mail=mail)


def test_a_kind_that_is_none_is_refused(sqlite_office: Office) -> None:
    made = item(sqlite_office, queue(sqlite_office, Kind.WITHDRAWN, 1, {}))
    tell = sqlite_office.app.judges().notice
    strange = replace(made, notice="stranger")
    refused = sqlite_office.run(lambda tx: tell(tx, strange))
    assert refused == Refused("notice-unknown", lasting=True)


def test_no_row_holds_an_address_or_a_word(sqlite_office: Office) -> None:
    office = sqlite_office
    record = office.submit()
    ask(office)
    number = queue(office, Kind.ERASED, record, {"final": "2027-03-01"})
    office.run(lambda tx: notice.keep(tx, office.ring, number, PERSON))
    assert cast.leaks(office.stored()) == []


def test_retried_letters_have_the_same_identity(sqlite_office: Office) -> None:
    office = sqlite_office
    queue(office, Kind.WITHDRAWN, office.submit(), {"purpose": PURPOSE})
    box = Box(data=["451 later"])
    with relays.running(box) as port:
        for at in (offices.now(), offices.now() + outbox.HOUR):
            judges, relay = office.app.judges(), relays.plain(port)
            asyncio.run(delivery.deliver(office.writer, office.ring, relay, judges, now=at))
    (message,) = box.messages()
    made = item(office, 1)
    assert made.attempts == 2
    public = office.ring.identifiers.encode(5, made.number)
    assert message["Message-ID"] == f"<{public}@example.org>"


def test_an_operators_broken_letter_waits_to_be_mended(sqlite_office: Office) -> None:
    office = sqlite_office
    folder = office.app.settings.path(template.FOLDER)
    folder.mkdir()
    (folder / "withdrawn.en.txt").write_text("Subject: x\n\n{{ nothing }}")
    number = queue(office, Kind.WITHDRAWN, office.submit(), {"purpose": PURPOSE})
    assert send(office)[0] == Tally(delayed=1)
    assert item(office, number).reason == "message-broken"
    (folder / "withdrawn.en.txt").write_text("Subject: x\n\n{{ purpose }}")
    tally, (message,) = send(office, item(office, number).next_at)
    assert tally == Tally(sent=1)
    assert message["Subject"] == "x"

# SPDX-License-Identifier: Apache-2.0
"""Whom a notice reaches, what it says, and that nothing of it rests in the clear."""

import asyncio
import re
from collections.abc import Mapping
from email.message import EmailMessage

from tests import cast, office as offices, relay as relays
from tests.office import Office
from tests.relay import Box
from uphold.mail import delivery, notice, outbox
from uphold.mail.delivery import Tally
from uphold.mail.notice import Kind
from uphold.mail.outbox import Item, State
from uphold.rights import identity
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
    rows = office.read(lambda c: c.execute(outbox.mail_outbox.select()).all())
    return next(outbox.item(row) for row in rows if row.number == number)


def ask(office: Office, who: Contact = PERSON) -> int:
    """Ask for a link; returns the number of its letter."""
    now = offices.now()
    office.run(lambda tx: identity.ask_link(tx, office.ring, who, "ru", now))
    rows = office.read(lambda c: c.execute(outbox.mail_outbox.select()).all())
    return max(int(row.number) for row in rows)


def test_a_link_reaches_whoever_asked_and_opens_the_page_once(office: Office) -> None:
    office.submit()
    number = ask(office)
    tally, (message,) = send(office)
    assert tally == Tally(sent=1)
    assert message["To"] == cast.subject.email
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Precedence"] is None
    assert message["Subject"] == "Ваша ссылка на uphold.example"
    found = re.search(
        r"https://uphold\.example/my/enter\?token=([\w-]{43})\s", relays.text(message)
    )
    assert found is not None
    now = offices.now()
    cookie = office.run(lambda tx: identity.enter(tx, office.ring, found[1], now))
    claim = office.read(lambda c: identity.claim(c, office.ring, cookie, now))
    assert claim is not None
    assert claim.contact == PERSON
    assert item(office, number).state == State.SENT
    # The token is in the letter alone.
    raw = b"".join(office.raw())
    assert found[1].encode() not in raw
    assert cast.leaks(raw) == []
    assert found[1] not in str(message["Subject"])


def test_an_address_that_nothing_names_gets_no_letter_and_as_many_entries(office: Office) -> None:
    office.submit()
    grown = []
    for who in (PERSON, Contact(EMAIL, "nobody@nowhere.example")):
        before = len(office.kinds())
        ask(office, who)
        tally, messages = send(office)
        grown.append((len(office.kinds()) - before, tally.failed, tally.delayed))
        assert tally.sent == len(messages) == (who is PERSON)
    assert grown == [(2, 0, 0)] * 2
    # Nothing of it is left for staff to see, nor to be tried again.
    rows = office.read(lambda c: c.execute(outbox.mail_outbox.select()).all())
    assert [row.state for row in rows] == [State.SENT]

# SPDX-License-Identifier: Apache-2.0
"""The site's own letters, broken."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from sqlalchemy import update

from tests.sabotage.sabotage import Ground, several
from uphold.mail import letter, markup, notice
from uphold.mail.outbox import State, mail_outbox
from uphold.mail.template import Templates
from uphold.rights import identity, letters
from uphold.submission import record as submissions
from uphold.vault import claim


def name_it_in_the_subject(ground: Ground) -> None:
    """The subject says what the letter is about, so that people see it in their list."""

    def named(before: Any, *given: Any) -> Any:
        words, values = before(*given), given[-1]
        told = values.get("purpose") or values.get("number") or ""
        return replace(words, subject=f"{words.subject}: {told}")

    ground.wrap(Templates, "render", named)


def write_to_an_exercise(ground: Ground) -> None:
    """Nobody looks whether a record is of a run of probes."""

    def facts(reader: Any, numbers: Any) -> Any:
        found = submissions.facts(reader, numbers)
        return {number: replace(one, exercise=None) for number, one in found.items()}

    ground.patch.setattr(letters, "submissions", SimpleNamespace(facts=facts))


def say_that_a_person_wrote(ground: Ground) -> None:
    """Letters of the site look as if a person had written them."""

    def unsaid(before: Any, *given: Any) -> Any:
        message = before(*given)
        del message["Auto-Submitted"]
        return message

    ground.wrap(letter, "notice", unsaid)


def see_when_it_is_read(ground: Ground) -> None:
    """An image in each letter tells when it was read."""

    def seen(before: Any, *given: Any, **named: Any) -> Any:
        page = before(*given, **named)
        return page.replace("</body>", '<img src="https://count.example/1.gif" alt=""></body>')

    ground.wrap(markup, "page", seen)


def keep_the_address(ground: Ground) -> None:
    """The row of a letter says to whom it goes, so that support can look it up."""

    def kept(before: Any, tx: Any, ring: Any, contact: Any, *given: Any) -> Any:
        link = before(tx, ring, contact, *given)
        tx.execute(update(mail_outbox).values(reason=contact.text))
        return link

    ground.wrap(identity, "ask_link", kept)


def keep_the_secret(ground: Ground) -> None:
    """The row of a letter holds the secret of its link, made when it was asked for."""

    def kept(before: Any, tx: Any, ring: Any, *given: Any) -> Any:
        link = before(tx, ring, *given)
        one = identity.rights_link.c.number == link
        row = tx.execute(identity.rights_link.select().where(one)).one()
        secret = claim.secret_of(ring, link, row.expires_at)
        tx.execute(update(mail_outbox).values(purpose=secret))
        return link

    ground.wrap(identity, "ask_link", kept)


def write_about_nobody(ground: Ground) -> None:
    """A letter of the site waits that is about no record there is."""
    ground.sql(
        "INSERT INTO mail_outbox (record, part, purpose, staff, language, state, attempts, next_at,"
        " created_at, notice, codes) VALUES (987654321, 0, '', 0, 'en', 'failed', 0, 1, 1,"
        " 'withdrawn', '{}')"
    )


def promise_and_forget(ground: Ground) -> None:
    """That a letter will come is acknowledged, and it waits in memory."""
    waiting: list[Any] = []

    def remembered(*given: Any, **_more: Any) -> int:
        waiting.append(given)
        return 0

    ground.patch.setattr(notice, "queue", remembered)


def take_it_for_sent(ground: Ground) -> None:
    """A letter is noted as sent when it is queued."""

    def sent(before: Any, tx: Any, *given: Any, **named: Any) -> Any:
        number = before(tx, *given, **named)
        one = mail_outbox.c.number == number
        tx.execute(update(mail_outbox).where(one).values(state=State.SENT, sent_at=tx.now))
        return number

    ground.wrap(notice, "queue", sent)


def write_twice(ground: Ground) -> None:
    """Each letter is queued a second time."""

    def twice(before: Any, *given: Any, **named: Any) -> Any:
        before(*given, **named)
        return before(*given, **named)

    ground.wrap(notice, "queue", twice)


SABOTAGES = (
    *several(
        "mail.only-in-reply",
        ("subject", "A letter's subject says what it is about", name_it_in_the_subject),
        ("exercise", "Runs of probes are written to", write_to_an_exercise),
        ("automatic", "Letters do not say that no person wrote them", say_that_a_person_wrote),
        ("pixel", "An image tells when a letter is read", see_when_it_is_read),
        ("address", "The outbox holds the address in the clear", keep_the_address),
        ("secret", "The outbox holds the secret of a link", keep_the_secret),
        ("nobody", "A letter about no record waits", write_about_nobody),
    ),
    *several(
        "mail.outage-loses-nothing",
        ("forgotten", "A promised letter waits in memory", promise_and_forget),
        ("unsent", "A letter is noted as sent when it is queued", take_it_for_sent),
        ("two", "Each letter is queued twice", write_twice),
    ),
)

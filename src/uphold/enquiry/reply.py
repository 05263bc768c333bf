# SPDX-License-Identifier: Apache-2.0
"""Answer an enquiry: to the address in its own sealed part, under the purpose it was opened for.

    read the address (a journaled reading)
    one transaction: gate again, answer sealed, outbox row, enquiry answered, journal

and, for the mailer, whether an answer may still be opened when its turn comes (`mailer`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

from sqlalchemy import Connection

from uphold import errors
from uphold.access import gate, reading, staff
from uphold.access.gate import Asked, Denial, Reason
from uphold.access.reading import Denied, Question
from uphold.consent import ledger, renewal
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.enquiry import desk
from uphold.enquiry.desk import State
from uphold.mail import letter, outbox
from uphold.mail.delivery import Judge, Refused
from uphold.mail.letter import Letter
from uphold.mail.outbox import Item
from uphold.policy.document import Edition
from uphold.submission import record as submissions
from uphold.vault.permit import Permit
from uphold.vault.unlock import KeyRing

EMAIL = "email"

_HELD = frozenset({Reason.STAFF_HELD, Reason.RECORD_HELD, Reason.PURPOSE_HELD, Reason.ALL_HELD})


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that is sealed and queued; `number` is its number in the outbox."""

    number: int


def address_field(question: Question) -> str | None:
    """The field that answers go to: the form's first e-mail field that the purpose may read, or None."""
    readable = gate.fields(question.given, question.current, question.form, question.purpose)
    if question.form not in question.given.forms:
        return None
    declared = question.given.forms[question.form].fields
    return next(
        (field.key for field in declared if field.type == EMAIL and field.key in readable), None
    )


def answer(
    writer: Writer, ring: KeyRing, question: Question, subject: str, text: str, *, language: str
) -> Answered | Denied:
    """Seal an answer and queue it; durable on return, whatever the mail does. Blocks for the commits.

    `question.fields` is not looked at; `language` is the enquiry's. A new enquiry is taken into work on the
    way. Raises `errors.Invalid` for an answer that cannot be sent (empty, too long, no address),
    `errors.Conflict` when the enquiry is set aside, closed or discarded.
    """
    letter.check_words(subject, text)
    field = address_field(question)
    if field is None:
        raise _no_address()
    writer.run(lambda tx: _answerable(tx, question.record))
    opened = reading.open_record(writer, ring, replace(question, fields=frozenset({field})))
    if isinstance(opened, Denied):
        return opened
    if not opened.values.get(field):
        raise _no_address()
    written = Letter(str(opened.values[field]), subject, text)
    letter.check(written)
    return writer.run(lambda tx: _store(tx, ring, question, written, language))


def mailer(edition: Callable[[int], Edition], in_force: Callable[[], Edition]) -> Judge:
    """Make the judge of answers for `mail.delivery`: the gate, asked for whoever wrote the answer.

    `edition(number)` gives a published edition, `in_force()` the one in force. What is held waits for its
    next turn; any other no is final: the answer stays sealed and shows as failed.
    """

    def judge(tx: Transaction, item: Item) -> Permit | Refused:
        actor = staff.actor(tx, item.staff)
        facts = submissions.facts(cast(Connection, tx), [item.record]).get(item.record)
        if actor is None or facts is None:
            return Refused(str(Reason.NOT_PERMITTED), lasting=True)
        exercise = facts.is_exercise
        asked = Asked(actor, item.record, facts.form, item.purpose, letter.FIELDS, tx.now, exercise)
        governing = renewal.governing(ledger.acts(tx, item.record))
        given = edition(governing.get(item.purpose, facts.edition))
        verdict = reading.judge(tx, asked, given, in_force())
        if isinstance(verdict, Denial):
            return Refused(str(verdict.reason), lasting=verdict.reason not in _HELD)
        if exercise:
            # Its state keeps it from the mailer; whoever changed that by hand gets no further.
            return Refused(str(Reason.EXERCISE), lasting=True)
        return verdict

    return judge


def _answerable(tx: Transaction, record: int) -> State:
    state = desk.find(tx, record).state
    if state not in (State.NEW, State.IN_WORK, State.ANSWERED):
        raise errors.Conflict(
            f"An enquiry that is {state} cannot be answered.", "Release or reopen it first."
        )
    return state


def _store(
    tx: Transaction, ring: KeyRing, question: Question, written: Letter, language: str
) -> Answered | Denied:
    """Ask the gate again: between reading the address and this moment, consent may have been withdrawn."""
    actor, record, purpose = question.actor, question.record, question.purpose
    exercise = question.exercise
    asked = Asked(actor, record, question.form, purpose, letter.FIELDS, tx.now, exercise)
    verdict = reading.judge(tx, asked, question.given, question.current)
    if isinstance(verdict, Denial):
        return reading.deny(tx, ring, actor, record, purpose, verdict)
    state = _answerable(tx, record)
    number = outbox.put(
        tx, ring, record, purpose, actor.staff, written, language, exercise=exercise
    )
    if state == State.NEW:
        desk.move(tx, ring, record, State.IN_WORK, actor.staff)
    if state != State.ANSWERED:
        desk.move(tx, ring, record, State.ANSWERED, actor.staff)
    return Answered(number)


def _no_address() -> errors.Invalid:
    return errors.Invalid(
        "The enquiry has no e-mail address that an answer may go to.",
        "Answer in another way, and move the enquiry by hand.",
    )

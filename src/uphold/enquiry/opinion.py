# SPDX-License-Identifier: Apache-2.0
"""What people think of the answer: asked once of each answered enquiry, and kept apart from who was asked.

Here stands that somebody answered the question: the record's number and no more, so that nobody is asked twice. The
journal says that a question was answered, and neither by whom nor what. What was said becomes an event of nobody's
(`visits.depersonalise`), with the hour. Nothing in the product leads from one of the three to another.

Limits: the three are written together, so whoever can watch the storage at that moment sees them together.
"""

from enum import StrEnum

from sqlalchemy import Column, Connection, Table, delete, insert, select

from uphold import errors
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.enquiry import desk
from uphold.journal import entry

KIND = "opinion"
"""The kind of the event."""

enquiry_opinion = Table(
    "enquiry_opinion",
    metadata,
    # When it was given would lead from the record to the entry and on to the event: it is not kept.
    Column("record", Number, primary_key=True, autoincrement=False),
)


class Opinion(StrEnum):
    """What can be answered: did the answer help?"""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


def is_asked(reader: Connection | Transaction, record: int) -> bool:
    """Whether the person is to be asked: there is an answer that stands, and they have said nothing of it yet."""
    found = desk.happened(reader, [record]).get(record)
    return found is not None and found.answered is not None and not is_given(reader, record)


def is_given(reader: Connection | Transaction, record: int) -> bool:
    """Whether they have answered the question."""
    mine = enquiry_opinion.c.record == record
    return reader.execute(select(enquiry_opinion).where(mine)).first() is not None


def give(tx: Transaction, record: int) -> bool:
    """Note that they answered; journals opinion.given. False when they had already, and nothing is left to do.

    Raises `errors.Conflict` where no answer stands.
    """
    if is_given(tx, record):
        return False
    if not is_asked(tx, record):
        raise errors.Conflict("There is no answer yet.", "Come back when you have one.")
    tx.execute(insert(enquiry_opinion).values(record=record))
    tx.append(entry.encode("opinion.given", tx.now, entry.salt(), {}))
    return True


def remove(tx: Transaction, record: int) -> None:
    """Take away what a run of probes left here."""
    tx.execute(delete(enquiry_opinion).where(enquiry_opinion.c.record == record))

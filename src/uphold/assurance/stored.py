# SPDX-License-Identifier: Apache-2.0
"""What a post left behind in the database, asked by the token of its form; read-only."""

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection, func, select

from uphold.consent.ledger import ACTS_BITS, consent_event
from uphold.submission import token
from uphold.submission.record import submission_record
from uphold.vault.unlock import KeyRing


class Looks(Protocol):
    """As much of a scene as is needed here."""

    @property
    def ring(self) -> KeyRing:
        """The key ring, under which tokens are signed."""

    def read(self) -> AbstractContextManager[Connection]:
        """Give a read-only connection."""


def state(scene: Looks, text: str) -> str:
    """Say in which state the submission of a token was stored, "" if there is none."""
    shown = token.read(scene.ring.token_key, text)
    if shown is None:
        return ""
    query = select(submission_record.c.state).where(submission_record.c.nonce == shown.nonce)
    with scene.read() as connection:
        return connection.execute(query).scalar() or ""


def last_consent(connection: Connection) -> int:
    """Return the number of the newest act of consent, 0 without any."""
    return connection.execute(select(func.max(consent_event.c.number))).scalar() or 0


def stray_consents(connection: Connection, after: int) -> int:
    """Count the consents above a number that belong to no submission: nobody can have ticked a box for them."""
    query = select(consent_event.c.number).where(consent_event.c.number > after)
    records = {number >> ACTS_BITS for number in connection.execute(query).scalars()}
    known = select(submission_record.c.number).where(submission_record.c.number.in_(records))
    return len(records - set(connection.execute(known).scalars())) if records else 0

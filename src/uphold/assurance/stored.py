# SPDX-License-Identifier: Apache-2.0
"""What a post left behind in the database, asked by the token of its form; read-only."""

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection

from uphold.consent import ledger
from uphold.submission import record, token
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
    with scene.read() as connection:
        found = record.of_nonce(connection, shown.nonce)
        if found is None:
            return ""
        return record.facts(connection, [found.number])[found.number].state


def last_consent(connection: Connection) -> int:
    """Return the number of the newest act of consent, 0 without any."""
    return ledger.last(connection)


def stray_consents(connection: Connection, after: int) -> int:
    """Count the consents above a number that belong to no submission: nobody can have ticked a box for them."""
    records = ledger.records_after(connection, after)
    return len(records - record.facts(connection, records).keys())

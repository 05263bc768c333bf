# SPDX-License-Identifier: Apache-2.0
"""Withdraw a consent in one step: the act in the ledger, and the sweep told, in one transaction.

From that transaction on the gate refuses every reading for the purpose, and what is sealed for it is destroyed
within the term that the policy gives after a withdrawal. No reason is asked, and nobody is to be asked first.
What it will mean is told before: `meaning`.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from uphold.consent import ledger
from uphold.database.transaction import Transaction
from uphold.mail import outbox
from uphold.retention import due, ends, orders
from uphold.retention.ends import Rules
from uphold.vault.unlock import KeyRing


@dataclass(frozen=True, slots=True)
class Meaning:
    """What comes of withdrawing a consent now. Times are unix ms.

    `ends_at` is when the last of what is sealed for the purpose is destroyed, None where no rule says when;
    `is_left` whether anything is left of it, `is_barred` whether a preservation order keeps it all the same.
    `waiting` counts answers that are written and will not be sent. `evidence_at` is when the proof of consent
    ends, None where none is kept.
    """

    purpose: str
    is_left: bool
    ends_at: int | None
    is_barred: bool
    waiting: int
    evidence_at: int | None


def meaning(connection: Connection, rules: Rules, record: int, purpose: str, at: int) -> Meaning:
    """Say what withdrawing would mean at a moment (unix ms), or what a withdrawal has meant."""
    parts = ends.if_withdrawn(connection, rules, record, purpose, at)
    evidence = rules.current.policy.evidence
    barred = orders.barring(orders.in_force(connection, at), record, purpose, at)
    sent = (outbox.State.SENT, outbox.State.EXPORTED)
    letters = outbox.of_record(connection, record)
    return Meaning(
        purpose=purpose,
        is_left=any(part.purpose == purpose for part in parts),
        ends_at=_last_end(parts, purpose),
        is_barred=bool(barred),
        waiting=sum(one.purpose == purpose and one.state not in sent for one in letters),
        evidence_at=_last_end(parts, evidence),
    )


def withdraw(
    tx: Transaction,
    ring: KeyRing,
    record: int,
    purpose: str,
    *,
    by: str = ledger.RECEIPT,
    request: int = 0,
) -> int:
    """Withdraw the consent for a purpose of a record; returns the index of its entry in the journal.

    Withdrawn already is withdrawn: nothing is added. `by` is one of `ledger.WAYS`, `request` the number of the
    request that it fulfils. Raises `errors.Missing` where no such consent was given.
    """
    index = ledger.withdraw(tx, ring, record, purpose, by=by, request=request)
    due.note(tx, record)
    return index


def _last_end(parts: tuple[ends.Part, ...], purpose: str) -> int | None:
    found = [part.end for part in parts if part.purpose == purpose]
    known = [end.at for end in found if end is not None]
    # One part without an end of its own lasts longer than all that have one.
    return max(known) if known and len(known) == len(found) else None

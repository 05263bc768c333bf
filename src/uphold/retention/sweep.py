# SPDX-License-Identifier: Apache-2.0
"""The one door through which sealed data are destroyed."""

from enum import StrEnum

from uphold.database.transaction import Transaction
from uphold.retention import orders
from uphold.vault import records, remains
from uphold.vault.unlock import KeyRing


class Reason(StrEnum):
    """Why a part was destroyed, as it stands in the journal."""

    DISCARDED = "discarded"
    EXERCISE = "exercise"


def destroy(tx: Transaction, ring: KeyRing, record: int, reason: Reason) -> list[int]:
    """Destroy every part of a record with its keys; returns the parts' numbers. Journals part.destroyed for each.

    What is gone already is passed over, so asking twice destroys nothing twice. Raises `errors.Conflict`
    where a preservation order keeps one of the parts; none keeps what a run of probes sent.
    """
    if reason is not Reason.EXERCISE:
        orders.refuse(tx, record, {purpose for _, purpose in remains.live(tx, record)})
    return records.destroy(tx, ring, record, None, reason)

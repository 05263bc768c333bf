# SPDX-License-Identifier: Apache-2.0
"""Withdraw a consent in one step: the act in the ledger, and the sweep told, in one transaction.

From that transaction on the gate refuses every reading for the purpose, and what is sealed for it is destroyed
within the term that the policy gives after a withdrawal. No reason is asked, and nobody is to be asked first.
"""

from uphold.consent import ledger
from uphold.database.transaction import Transaction
from uphold.retention import due
from uphold.vault.unlock import KeyRing


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

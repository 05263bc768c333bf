# SPDX-License-Identifier: Apache-2.0
"""Take a consent anew from whoever holds the receipt, on the wording of the edition in force.

A new act in the ledger, journaled as any consent in the same transaction; the earlier one stays as it was.
From then on the new edition governs that purpose of the record, and no other.
"""

from collections.abc import Collection

from uphold.consent import ledger, renewal
from uphold.consent.renewal import Due, Editions, Judge
from uphold.database.transaction import Transaction
from uphold.submission.record import Facts
from uphold.vault import remains
from uphold.vault.unlock import KeyRing


def due(tx: Transaction, judge: Judge, facts: Facts, editions: Editions) -> tuple[Due, ...]:
    """What the subject of a record may agree to at this moment: what they are asked anew, what they withdrew."""
    live = frozenset(purpose for _, purpose in remains.live(tx, facts.number))
    acts = ledger.acts(tx, facts.number)
    kept = editions(facts.edition)
    asked = renewal.due(judge, facts.form, kept, acts, live, editions)
    return (*asked, *renewal.again(judge, facts.form, acts, live))


def take(
    tx: Transaction,
    ring: KeyRing,
    judge: Judge,
    facts: Facts,
    editions: Editions,
    ticked: Collection[str],
    language: str,
) -> tuple[str, ...]:
    """Store a consent for each ticked purpose that is due, in the language it was read in; returns them.

    What is not due (any more) is passed over, so the same post taken twice stores one consent.
    """
    taken = []
    for one in due(tx, judge, facts, editions):
        if one.purpose in ticked:
            given = renewal.consent(judge, facts.form, one.purpose, language, tx.now)
            ledger.renew(tx, ring, facts.number, given)
            taken.append(one.purpose)
    return tuple(taken)

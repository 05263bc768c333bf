# SPDX-License-Identifier: Apache-2.0
"""What holds data beside the vault, and ends by itself: each room forgets its own, and here they are asked.

The sweep asks, every hour. When each store ends is told in `assurance/inventory.toml`, and a probe looks whether
it has. What has its end in the policy (parts, and acts of their destruction) is the sweep's own.
"""

from uphold.access import disclosure, export, glass, repeat, restraint, session, signal, staff
from uphold.database.transaction import Transaction
from uphold.mail import outbox
from uphold.rights import identity, stored


def forget(tx: Transaction) -> None:
    """End sessions, sign-ins, signals, bound sources, invitations, keys of acts, papers, links, addresses, numbers."""
    session.forget(tx, tx.now)
    staff.forget(tx, tx.now)
    glass.forget(tx, tx.now)
    repeat.forget(tx, tx.now)
    signal.forget(tx, tx.now)
    restraint.forget(tx, tx.now)
    export.forget(tx, tx.now)
    disclosure.forget(tx, tx.now)
    outbox.forget(tx, tx.now)
    identity.forget(tx, tx.now)
    stored.forget(tx, tx.now)

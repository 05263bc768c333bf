# SPDX-License-Identifier: Apache-2.0
"""After a restore nobody knows what had left meanwhile, so a person decides about each message that waited."""

from sqlalchemy import update

from uphold.database.transaction import Transaction
from uphold.mail.outbox import State, mail_outbox

RESTORED = "restored"
"""The reason that such a message bears: it may have been sent before the restore."""


def hold(tx: Transaction) -> int:
    """Keep every waiting message from being sent by itself; returns how many those were."""
    waiting = mail_outbox.c.state == State.QUEUED
    held = update(mail_outbox).where(waiting).values(state=State.FAILED, reason=RESTORED)
    return int(tx.execute(held).rowcount)

# SPDX-License-Identifier: Apache-2.0
"""Letters that the site writes by itself: queued as a kind and codes, put into words only when they are sent.

A notice waits in the outbox with every answer and leaves the same way (`mail.delivery`). Its row holds no word
and no address: the address is found when its turn comes, in the record that it is about, by a reading that is
journaled first. Where no record will hold it any more, as after an erasure, `keep` seals it with the notice.
"""

import json
from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import Connection, func, insert, select, update

from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.mail.outbox import State, mail_outbox
from uphold.vault import address
from uphold.vault.contact import Contact
from uphold.vault.unlock import KeyRing

NOBODY = 0
"""The record of a notice that goes to the operator."""


class Kind(StrEnum):
    """What the site writes about, and the codes that each takes. Those to the operator have no record."""

    MY_LINK = "my-link"  # link
    REQUEST_RECEIVED = "request-received"  # request
    REQUEST_DONE = "request-done"  # request
    REQUEST_REFUSED = "request-refused"  # request
    REQUEST_EXTENDED = "request-extended"  # request
    WITHDRAWN = "withdrawn"  # purpose
    ERASED = "erased"  # final: a day such as 2026-03-01
    DUE_SOON = "due-soon"  # soon, late: how many requests
    BOUNCED = "bounced"  # message: the number of what came back
    GLASS_BROKEN = "glass-broken"  # glass: its number
    INCIDENT_DUE = "incident-due"  # soon, late: how many notices of incidents


def queue(
    tx: Transaction,
    kind: Kind,
    *,
    record: int | None,
    language: str,
    codes: Mapping[str, str | int],
    exercise: bool = False,
) -> int:
    """Queue a notice to the person of a record (None: to the operator); returns its number in the outbox.

    `codes` are ids, numbers and days, never words of a person. One of an exercise never leaves, whether the
    caller says so or the mailer finds out. Journals notice.queued.
    """
    index = tx.append(entry.encode("notice.queued", tx.now, entry.salt(), {"notice": str(kind)}))
    made = tx.execute(
        insert(mail_outbox)
        .values(
            record=NOBODY if record is None else record,
            part=0,
            purpose="",
            staff=0,
            language=language,
            state=State.EXERCISE if exercise else State.QUEUED,
            attempts=0,
            next_at=tx.now,
            created_at=tx.now,
            notice=str(kind),
            codes=json.dumps(dict(codes), sort_keys=True),
            entry=index,
        )
        .returning(mail_outbox.c.number)
    )
    return int(made.scalar_one())


def last(reader: Connection | Transaction, kind: Kind) -> int:
    """When a notice of a kind was queued last (unix ms), 0 for never."""
    box = mail_outbox.c
    found = reader.execute(select(func.max(box.created_at)).where(box.notice == str(kind))).scalar()
    return int(found or 0)


def keep(tx: Transaction, ring: KeyRing, number: int, to: Contact) -> None:
    """Seal an address with a queued notice, until it has left: its record will not hold it any more."""
    sealed = address.seal(ring, number, to)
    tx.execute(update(mail_outbox).where(mail_outbox.c.number == number).values(sealed=sealed))

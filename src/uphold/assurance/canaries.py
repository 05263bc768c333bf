# SPDX-License-Identifier: Apache-2.0
"""Addresses of exports that come back to the site: looked for in what people send and in mail; somebody must look.

look(writer, ring, texts, place)     journal canary.seen and raise an alert, where one is named
texts_of(raw)                        what a mail says, its parts decoded
"""

import email
import email.policy
from collections.abc import Iterable

from uphold.access import canary
from uphold.access.canary import Place
from uphold.assurance import alert
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.vault.unlock import KeyRing

PROMISE = "export.marked-and-ended"
ALERT = f"{PROMISE}.seen-again"


def look(writer: Writer, ring: KeyRing, texts: Iterable[str], place: Place) -> int:
    """Note every canary that these texts name; returns how many were not known from there yet.

    Where none is named nothing is asked of the database. Blocks for the commit where one is.
    """
    named = canary.named(ring, texts)
    return writer.run(lambda tx: note(tx, named, place)) if named else 0


def note(tx: Transaction, numbers: Iterable[int], place: Place) -> int:
    """Note canaries of these exports and raise one alert; that of an exercise's own export alarms nobody."""
    noted = [made for number in sorted(numbers) if (made := canary.note(tx, number, place))]
    if not all(made.exercise for made in noted):
        alert.raise_seen(tx, ALERT, PROMISE)
    return len(noted)


def texts_of(raw: bytes) -> list[str]:
    """Return what a mail says: its bytes as they came, and each part of words decoded. Never raises."""
    texts = [raw.decode("utf-8", "replace")]
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    for part in message.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            texts.append(content.decode("utf-8", "replace"))
    return texts

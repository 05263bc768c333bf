# SPDX-License-Identifier: Apache-2.0
"""Messages that came back: noted at the message, journaled, told to the operator.

A report comes by `uphold mail bounced` from a pipe, or lies in the Maildir that `[mail] bounces` names. Only a
message that was sent can come back, and once.
"""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select, update

from uphold import errors
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.mail import delivery, dsn, notice, outbox
from uphold.mail.dsn import Report
from uphold.mail.notice import NOBODY, Kind
from uphold.mail.outbox import Item, State, mail_outbox
from uphold.vault import identifier
from uphold.vault.unlock import KeyRing

TOGETHER = 100
"""So many reports are read from the Maildir in one round."""

_LEFT = frozenset({State.SENT, State.EXPORTED})


def take(writer: Writer, ring: KeyRing, raw: bytes, language: str) -> Item | None:
    """Read a report and note that its message came back; None when it speaks of none that was sent.

    `language` is that of the notice to the operator. Blocks for the commit.
    """
    report = dsn.read(raw)
    return None if report is None else writer.run(lambda tx: note(tx, ring, report, language))


def note(tx: Transaction, ring: KeyRing, report: Report, language: str) -> Item | None:
    """Note a message as come back. Journals mail.bounced; queues a notice unless it was one to the operator."""
    item = _named(tx, ring, report)
    if item is None:
        return None
    delivery.journal(
        tx, ring, "mail.bounced", item, {"attempt": item.attempts, "reason": str(report.reason)}
    )
    tx.execute(
        update(mail_outbox)
        .where(mail_outbox.c.number == item.number)
        .values(state=State.BOUNCED, reason=str(report.reason), bounced_at=tx.now)
    )
    if item.record != NOBODY:
        codes = {"message": item.number}
        notice.queue(tx, Kind.BOUNCED, record=None, language=language, codes=codes)
    return item


def sweep(
    writer: Writer,
    ring: KeyRing,
    folder: Path,
    language: str,
    look: Callable[[bytes], object] = len,
) -> int:
    """Read what is new in a Maildir, and mark it as looked at; returns how many messages came back.

    What is no report about a message of ours is left for people; `look` is shown each mail. Raises
    `errors.Invalid` when the folder is no Maildir that may be written to.
    """
    noted = 0
    try:
        for path in sorted((folder / "new").iterdir())[:TOGETHER]:
            with path.open("rb") as file:
                raw = file.read(dsn.LARGEST)
            found = take(writer, ring, raw, language)
            look(raw)
            noted += found is not None
            # Maildir's own way: what was looked at goes to cur/, with S for what needs no more looking.
            path.rename(folder / "cur" / f"{path.name}:2,{'' if found is None else 'S'}")
    except OSError as error:
        raise errors.Invalid(
            f"The folder that [mail] bounces names cannot be read ({error.strerror}).",
            "Name a Maildir, with new/ and cur/ in it, that Uphold may write to.",
        ) from None
    return noted


def _named(tx: Transaction, ring: KeyRing, report: Report) -> Item | None:
    for public in report.messages:
        number = ring.identifiers.decode(identifier.MESSAGE, public)
        if number is None or number >= 1 << 63:
            continue
        row = tx.execute(select(mail_outbox).where(mail_outbox.c.number == number)).first()
        if row is not None and row.state in _LEFT:
            return outbox.item(row)
    return None

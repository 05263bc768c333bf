# SPDX-License-Identifier: Apache-2.0
"""Messages leave: every one that waits in the outbox, an answer or a notice, is sent or exported here.

Sending is a reading, so it keeps the order of every reading: decide, journal, commit, then open. A crash
between the relay's yes and our note of it sends the message again after the lease, with the same
`Message-ID` and `Date`, by which receivers recognise it; nothing can be lost. Without a relay everything
waits until `export`. Who may send is not decided here: the caller gives `Judges`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, update

from uphold import errors
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry
from uphold.mail import letter, outbox, send, spool
from uphold.mail.letter import Envelope, Words
from uphold.mail.notice import NOBODY
from uphold.mail.outbox import LEASE, MAILER, Codes, Item, State, mail_outbox
from uphold.mail.send import Failure, Relay, Trouble
from uphold.vault import commitment, identifier, records
from uphold.vault.part import Fetched
from uphold.vault.permit import Permit
from uphold.vault.unlock import KeyRing

EXERCISE = "exercise-only"
"""Why a notice to nobody, of a run of probes, is refused: it is put aside, and no fault."""

NOTHING_HELD = "nothing-held"
"""Why a link to an address that no record names is not sent: nobody is written to who never wrote."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The judge's no. `lasting` when no later moment can change it."""

    reason: str
    lasting: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that may go: where its address is, and its words, made when all is durable.

    The address is a field of its record, by a permit for that field alone, or comes with the notice.
    """

    address: Permit | Callable[[], str]
    words: Callable[[], Words]


Judge = Callable[[Transaction, Item], Permit | Refused]
"""Decides in the transaction whether the mailer may open an answer now."""

Teller = Callable[[Transaction, Item], Told | Refused]
"""Decides in the transaction to whom a notice goes, and what it says, or why it does not."""


@dataclass(frozen=True, slots=True)
class Judges:
    """Who decides about answers, and who about notices."""

    answer: Judge
    notice: Teller


@dataclass(frozen=True, slots=True)
class Tally:
    """What one round did."""

    sent: int = 0
    failed: int = 0
    delayed: int = 0


@dataclass(frozen=True, slots=True)
class _Taken:
    """A message whose opening is journaled and which this process alone may send until the lease ends."""

    item: Item
    permit: Permit | None
    fetched: Sequence[Fetched] = ()
    told: Told | None = None


async def deliver(
    writer: Writer, ring: KeyRing, relay: Relay | None, judges: Judges, *, now: int
) -> Tally:
    """Try every message that is due at `now` (unix ms), one after another. Without a relay, do nothing.

    Several processes may do so at once: the lease shares the work. Journals record.opened before a part
    is opened (or access.denied when the judge refuses), then mail.sent or mail.failed.
    """
    states = []
    while relay is not None:
        taken = await writer.submit(lambda tx: _take_next(tx, ring, judges, now))
        if taken is None:
            break
        if isinstance(taken, Item):
            states.append(taken.state)
            continue
        message = _open(ring, taken, relay.sender)
        failure = message if isinstance(message, Failure) else await send.send(relay, message)
        settle = partial(_settle, ring=ring, item=taken.item, failure=failure, now=now)
        states.append(await writer.submit(settle))
    return Tally(
        sent=states.count(State.SENT),
        failed=states.count(State.FAILED),
        delayed=states.count(State.QUEUED),
    )


def export(
    writer: Writer, ring: KeyRing, judges: Judges, folder: Path, *, sender: str, now: int
) -> tuple[Path, ...]:
    """Write every message that is queued or failed to `folder` as a file `.eml` (mode 0600), durably.

    For a site without a relay: another program sends the files, and whoever can read them can read the
    messages. Each is opened like any other (record.opened), and marked as exported (mail.exported) only
    when its file is safe; a crash in between writes the same file again. Messages that a judge refuses
    stay sealed. Raises `errors.Invalid` when the folder cannot be written to or `sender` is no address;
    then nothing was opened.
    """
    letter.check_sender(sender)
    spool.make(folder)
    written = []
    for number in writer.run(_left):
        taken = writer.run(partial(_take_one, ring=ring, judges=judges, number=number, now=now))
        if not isinstance(taken, _Taken):
            continue
        message = _open(ring, taken, sender)
        if isinstance(message, Failure):
            writer.run(partial(_settle, ring=ring, item=taken.item, failure=message, now=now))
            continue
        name = f"{number:08d}-{_public(ring, taken.item)}.eml"
        written.append(spool.write(folder, name, message.as_bytes()))
        writer.run(partial(_exported, ring=ring, item=taken.item, now=now))
    return tuple(written)


def retry(tx: Transaction) -> int:
    """Make every message that waits due at once; returns how many. What failed for good stays as it is."""
    box = mail_outbox.c
    waiting = (box.state == State.QUEUED, box.next_at > tx.now, box.reason.is_not(None))
    return tx.execute(update(mail_outbox).where(*waiting).values(next_at=tx.now)).rowcount


def _left(tx: Transaction) -> list[int]:
    box = mail_outbox.c
    waiting = box.state.in_([State.QUEUED, State.FAILED])
    return list(tx.execute(select(box.number).where(waiting).order_by(box.number)).scalars())


def _take_next(tx: Transaction, ring: KeyRing, judges: Judges, now: int) -> _Taken | Item | None:
    box = mail_outbox.c
    row = tx.execute(
        select(mail_outbox)
        .where(box.state == State.QUEUED, box.next_at <= now)
        .order_by(box.next_at, box.number)
        .limit(1)
    ).first()
    return None if row is None else _take(tx, ring, judges, outbox.item(row), now)


def _take_one(
    tx: Transaction, ring: KeyRing, judges: Judges, number: int, now: int
) -> _Taken | Item | None:
    row = tx.execute(select(mail_outbox).where(mail_outbox.c.number == number)).first()
    if row is None or row.state not in (State.QUEUED, State.FAILED):
        return None
    return _take(tx, ring, judges, outbox.item(row), now)


def _take(tx: Transaction, ring: KeyRing, judges: Judges, item: Item, now: int) -> _Taken | Item:
    """Begin an attempt: ask the judge, journal what is opened, lease the row.

    A refused item comes back as it is now.
    """
    item = replace(item, attempts=item.attempts + 1)
    verdict = judges.notice(tx, item) if item.notice else judges.answer(tx, item)
    if isinstance(verdict, Refused):
        return _refuse(tx, ring, item, verdict, now)
    told = verdict if isinstance(verdict, Told) else None
    where = verdict.address if isinstance(verdict, Told) else verdict
    permit = where if isinstance(where, Permit) else None
    fetched: list[Fetched] = []
    if permit is not None:
        fetched = [part for part in records.fetch(tx, permit) if item.part in (0, part.number)]
        if not fetched:
            return _refuse(tx, ring, item, Refused("part-destroyed", lasting=True), now)
        codes: Codes = {
            "staff": MAILER,
            "purpose": permit.purpose,
            # The catalogue's codes have no underscore; a field's key may.
            "fields": "+".join(sorted(permit.fields)).replace("_", "-"),
        }
        journal(tx, ring, "record.opened", item, codes)
        permit = replace(permit, actor=MAILER)
    _update(tx, item, attempts=item.attempts, next_at=now + LEASE)
    return _Taken(item, permit, fetched, told)


def _refuse(tx: Transaction, ring: KeyRing, item: Item, refused: Refused, now: int) -> Item:
    if item.notice and refused.reason == EXERCISE:
        item = replace(item, state=State.EXERCISE)
        _update(tx, item, state=State.EXERCISE)
        return item
    if item.notice and refused.reason == NOTHING_HELD:
        # One entry, as a letter that leaves has: the journal's size is public, and must not tell who is known.
        journal(tx, ring, "mail.failed", item, {"attempt": 1, "reason": NOTHING_HELD})
        tx.execute(delete(mail_outbox).where(mail_outbox.c.number == item.number))
        return replace(item, state=State.EXERCISE)
    if item.notice:
        codes: Codes = {"attempt": item.attempts, "reason": refused.reason}
        journal(tx, ring, "mail.failed", item, codes)
    else:
        codes = {"staff": MAILER, "purpose": item.purpose, "reason": refused.reason}
        journal(tx, ring, "access.denied", item, codes)
    return _postpone(tx, item, refused.reason, now, lasting=refused.lasting)


def _open(ring: KeyRing, taken: _Taken, sender: str) -> EmailMessage | Failure:
    """Open what is durable in the journal as opened, and write the message of it."""
    item = taken.item
    receipt = ring.identifiers.encode(identifier.RECEIPT, item.record)
    envelope = Envelope(sender, _public(ring, item), receipt, item.language, item.created_at)
    try:
        return _message(ring, taken, envelope)
    except errors.Invalid:
        # What a field held is no address that mail can be sent to; nothing would change that.
        return Failure(Trouble.NO_ADDRESS, permanent=True)
    except errors.Broken:
        # A part that was tampered with, or an operator's template to mend: it stays queued.
        return Failure(Trouble.BROKEN, permanent=False)


def _message(ring: KeyRing, taken: _Taken, envelope: Envelope) -> EmailMessage:
    told = taken.told
    fields = {} if taken.permit is None else records.open(ring, taken.permit, taken.fetched)
    if told is None:
        return letter.compose(letter.unseal(fields), envelope)
    to = told.address() if callable(told.address) else str(next(iter(fields.values()), ""))
    return letter.notice(to, told.words(), envelope)


def _settle(tx: Transaction, ring: KeyRing, item: Item, failure: Failure | None, now: int) -> State:
    if failure is None:
        journal(tx, ring, "mail.sent", item, {"attempt": item.attempts})
        _update(tx, item, state=State.SENT, sent_at=now, reason=None, sealed=None)
        return State.SENT
    codes: Codes = {"attempt": item.attempts, "reason": str(failure.trouble)}
    journal(tx, ring, "mail.failed", item, codes)
    return _postpone(tx, item, str(failure.trouble), now, lasting=failure.permanent).state


def _postpone(tx: Transaction, item: Item, reason: str, now: int, *, lasting: bool) -> Item:
    """Queue for the next attempt; give up, for people to see, when there is none."""
    pause = None if lasting else outbox.wait(item.attempts)
    state = State.FAILED if pause is None else State.QUEUED
    item = replace(item, state=state, reason=reason, next_at=now + (pause or 0))
    _update(tx, item, state=state, reason=reason, next_at=item.next_at, attempts=item.attempts)
    return item


def _exported(tx: Transaction, ring: KeyRing, item: Item, now: int) -> None:
    journal(tx, ring, "mail.exported", item, {})
    _update(tx, item, state=State.EXPORTED, sent_at=now, reason=None, sealed=None)


def journal(tx: Transaction, ring: KeyRing, kind: str, item: Item, codes: Codes) -> None:
    """Append an entry about a message, committed to its record."""
    salt = entry.salt()
    if item.record == NOBODY:
        # Of nobody's record: a commitment that can be tied to nothing.
        commitments = (commitment.under(None, ring, NOBODY, salt),)
    else:
        commitments = (commitment.of_record(tx, ring, item.record, salt),)
    tx.append(entry.encode(kind, tx.now, salt, codes, commitments))


def _update(tx: Transaction, item: Item, **values: Any) -> None:
    """Write to the row unless a later attempt, begun after this one's lease ran out, owns it by now."""
    box = mail_outbox.c
    mine = box.attempts.in_([item.attempts, item.attempts - 1])
    tx.execute(update(mail_outbox).where(box.number == item.number, mine).values(**values))


def _public(ring: KeyRing, item: Item) -> str:
    return ring.identifiers.encode(identifier.MESSAGE, item.number)

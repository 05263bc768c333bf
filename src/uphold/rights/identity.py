# SPDX-License-Identifier: Apache-2.0
"""Who may see what is held about a person: whoever proves control of one of their addresses, for a while.

    ask_link -> mailed link -> enter (uses it up) -> session in a cookie -> claim | None

An account is never made. Neither a link's row nor a session's says whose it is: the address is sealed under the
link's own secret, then under the cookie's (`vault.claim`). Asking does the same whether the address is known
here or not; only what is mailed differs, and nobody but the address's owner sees that.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from uphold import errors
from uphold.database.schema import PASSING, Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.mail import notice
from uphold.mail.notice import Kind as Notice
from uphold.vault import claim as claims, subject, tables
from uphold.vault.contact import Contact
from uphold.vault.unlock import KeyRing

MINUTE = 60 * 1000
# Long enough for a relay that makes strangers wait (greylisting), short enough for a forgotten mailbox.
LINK_MS = 60 * MINUTE
IDLE_MS = 30 * MINUTE
AGE_MS = 120 * MINUTE
# How stale `seen_at` may get before it is written again.
TOUCH_MS = MINUTE

rights_link = Table(
    "rights_link",
    metadata,
    Column("number", Number, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    # Null once the link is used: nothing is left to open.
    Column("sealed", LargeBinary),
    Column("language", Text, nullable=False),
    Column("asked_at", Number, nullable=False),
    Column("expires_at", Number, nullable=False, index=True),
    info=PASSING,
)

rights_session = Table(
    "rights_session",
    metadata,
    Column("number", Number, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", Number, nullable=False),
    Column("seen_at", Number, nullable=False, index=True),
    info=PASSING,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A proven control of one address: `kind` and `text` as of `vault.contact.Contact`; never stored in clear."""

    kind: int
    text: str = field(repr=False)
    session: int
    seen_at: int = 0

    @property
    def contact(self) -> Contact:
        """The address whose control was proved."""
        return Contact(self.kind, self.text)


@dataclass(frozen=True, slots=True)
class Link:
    """A link that can be mailed: to whom, in which language, and until when it is good (unix ms)."""

    contact: Contact = field(repr=False)
    language: str
    secret: str = field(repr=False)
    expires_at: int


def ask_link(tx: Transaction, ring: KeyRing, contact: Contact, language: str, now: int) -> int:
    """Make a link for an address and queue its letter; returns the link's number.

    All of it is done whether the address is known here or not. A letter about no record is put aside by the
    mailer when its turn comes, with as many entries in the journal, whose size is public.
    """
    forget(tx, now)
    expires_at = now + LINK_MS
    made = tx.execute(
        insert(rights_link)
        .values(
            digest=secrets.token_bytes(32),
            language=language,
            asked_at=now,
            expires_at=expires_at,
        )
        .returning(rights_link.c.number)
    )
    number = int(made.scalar_one())
    secret = claims.secret_of(ring, number, expires_at)
    sealed = claims.seal(ring, secret, contact)
    tx.execute(
        update(rights_link)
        .where(rights_link.c.number == number)
        .values(digest=claims.known_as(secret), sealed=sealed)
    )
    named = subject.find(tx, ring, contact.kind, contact.text)
    record = tables.record_of(max(named)) if named else None
    notice.queue(tx, Notice.MY_LINK, record=record, language=language, codes={"link": number})
    return number


def link(reader: Connection | Transaction, ring: KeyRing, number: int, now: int) -> Link | None:
    """Return a link for the mailer to send, None for one that was used or is over."""
    row = reader.execute(select(rights_link).where(rights_link.c.number == number)).first()
    if row is None or row.sealed is None or row.expires_at <= now:
        return None
    secret = claims.secret_of(ring, row.number, row.expires_at)
    contact = claims.open(ring, secret, row.sealed)
    return None if contact is None else Link(contact, row.language, secret, row.expires_at)


def newest(reader: Connection | Transaction) -> int:
    """Return the number of the link that was asked for last, 0 without any."""
    found = reader.execute(select(func.max(rights_link.c.number))).scalar()
    return int(found or 0)


def is_good(reader: Connection | Transaction, token: str, now: int) -> bool:
    """Tell whether a link can be used; looking uses nothing up."""
    return _unused(reader, token, now) is not None


def enter(tx: Transaction, ring: KeyRing, token: str, now: int) -> str:
    """Use a link up and begin a session; returns the cookie's secret. Journals subject.entered.

    Raises `errors.Missing` for a link that was used, is over or never was: the three look alike.
    """
    row = _unused(tx, token, now)
    contact = None if row is None else claims.open(ring, token, row.sealed)
    if row is None or contact is None:
        raise errors.Missing("This link was used, or its time is over.", "Ask for a new one.")
    forget(tx, now)
    tx.execute(update(rights_link).where(rights_link.c.number == row.number).values(sealed=None))
    cookie = secrets.token_urlsafe(32)
    made = tx.execute(
        insert(rights_session)
        .values(
            digest=claims.known_as(cookie),
            sealed=claims.seal(ring, cookie, contact),
            created_at=now,
            seen_at=now,
        )
        .returning(rights_session.c.number)
    )
    codes: dict[str, str | int] = {"session": int(made.scalar_one())}
    tx.append(entry.encode("subject.entered", tx.now, entry.salt(), codes))
    return cookie


def claim(reader: Connection | Transaction, ring: KeyRing, cookie: str, now: int) -> Claim | None:
    """Return what the holder of a cookie has proved; None when it is over: 30 minutes idle, 2 hours in all."""
    if not cookie:
        return None
    sessions = rights_session.c
    row = reader.execute(
        select(rights_session).where(
            sessions.digest == claims.known_as(cookie),
            sessions.seen_at > now - IDLE_MS,
            sessions.created_at > now - AGE_MS,
        )
    ).first()
    contact = None if row is None else claims.open(ring, cookie, row.sealed)
    if row is None or contact is None:
        return None
    return Claim(contact.kind, contact.text, row.number, row.seen_at)


def stale(proved: Claim, now: int) -> bool:
    """Tell whether `touch` is due; asking first spares a write on most pages."""
    return now - proved.seen_at >= TOUCH_MS


def touch(tx: Transaction, proved: Claim, now: int) -> None:
    """Remember that a session was used at `now`. Not an act, so not journaled."""
    sessions = rights_session.c
    tx.execute(
        update(rights_session)
        .where(sessions.number == proved.session, sessions.seen_at < now)
        .values(seen_at=now)
    )


def leave(tx: Transaction, cookie: str) -> None:
    """End a session: its row goes, and with it what it was about."""
    tx.execute(delete(rights_session).where(rights_session.c.digest == claims.known_as(cookie)))


def forget(tx: Transaction, now: int) -> None:
    """Delete every link and session that is over; each holds an address, sealed."""
    sessions = rights_session.c
    tx.execute(delete(rights_link).where(rights_link.c.expires_at <= now))
    over = (sessions.seen_at <= now - IDLE_MS) | (sessions.created_at <= now - AGE_MS)
    tx.execute(delete(rights_session).where(over))


def _unused(reader: Connection | Transaction, token: str, now: int) -> Any:
    links = rights_link.c
    return reader.execute(
        select(rights_link).where(
            links.digest == claims.known_as(token),
            links.sealed.is_not(None),
            links.expires_at > now,
        )
    ).first()

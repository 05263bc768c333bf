# SPDX-License-Identifier: Apache-2.0
"""The passkeys of staff: several to an account, each with the name that its owner gave it.

    begin (a challenge) -> register (what the browser made of it)
    ask (a challenge)   -> accept, at a sign-in's second step or for a fresh proof

A challenge belongs to one session and one act, is answered once, right or wrong, and ends soon. Of a passkey the
public key is kept: a copy of the database lets nobody in. A counter that does not go on says that there is a
copy of the device's key; then the passkey is blocked, and still counts, so that nobody gets in with less.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Table, Text, delete, insert, select, update

from uphold.access import webauthn
from uphold.access.webauthn import Site
from uphold.database.schema import PASSING, Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry

MOST = 10
"""So many passkeys has an account at most."""
LONGEST_NAME = 60
LIFE_MS = 5 * 60 * 1000
"""How long a challenge waits for its answer."""
_CHALLENGE_BYTES = 32

access_passkey = Table(
    "access_passkey",
    metadata,
    Column("number", Number, primary_key=True),
    Column("staff", Number, nullable=False, index=True),
    # The id that the device chose, and its public key with what belongs to it (WebAuthn, section 6.5.1).
    Column("credential", LargeBinary, nullable=False, unique=True),
    Column("attested", LargeBinary, nullable=False),
    Column("counter", Number, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", Number, nullable=False),
    Column("used_at", Number),
    # When its counter did not go on.
    Column("blocked_at", Number),
)

access_challenge = Table(
    "access_challenge",
    metadata,
    Column("session", Number, primary_key=True, autoincrement=False),
    Column("act", Text, nullable=False),
    Column("challenge", LargeBinary, nullable=False),
    Column("made_at", Number, nullable=False),
    info=PASSING,
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose passkey it is about, and in which of their sessions. `who` is what their device knows them by."""

    staff: int
    session: int
    login: str
    who: bytes


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey in a list. Times are unix ms; None for what never was."""

    number: int
    name: str
    created_at: int
    used_at: int | None
    blocked_at: int | None


class _Act(StrEnum):
    MAKE = "make"
    SHOW = "show"


def has(reader: Connection | Transaction, staff: int) -> bool:
    """Tell whether an account has a passkey; a blocked one counts."""
    found = select(access_passkey.c.number).where(access_passkey.c.staff == staff)
    return reader.execute(found.limit(1)).first() is not None


def holders(connection: Connection) -> frozenset[int]:
    """Return the accounts that have a passkey; a blocked one counts."""
    return frozenset(connection.execute(select(access_passkey.c.staff).distinct()).scalars())


def is_usable(reader: Connection | Transaction, staff: int) -> bool:
    """Tell whether an account has a passkey that can be shown: one that is not blocked."""
    return bool(_usable(reader, staff))


def listed(reader: Connection | Transaction, staff: int) -> tuple[Passkey, ...]:
    """List an account's passkeys, in the order they were made."""
    rows = access_passkey.c
    found = select(rows.number, rows.name, rows.created_at, rows.used_at, rows.blocked_at)
    mine = found.where(rows.staff == staff).order_by(rows.number)
    return tuple(Passkey(*row) for row in reader.execute(mine))


def begin(tx: Transaction, to: Site, holder: Holder) -> Mapping[str, Any] | None:
    """Ask for a new passkey; returns the options for the browser, None where there are `MOST` already."""
    rows = access_passkey.c
    known = tx.execute(select(rows.attested).where(rows.staff == holder.staff)).scalars().all()
    if len(known) >= MOST:
        return None
    challenge = _challenge(tx, holder.session, _Act.MAKE)
    return webauthn.creation(to, holder.who, holder.login, known, challenge)


def register(tx: Transaction, to: Site, holder: Holder, given: str, name: str) -> int | None:
    """Keep the passkey that answers this session's challenge; returns its number, None where it is none.

    A name that is empty or too long is cut to size. Journals staff.passkey-added.
    """
    challenge = _take(tx, holder.session, _Act.MAKE)
    made = webauthn.made(to, challenge, given) if challenge else None
    rows = access_passkey.c
    if made is None or len(listed(tx, holder.staff)) >= MOST:
        return None
    if tx.execute(select(rows.number).where(rows.credential == made.credential)).first():
        return None
    kept = {
        "staff": holder.staff,
        "credential": made.credential,
        "attested": made.attested,
        "counter": made.counter,
        "name": _named(name),
        "created_at": tx.now,
    }
    number = tx.execute(insert(access_passkey).values(**kept).returning(rows.number)).scalar_one()
    _note(tx, "staff.passkey-added", staff=holder.staff, passkey=number)
    return int(number)


def ask(tx: Transaction, to: Site, holder: Holder) -> Mapping[str, Any] | None:
    """Ask for one of the account's passkeys; returns the options for the browser, None where there is none."""
    known = [row.attested for row in _usable(tx, holder.staff)]
    if not known:
        return None
    return webauthn.question(to, known, _challenge(tx, holder.session, _Act.SHOW))


def accept(tx: Transaction, to: Site, holder: Holder, given: str) -> bool:
    """Tell whether an answer proves one of the account's passkeys, and use up the challenge.

    A counter that did not go on blocks the passkey. Journals staff.passkey-blocked.
    """
    challenge = _take(tx, holder.session, _Act.SHOW)
    known = {row.credential: row for row in _usable(tx, holder.staff)}
    found = [row.attested for row in known.values()]
    shown = webauthn.shown(to, challenge, found, given) if challenge else None
    if shown is None:
        return False
    row = known[shown.credential]
    mine = update(access_passkey).where(access_passkey.c.number == row.number)
    if webauthn.is_copied(row.counter, shown.counter):
        tx.execute(mine.values(blocked_at=tx.now))
        _note(tx, "staff.passkey-blocked", staff=holder.staff, passkey=row.number)
        return False
    tx.execute(mine.values(counter=shown.counter, used_at=tx.now))
    return True


def remove(tx: Transaction, staff: int, number: int, by: int) -> bool:
    """Take one passkey of an account away; False if it has no such passkey. Journals staff.passkey-removed."""
    rows = access_passkey.c
    gone = delete(access_passkey).where(rows.staff == staff, rows.number == number)
    if not tx.execute(gone).rowcount:
        return False
    _note(tx, "staff.passkey-removed", staff=staff, passkey=number, by=by)
    return True


def drop(tx: Transaction, staff: int, by: int) -> None:
    """Take every passkey of an account away. Journals staff.passkey-removed for each."""
    for one in listed(tx, staff):
        remove(tx, staff, one.number, by)


def forget(tx: Transaction, now: int) -> None:
    """Clear away the challenges that have ended."""
    tx.execute(delete(access_challenge).where(access_challenge.c.made_at <= now - LIFE_MS))


def _usable(reader: Connection | Transaction, staff: int) -> list[Any]:
    rows = access_passkey.c
    mine = select(access_passkey).where(rows.staff == staff, rows.blocked_at.is_(None))
    return list(reader.execute(mine.order_by(rows.number)))


def _challenge(tx: Transaction, session: int, act: _Act) -> bytes:
    """Make a challenge for a session, in the place of one that waited."""
    tx.execute(delete(access_challenge).where(access_challenge.c.session == session))
    fresh = secrets.token_bytes(_CHALLENGE_BYTES)
    kept = {"session": session, "act": str(act), "challenge": fresh, "made_at": tx.now}
    tx.execute(insert(access_challenge).values(**kept))
    return fresh


def _take(tx: Transaction, session: int, act: _Act) -> bytes | None:
    """Take a session's challenge away and return it, if it was for this act and has not ended."""
    rows = access_challenge.c
    row = tx.execute(select(access_challenge).where(rows.session == session)).first()
    tx.execute(delete(access_challenge).where(rows.session == session))
    if row is None or row.act != act or row.made_at <= tx.now - LIFE_MS:
        return None
    return bytes(row.challenge)


def _named(given: str) -> str:
    printable = "".join(one for one in " ".join(given.split()) if one.isprintable())
    return printable[:LONGEST_NAME] or "Passkey"


def _note(tx: Transaction, kind: str, **codes: int) -> None:
    tx.append(entry.encode(kind, tx.now, entry.salt(), codes))

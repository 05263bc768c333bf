# SPDX-License-Identifier: Apache-2.0
"""Machine clients: programs that act under a role, but only within scopes, for purposes, until a day.

    make -> token (shown once, only its hash is stored) -> resolve, at each request -> revoke, or the day comes

A client has a number among the staff, so that a permit, a hold, the journal and a record's history speak of it
as of anybody; its account has no password and no session. What it may do is what its role holds at that moment
less what is not in its scopes; the gate opens to it only the purposes that it was given. No client is an owner:
what cannot be undone is for people. Everything here is journaled in the transaction that stores it.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    Table,
    Text,
    bindparam,
    case,
    insert,
    or_,
    select,
    update,
)

from uphold import errors
from uphold.access import permission, staff
from uphold.access.permission import Actor, Permission, Role
from uphold.access.staff import State, access_staff
from uphold.database.schema import PASSING, Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.policy.document import Edition

MINUTE = 60 * 1000
DAY_MS = 24 * 60 * MINUTE
LONGEST_DAYS = 366
PREFIX = "uphold_"
"""What every token begins with, so that one that lies where it should not is found."""

ROLES = tuple(role for role in Role if role is not Role.OWNER)
SCOPES = (
    Permission.ENQUIRY_LIST,
    Permission.ENQUIRY_MOVE,
    Permission.ENQUIRY_RELEASE,
    Permission.RECORD_OPEN,
    Permission.REQUEST_LIST,
    Permission.REQUEST_MOVE,
    Permission.PROOF_READ,
)
"""What a client may be given. To look at itself, and at what is public anyway, is every client's."""

NONE = "none"
"""Stands in the journal for no scope and for no purpose."""

# A restore must not bring a token back that was revoked since: clients are made anew then.
access_client = Table(
    "access_client",
    metadata,
    # The number of its account.
    Column("staff", Number, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    # Joined by `+`.
    Column("scopes", Text, nullable=False),
    Column("purposes", Text, nullable=False),
    Column("made_at", Number, nullable=False),
    Column("made_by", Number, nullable=False),
    Column("expires_at", Number, nullable=False),
    Column("revoked_at", Number),
    Column("revoked_by", Number),
    Column("seen_at", Number),
    # When it was journaled that a token that had ended was shown.
    Column("noted_at", Number),
    # The day since 1970 (UTC) of the last opening, and how many there were on it.
    Column("day", Number, nullable=False),
    Column("opened", Number, nullable=False),
    info=PASSING,
)

_c, _people = access_client.c, access_staff.c
_EVERY = (
    select(access_client, _people.number, _people.login, _people.role, _people.exercise)
    .join(access_staff, _people.number == _c.staff)
    .where(_people.state == State.CLIENT)
)
_OF_TOKEN = _EVERY.where(_c.digest == bindparam("digest"))
# The first opening of another day begins to count anew.
_COUNT = (
    update(access_client)
    .where(
        _c.staff == bindparam("number"),
        or_(_c.day != bindparam("today"), _c.opened < bindparam("most")),
    )
    .values(
        day=bindparam("today"), opened=case((_c.day != bindparam("today"), 1), else_=_c.opened + 1)
    )
)


class Ended(StrEnum):
    """Why a token opens nothing any more. One that was never made has no reason."""

    EXPIRED = "token-expired"
    REVOKED = "token-revoked"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a client is to be. `life_days` is 1 to `LONGEST_DAYS`; `exercise` the run of probes it belongs to."""

    name: str
    role: Role
    scopes: frozenset[Permission]
    purposes: frozenset[str]
    life_days: int
    exercise: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A client made just now; `token` is shown once and kept nowhere. `expires_at` is unix ms."""

    number: int
    name: str
    expires_at: int
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Client:
    """One machine client. Times are unix ms; `seen_at` and `revoked_at` are 0 for never."""

    name: str
    actor: Actor
    made_at: int
    made_by: int
    expires_at: int
    revoked_at: int
    seen_at: int

    def ended(self, now: int) -> Ended | None:
        """Why its token opens nothing at `now` (unix ms); None while it does."""
        if self.revoked_at:
            return Ended.REVOKED
        return Ended.EXPIRED if self.expires_at <= now else None


def offered(role: Role) -> tuple[Permission, ...]:
    """Return the scopes that a client of a role can be given."""
    return tuple(scope for scope in SCOPES if permission.holds(role, scope))


def make(tx: Transaction, terms: Terms, edition: Edition, by: int) -> Made:
    """Make a client and its token. Journals client.made.

    A name whose client has ended is given a new token, on these terms. `by` is the maker's number,
    `staff.COMMAND_LINE` for none. Raises `errors.Invalid` for terms that no client can have under the edition in
    force, `errors.Conflict` when the name is a person's or that of a client whose token lives.
    """
    name = staff.normalise(terms.name)
    _require(terms, edition)
    number = _account(tx, name, terms)
    token = PREFIX + secrets.token_urlsafe(32)
    expires_at = tx.now + terms.life_days * DAY_MS
    tx.execute(
        insert(access_client).values(
            staff=number,
            digest=_digest(token),
            scopes="+".join(sorted(terms.scopes)),
            purposes="+".join(sorted(terms.purposes)),
            made_at=tx.now,
            made_by=by,
            expires_at=expires_at,
            day=0,
            opened=0,
        )
    )
    codes: dict[str, str | int] = {
        "staff": number,
        "role": str(terms.role),
        "scopes": "+".join(sorted(terms.scopes)).replace(":", "-") or NONE,
        "purposes": "+".join(sorted(terms.purposes)) or NONE,
        "until": expires_at // 1000,
        "by": by,
    }
    tx.append(entry.encode("client.made", tx.now, entry.salt(), codes))
    return Made(number, name, expires_at, token)


def resolve(connection: Connection, token: str) -> Client | None:
    """Find whose token this is, whether or not it has ended; None for one that was never made."""
    row = connection.execute(_OF_TOKEN, {"digest": _digest(token)}).first()
    return None if row is None else _of_row(row)


def clients(connection: Connection) -> tuple[Client, ...]:
    """List every client but those of runs of probes, in the order they were made."""
    mine = _EVERY.where(access_staff.c.exercise.is_(None))
    return tuple(
        _of_row(row)
        for row in connection.execute(mine.order_by(access_client.c.made_at, access_staff.c.number))
    )


def revoke(tx: Transaction, number: int, by: int) -> None:
    """End a client's token at once. Journals client.revoked; `errors.Missing` when there is none that lives."""
    columns = access_client.c
    # One that has expired may still be revoked: it is said then that nobody wants it any more.
    living = update(access_client).where(columns.staff == number, columns.revoked_at.is_(None))
    if not tx.execute(living.values(revoked_at=tx.now, revoked_by=by)).rowcount:
        raise errors.Missing("There is no such machine client.", "Look at the list of them.")
    codes: dict[str, str | int] = {"staff": number, "by": by}
    tx.append(entry.encode("client.revoked", tx.now, entry.salt(), codes))


def revoke_of(tx: Transaction, staff_: int, *, made_after: int) -> int:
    """End the token of a client, or those that a person made after a moment (unix ms); returns how many.

    Journals client.revoked for each, by `staff.COMMAND_LINE`.
    """
    columns = access_client.c
    made = (columns.made_by == staff_) & (columns.made_at > made_after)
    living = select(columns.staff).where(
        (columns.staff == staff_) | made, columns.revoked_at.is_(None), columns.expires_at > tx.now
    )
    numbers = list(tx.execute(living.order_by(columns.staff)).scalars())
    for number in numbers:
        revoke(tx, number, staff.COMMAND_LINE)
    return len(numbers)


def is_client(reader: Connection | Transaction, number: int) -> bool:
    """Tell whether an account is a program's and no person's."""
    people = access_staff.c
    mine = select(people.number).where(people.number == number, people.state == State.CLIENT)
    return reader.execute(mine).first() is not None


def refuse(tx: Transaction, known: Client, ended: Ended) -> None:
    """Journal once, as client.refused, that a token was shown which has ended: somebody still has it."""
    columns = access_client.c
    first = update(access_client).where(
        columns.staff == known.actor.staff, columns.noted_at.is_(None)
    )
    if tx.execute(first.values(noted_at=tx.now)).rowcount:
        codes: dict[str, str | int] = {"staff": known.actor.staff, "reason": str(ended)}
        tx.append(entry.encode("client.refused", tx.now, entry.salt(), codes))


def stale(known: Client, now: int) -> bool:
    """Tell whether `touch` is due; asking first spares a write on most requests."""
    return now - known.seen_at >= MINUTE


def touch(tx: Transaction, known: Client, now: int) -> None:
    """Remember that the client was seen at `now` (unix ms). Not an act, so not journaled."""
    mine = access_client.c.staff == known.actor.staff
    tx.execute(update(access_client).where(mine).values(seen_at=now))


def take(tx: Transaction, number: int, most: int) -> bool:
    """Count one opening of today (UTC); False when `most` were counted, and then nothing is.

    Counted before the gate is asked, so that a program which asks for what it may not have ends soon too.
    """
    told = {"number": number, "today": tx.now // DAY_MS, "most": most}
    return tx.run(_COUNT, told).rowcount == 1


def counted(connection: Connection, number: int, now: int) -> int:
    """How many openings of a client were counted on the day (UTC) of `now` (unix ms)."""
    columns = access_client.c
    today = select(columns.opened).where(columns.staff == number, columns.day == now // DAY_MS)
    return int(connection.execute(today).scalar() or 0)


def _require(terms: Terms, edition: Edition) -> None:
    if terms.role not in ROLES:
        raise errors.Invalid("No machine client is an owner.", f"Name one of: {', '.join(ROLES)}.")
    if not 1 <= terms.life_days <= LONGEST_DAYS:
        raise errors.Invalid(
            f"A machine client lives 1 to {LONGEST_DAYS} days.", "Name fewer; make it anew then."
        )
    beyond = sorted(terms.scopes - set(offered(terms.role)))
    if beyond:
        raise errors.Invalid(
            f"A machine client that is {terms.role} cannot be given {beyond[0]}.",
            f"It can: {', '.join(offered(terms.role)) or 'nothing'}.",
        )
    readable = {
        name for name, one in edition.policy.purposes.items() if str(terms.role) in one.roles
    }
    undeclared = sorted(terms.purposes - readable)
    if undeclared:
        raise errors.Invalid(
            f"The policy in force gives {terms.role} no purpose {undeclared[0]}.",
            f"It gives: {', '.join(sorted(readable)) or 'none'}.",
        )


def _account(tx: Transaction, name: str, terms: Terms) -> int:
    """Make the client's account; the one of an earlier client of that name whose token has ended is taken again."""
    people, columns = access_staff.c, access_client.c
    found = tx.execute(
        select(people.number, people.state, columns.revoked_at, columns.expires_at)
        .outerjoin(access_client, columns.staff == people.number)
        .where(people.login == name)
    ).first()
    if found is None:
        made = tx.execute(
            insert(access_staff)
            .values(
                login=name,
                role=terms.role,
                state=State.CLIENT,
                created_at=tx.now,
                exercise=terms.exercise,
            )
            .returning(people.number)
        )
        return int(made.scalar_one())
    # Without a row it ended with a restore.
    is_over = found.revoked_at is not None or (found.expires_at or 0) <= tx.now
    if found.state != State.CLIENT or not is_over:
        raise errors.Conflict("This name is taken.", "Choose another, or revoke that client first.")
    tx.execute(access_client.delete().where(columns.staff == found.number))
    mine = update(access_staff).where(people.number == found.number)
    tx.execute(mine.values(role=terms.role))
    return int(found.number)


def _of_row(row: Any) -> Client:
    scopes = {Permission(name) for name in _split(row.scopes)}
    actor = Actor(
        row.staff,
        Role(row.role),
        exercise=row.exercise is not None,
        scopes=frozenset({Permission.ACCOUNT_OWN, *scopes}),
        purposes=frozenset(_split(row.purposes)),
    )
    return Client(
        name=row.login,
        actor=actor,
        made_at=row.made_at,
        made_by=row.made_by,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at or 0,
        seen_at=row.seen_at or 0,
    )


def _split(joined: str) -> Iterable[str]:
    return filter(None, joined.split("+"))


def _digest(token: str) -> bytes:
    """Tokens have 256 random bits, so a plain hash of one cannot be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()

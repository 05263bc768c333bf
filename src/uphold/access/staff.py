# SPDX-License-Identifier: Apache-2.0
"""The operator's people: accounts, roles, and the single-use links that let them set a password.

    invite -> link (shown once, only its hash is stored) -> redeem -> active

Every act is journaled in the transaction that stores it. Nobody ever learns another's password, and a
new password ends every session that was begun under the old one (`session` compares the times).
"""

import hashlib
import re
import secrets
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Table, Text, delete, insert, select, update

from uphold import errors
from uphold.access import password as passwords, permission
from uphold.access.permission import Actor, Role
from uphold.database.schema import PASSING, Number, metadata
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry

LINK_LIFE = 24 * 60 * 60 * 1000
# So long after its end a link is kept, so that whoever comes late is told that it has ended.
LINK_KEPT = 31 * LINK_LIFE
# Who invites from the command line is nobody on the staff, but whoever may read the key ring.
COMMAND_LINE = 0

_NEVER_WITHOUT = frozenset({Role.OWNER, Role.OFFICER})

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,63}")

access_staff = Table(
    "access_staff",
    metadata,
    Column("number", Number, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("password", Text),
    Column("state", Text, nullable=False),
    Column("created_at", Number, nullable=False),
    Column("password_at", Number),
    Column("signed_in_at", Number),
    # The run of probes that it belongs to; null for a person's.
    Column("exercise", Number),
)

access_invite = Table(
    "access_invite",
    metadata,
    Column("number", Number, primary_key=True),
    Column("staff", Number, nullable=False, index=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("by", Number, nullable=False),
    Column("created_at", Number, nullable=False),
    Column("expires_at", Number, nullable=False),
    Column("spent_at", Number),
    info=PASSING,
)


class State(StrEnum):
    """`invited` has no password yet and cannot sign in; `closed` never can again.

    `client` is a machine client's (`client`): it has no password ever, is no person's, and is listed apart.
    """

    INVITED = "invited"
    ACTIVE = "active"
    CLOSED = "closed"
    CLIENT = "client"


_PEOPLE = (State.INVITED, State.ACTIVE)
"""The states of a person's account that is not closed."""


@dataclass(frozen=True, slots=True)
class Account:
    """One member of staff. Times are unix ms; `signed_in_at` is 0 for never."""

    number: int
    login: str
    role: Role
    state: State
    created_at: int
    signed_in_at: int


@dataclass(frozen=True, slots=True)
class Invitation:
    """A single-use link made just now; `token` is shown once and kept nowhere."""

    staff: int
    login: str
    expires_at: int
    token: str = field(repr=False)


class LinkFault(StrEnum):
    """Why a link does not work (any more)."""

    UNKNOWN = "link-unknown"
    SPENT = "link-spent"
    EXPIRED = "link-expired"


Fault = LinkFault | passwords.Weakness


def invite(
    tx: Transaction, login: str, role: Role, by: int, *, life_ms: int = LINK_LIFE
) -> Invitation:
    """Make an account that waits for its password, and the link to set it. Journals staff.invited.

    An account that never set one gets a new link and the role given now; earlier links die.
    `by` is the inviting member's number, `COMMAND_LINE` for none. Raises `errors.Invalid` for a login of
    the wrong shape, `errors.Conflict` when the login is taken or whoever invites may not (any more).
    """
    _require_power(tx, by)
    login = normalise(login)
    found = tx.execute(
        select(access_staff.c.number, access_staff.c.state).where(access_staff.c.login == login)
    ).first()
    if found is None:
        made = tx.execute(
            insert(access_staff)
            .values(login=login, role=role, state=State.INVITED, created_at=tx.now)
            .returning(access_staff.c.number)
        )
        return link(tx, int(made.scalar_one()), login, role, by, life_ms)
    if found.state != State.INVITED:
        raise errors.Conflict(
            "This login is taken.", "Choose another, or renew the link of that account."
        )
    tx.execute(update(access_staff).where(access_staff.c.number == found.number).values(role=role))
    return link(tx, found.number, login, role, by, life_ms)


def renew(tx: Transaction, staff: int, by: int, *, life_ms: int = LINK_LIFE) -> Invitation:
    """Make a new link for an existing account, whose password stays good until the link is redeemed.

    Earlier links die. Journals staff.invited. Raises `errors.Missing` when there is no such account, and
    `errors.Conflict` as `invite`.
    """
    _require_power(tx, by)
    people = access_staff.c
    found = tx.execute(
        # An exercise's account is made for its run and gets no link.
        select(people.login, people.role).where(
            people.number == staff, people.exercise.is_(None), people.state.in_(_PEOPLE)
        )
    ).first()
    if found is None:
        raise errors.Missing("There is no such account.", "Look at the list of staff.")
    return link(tx, staff, found.login, Role(found.role), by, life_ms)


def close(tx: Transaction, number: int, by: int) -> None:
    """Close an account for good. Journals staff.closed; the caller ends its sessions.

    Raises `errors.Missing` when there is no such account, `errors.Conflict` for one's own, and for the last
    active owner and the last active officer: somebody must be able to let others in, and to see to the policy.
    """
    people = access_staff.c
    mine = people.exercise.is_(None)
    row = tx.execute(select(people.role, people.state).where(people.number == number, mine)).first()
    if row is None or row.state not in _PEOPLE:
        raise errors.Missing("There is no such account.", "Look at the list of staff.")
    if number == by:
        raise errors.Conflict("Nobody closes their own account.", "Ask another owner.")
    others = select(people.number).where(
        mine, people.role == row.role, people.state == State.ACTIVE, people.number != number
    )
    is_needed = row.role in _NEVER_WITHOUT and row.state == State.ACTIVE
    if is_needed and tx.execute(others).first() is None:
        raise errors.Conflict(
            f"This is the last {row.role}.", "Invite another one first, who sets a password."
        )
    tx.execute(
        update(access_staff)
        .where(people.number == number)
        .values(state=State.CLOSED, password=None)
    )
    invites = access_invite.c
    unspent = update(access_invite).where(invites.staff == number, invites.spent_at.is_(None))
    tx.execute(unspent.values(spent_at=tx.now))
    codes: dict[str, str | int] = {"staff": number, "by": by}
    tx.append(entry.encode("staff.closed", tx.now, entry.salt(), codes))


def look(connection: Connection, token: str, now: int) -> Account | LinkFault:
    """Say whose link this is without spending it, for the page that asks for the password."""
    return _look(connection.execute(_by_token(token)).first(), now)


def redeem(writer: Writer, token: str, password: str, *, now: int) -> Account | Fault:
    """Set the password through a link and spend the link. Journals staff.password-set, or staff.refused.

    Blocks for the hashing (never on the event loop). Returns the account once it is durable, or what is
    wrong with the link or the password; a weak password spends nothing and is not journaled.
    """
    found = writer.run(lambda tx: _admit(tx, token, now))
    if isinstance(found, LinkFault):
        return found
    weak = passwords.weakness(password, found.login)
    if weak is not None:
        return weak
    hashed = passwords.hash_(password)
    return writer.run(lambda tx: _set_password(tx, token, hashed, now))


def forget(tx: Transaction, now: int) -> None:
    """Delete links that could be used no more for long, whether they were or not."""
    tx.execute(delete(access_invite).where(access_invite.c.expires_at <= now - LINK_KEPT))


def accounts(connection: Connection) -> tuple[Account, ...]:
    """Every person's account, in the order they were made; those of runs of probes stand apart (`exercise`)."""
    people = access_staff.c
    mine = people.exercise.is_(None) & (people.state != State.CLIENT)
    query = select(access_staff).where(mine).order_by(people.number)
    return tuple(of_row(row) for row in connection.execute(query))


def names(connection: Connection) -> dict[int, str]:
    """The login of every account by its number, for pages that show who did what."""
    rows = connection.execute(select(access_staff.c.number, access_staff.c.login))
    return {row.number: row.login for row in rows}


def roles(connection: Connection) -> dict[int, str]:
    """The role of every account by its number, for pages that show people who opened their data."""
    rows = connection.execute(select(access_staff.c.number, access_staff.c.role))
    return {row.number: row.role for row in rows}


def actor(reader: Connection | Transaction, number: int) -> Actor | None:
    """Who an active account is at this moment, for acts that are carried out later in their name."""
    people = access_staff.c
    row = reader.execute(
        select(people.number, people.role, people.exercise).where(
            people.number == number, people.state == State.ACTIVE
        )
    ).first()
    return None if row is None else actor_of(row, row.number)


def actor_of(row: Any, number: int) -> Actor:
    """Make the actor of an account's row, which has at least its `role` and `exercise`."""
    return Actor(number, Role(row.role), exercise=row.exercise is not None)


def normalise(login: str) -> str:
    """The one spelling of a login; `errors.Invalid` when it has not the shape of one."""
    found = spelled(login)
    if found is None:
        raise errors.Invalid(
            "A login has 2 to 64 characters: a-z, 0-9 and . _ @ + -, a letter or digit first.",
            "Choose a login of that shape.",
        )
    return found


def spelled(login: str) -> str | None:
    """The one spelling of a login, None when it has not the shape of one."""
    login = login.strip().lower()
    return login if _LOGIN.fullmatch(login) else None


def _require_power(tx: Transaction, by: int) -> None:
    """Ask once more, within the transaction that gives power, whether who gives it has it to give.

    Between the door and here the account may have been closed, and a caller may have forgotten to ask.
    """
    who = None if by == COMMAND_LINE else actor(tx, by)
    if by != COMMAND_LINE and (
        who is None
        or who.exercise
        or not permission.holds(who.role, permission.Permission.STAFF_INVITE)
    ):
        raise errors.Conflict("This account may invite nobody.", "An owner does.")


def link(
    tx: Transaction, staff: int, login: str, role: Role, by: int, life_ms: int = LINK_LIFE
) -> Invitation:
    """Make the single-use link of an account; earlier ones die. Journals staff.invited. Asks nobody."""
    invites = access_invite.c
    tx.execute(
        update(access_invite)
        .where(invites.staff == staff, invites.spent_at.is_(None))
        .values(spent_at=tx.now)
    )
    token, expires_at = secrets.token_urlsafe(32), tx.now + life_ms
    tx.execute(
        insert(access_invite).values(
            staff=staff, digest=_digest(token), by=by, created_at=tx.now, expires_at=expires_at
        )
    )
    codes: dict[str, str | int] = {"staff": staff, "role": str(role), "by": by}
    tx.append(entry.encode("staff.invited", tx.now, entry.salt(), codes))
    return Invitation(staff, login, expires_at, token)


def _by_token(token: str) -> Any:
    return (
        select(access_staff, access_invite.c.expires_at, access_invite.c.spent_at)
        .join(access_invite, access_invite.c.staff == access_staff.c.number)
        .where(access_invite.c.digest == _digest(token))
    )


def _look(row: Any, now: int) -> Account | LinkFault:
    if row is None:
        return LinkFault.UNKNOWN
    if row.spent_at is not None or row.state == State.CLOSED:
        return LinkFault.SPENT
    if row.expires_at <= now:
        return LinkFault.EXPIRED
    return of_row(row)


def _admit(tx: Transaction, token: str, now: int) -> Account | LinkFault:
    found = _look(tx.execute(_by_token(token)).first(), now)
    if isinstance(found, LinkFault):
        codes = {"reason": str(found)}
        tx.append(entry.encode("staff.refused", tx.now, entry.salt(), codes))
    return found


def _set_password(tx: Transaction, token: str, hashed: str, now: int) -> Account | LinkFault:
    # Asked again: while the password was being hashed, another request may have spent the link.
    found = _admit(tx, token, now)
    if isinstance(found, LinkFault):
        return found
    tx.execute(
        update(access_staff)
        .where(access_staff.c.number == found.number)
        .values(password=hashed, password_at=tx.now, state=State.ACTIVE)
    )
    tx.execute(
        update(access_invite)
        .where(access_invite.c.digest == _digest(token))
        .values(spent_at=tx.now)
    )
    codes = {"staff": found.number}
    tx.append(entry.encode("staff.password-set", tx.now, entry.salt(), codes))
    return replace(found, state=State.ACTIVE)


def of_row(row: Any) -> Account:
    """Make an account of its row."""
    return Account(
        number=row.number,
        login=row.login,
        role=Role(row.role),
        state=State(row.state),
        created_at=row.created_at,
        signed_in_at=row.signed_in_at or 0,
    )


def _digest(token: str) -> bytes:
    """Tokens have 256 random bits, so a plain hash of one cannot be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()

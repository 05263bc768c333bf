# SPDX-License-Identifier: Apache-2.0
"""Signing in and out: throttled, journaled, and the same work whether or not the login exists.

The store holds only hashes of session tokens, so a copy of the database lets nobody in. A session ends by
`end`, by idleness, by age, or when its account's password is set anew.

    sign_in:  admit (count the try, durable) -> Argon2id, outside any transaction -> settle (journal)
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    Table,
    delete,
    exists,
    insert,
    select,
    update,
)

from uphold.access import (
    arrival,
    attempt as tries,
    factor,
    passkey,
    password as passwords,
    restraint,
    staff,
    throttle,
)
from uphold.access.arrival import OF_REFUSALS, Outcome, Whence
from uphold.access.attempt import access_attempt
from uphold.access.factor import access_factor
from uphold.access.passkey import access_passkey
from uphold.access.permission import Actor
from uphold.access.staff import State, access_staff
from uphold.database.schema import PASSING, Number, metadata
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry

MINUTE = 60 * 1000
_Keys = tuple[tuple[throttle.Rule, bytes], ...]

access_session = Table(
    "access_session",
    metadata,
    Column("number", Number, primary_key=True),
    Column("staff", Number, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("created_at", Number, nullable=False),
    Column("seen_at", Number, nullable=False),
    Column("ended_at", Number),
    # When its password or code was asked for last, and when the second factor was shown, if there is one.
    Column("proven_at", Number),
    Column("second_at", Number),
    info=PASSING,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lives, in ms: without a request, and in all."""

    idle_ms: int = 120 * MINUTE
    age_ms: int = 12 * 60 * MINUTE


LIMITS = Limits()
# How stale `seen_at` may get before it is written again: a write per page would be a write too many.
TOUCH_MS = MINUTE
# Rows of sessions are cleared away after this time: longer than any session may live.
KEPT_MS = 31 * 24 * 60 * MINUTE


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a sign-in form sends. `source` is a keyed hash of its address; with `whence` what comes of it is noted."""

    login: str = field(repr=False)
    password: str = field(repr=False)
    source: bytes
    whence: Whence | None = None


class Reason(StrEnum):
    """Why a sign-in is refused. Pages show the first two alike."""

    LOGIN_UNKNOWN = "login-unknown"
    MISMATCH = "password-wrong"
    THROTTLED = "throttled"
    # An alert has locked the account; said to nobody but who knows its password.
    LOCKED = "account-locked"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A sign-in that was refused. `retry_at` (unix ms) is 0 unless throttled, `locked_until` unless it is locked."""

    throttled: bool
    retry_at: int = 0
    locked_until: int = 0


@dataclass(frozen=True, slots=True)
class Signed:
    """A sign-in that succeeded. `token` goes into the cookie and is kept nowhere."""

    actor: Actor
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """A live session: who acts, when it was last seen, and last proven to be theirs (unix ms).

    `has_factor` tells whether the account has a second factor in force.
    """

    number: int
    login: str
    actor: Actor
    seen_at: int
    proven_at: int = 0
    has_factor: bool = False
    # Whether codes were begun to be set up, in force or not.
    began_factor: bool = False
    # An alert asks for a new proof, by password and second factor.
    asks_both: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    actor: Actor
    password: str = field(repr=False)


def sign_in(writer: Writer, attempt: Attempt, *, key: bytes, now: int) -> Signed | Refusal:
    """Check login and password and begin a session. Journals staff.signed-in or staff.refused.

    `key` is a site secret for the hashes under which tries are counted. Blocks for the hashing (never
    on the event loop). The try is counted durably before the password is looked at, so a thousand tries at
    once count as a thousand.
    """
    admitted = writer.run(lambda tx: _admit(tx, attempt, key, now))
    if isinstance(admitted, Refusal):
        return admitted
    right = passwords.matches(admitted.password if admitted else None, attempt.password)
    if admitted is None or not right:
        reason = Reason.MISMATCH if admitted else Reason.LOGIN_UNKNOWN
        writer.run(lambda tx: _reject(tx, attempt, admitted, reason))
        return Refusal(throttled=False)
    fresh = None
    if passwords.outdated(admitted.password):
        fresh = passwords.hash_(attempt.password)
    begin = _Begin(admitted, fresh, secrets.token_urlsafe(32), now, attempt.whence)
    return writer.run(lambda tx: begin.store(tx, _keys(attempt, key)))


def resolve(
    connection: Connection, token: str, now: int, limits: Limits = LIMITS
) -> Session | None:
    """The live session of a cookie's token, or None; none that still waits for the second factor."""
    row = _live(connection, token, now, limits)
    return None if row is None or _waits(row) else _bound(connection, _of_row(row), now)


def waiting(
    connection: Connection, token: str, now: int, limits: Limits = LIMITS
) -> Session | None:
    """The session of a token whose password was right and whose second factor is still to be shown, or None."""
    row = _live(connection, token, now, limits)
    return _bound(connection, _of_row(row), now) if row is not None and _waits(row) else None


def _bound(connection: Connection, found: Session, now: int) -> Session | None:
    """Lay upon a session what an alert has put upon its account: none of a locked one lives."""
    bonds = restraint.bonds(connection, found.actor.staff, now)
    asks_both = (found.actor.proven_at or 0) <= bonds.proof_since
    return None if bonds.is_locked else replace(found, asks_both=asks_both)


def _live(connection: Connection, token: str, now: int, limits: Limits) -> Any:
    sessions, people, factors = access_session.c, access_staff.c, access_factor.c
    # A passkey counts even where it is blocked: nobody gets in with less because of that.
    passkeys = exists().where(access_passkey.c.staff == sessions.staff)
    began = factors.staff.label("began")
    has_factor = (factors.confirmed_at.is_not(None) | passkeys).label("has_factor")
    return connection.execute(
        select(access_session, people.login, people.role, people.exercise, has_factor, began)
        .join(access_staff, people.number == sessions.staff)
        .outerjoin(access_factor, factors.staff == sessions.staff)
        .where(
            sessions.digest == _digest(token),
            sessions.ended_at.is_(None),
            sessions.seen_at > now - limits.idle_ms,
            sessions.created_at > now - limits.age_ms,
            people.state == State.ACTIVE,
            people.password_at <= sessions.created_at,
        )
    ).first()


def _waits(row: Any) -> bool:
    return row.has_factor and row.second_at is None


def _of_row(row: Any) -> Session:
    proven = row.proven_at or row.created_at
    whole = min(proven, row.second_at or proven) if row.has_factor else proven
    return Session(
        row.number,
        row.login,
        replace(staff.actor_of(row, row.staff), proven_at=whole),
        row.seen_at,
        proven,
        has_factor=bool(row.has_factor),
        began_factor=row.began is not None,
    )


def stale(session: Session, now: int) -> bool:
    """Tell whether `touch` is due; asking first spares a write on most pages."""
    return now - session.seen_at >= TOUCH_MS


def touch(tx: Transaction, session: Session, now: int) -> None:
    """Remember that the session was used at `now`. Not an act, so not journaled."""
    tx.execute(
        update(access_session)
        .where(access_session.c.number == session.number, access_session.c.seen_at < now)
        .values(seen_at=now)
    )


def grow_old(tx: Transaction, token: str, by_ms: int) -> None:
    """Make it longer ago by `by_ms` that a session was seen, so that its end can be watched without waiting.

    It takes life from a session and can give it none.
    """
    sessions = access_session.c
    tx.execute(
        update(access_session)
        .where(sessions.digest == _digest(token))
        .values(seen_at=sessions.seen_at - max(0, by_ms))
    )


def end(tx: Transaction, session: Session, now: int) -> None:
    """End a session. Journals staff.signed-out, once."""
    ended = tx.execute(
        update(access_session)
        .where(access_session.c.number == session.number, access_session.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    if ended.rowcount:
        codes = {"staff": session.actor.staff}
        tx.append(entry.encode("staff.signed-out", tx.now, entry.salt(), codes))


def end_all(tx: Transaction, staff_: int) -> int:
    """End every live session of an account, now; returns how many. Journals staff.signed-out for each."""
    sessions = access_session.c
    ended = tx.execute(
        update(access_session)
        .where(sessions.staff == staff_, sessions.ended_at.is_(None))
        .values(ended_at=tx.now)
    )
    for _ in range(ended.rowcount):
        tx.append(entry.encode("staff.signed-out", tx.now, entry.salt(), {"staff": staff_}))
    return int(ended.rowcount)


def forget(tx: Transaction, now: int) -> None:
    """Delete sessions that are over for long, and failed sign-ins that no longer count."""
    tx.execute(delete(access_session).where(access_session.c.created_at <= now - KEPT_MS))
    passkey.forget(tx, now)
    quiet = max(throttle.LOGIN.quiet_ms, throttle.SOURCE.quiet_ms)
    tx.execute(delete(access_attempt).where(access_attempt.c.last_at <= now - quiet))


def csrf(token: str) -> str:
    """The anti-forgery token of the forms shown within the session of `token`."""
    mac = hmac.digest(token.encode(), b"uphold csrf 1", "sha256")
    return urlsafe_b64encode(mac).rstrip(b"=").decode()


def check_csrf(token: str, sent: str) -> bool:
    """Tell whether `sent` is the anti-forgery token of this session, in constant time."""
    return hmac.compare_digest(csrf(token).encode(), sent.encode("utf-8", "surrogatepass"))


def _keys(attempt: Attempt, key: bytes) -> _Keys:
    """Under which keys a try is counted, and by which rule."""
    login = attempt.login.strip().lower().encode("utf-8", "surrogatepass")
    return (
        (throttle.LOGIN, hmac.digest(key, b"login\0" + login, "sha256")),
        (throttle.SOURCE, hmac.digest(key, b"source\0" + attempt.source, "sha256")),
    )


def _admit(tx: Transaction, attempt: Attempt, key: bytes, now: int) -> Refusal | _Known | None:
    """Refuse while throttled; else count the try as failed and look the login up."""
    kept = [(rule, one, tx.execute(tries.by_key(one)).first()) for rule, one in _keys(attempt, key)]
    retry_at = max(
        throttle.blocked_until(rule, row.failures, row.last_at, now) if row else 0
        for rule, _, row in kept
    )
    if retry_at > now:
        # The first try of each wait is told and no more, or a stranger could fill the journal for free.
        if tries.is_first(tx, [row for _, _, row in kept if row is not None]):
            _reject(tx, attempt, _find(tx, attempt.login), Reason.THROTTLED)
        return Refusal(throttled=True, retry_at=retry_at)
    for rule, digest, row in kept:
        tries.count(tx, rule, digest, row, now)
    return _find(tx, attempt.login)


def _find(tx: Transaction, login: str) -> _Known | None:
    people = access_staff.c
    found = tx.execute(
        select(people.number, people.role, people.exercise, people.password).where(
            people.login == staff.spelled(login), people.state == State.ACTIVE
        )
    ).first()
    return _Known(staff.actor_of(found, found.number), found.password) if found else None


def _reject(tx: Transaction, attempt: Attempt, known: _Known | None, reason: Reason) -> None:
    _refuse(tx, reason)
    arrival.tried(tx, attempt.whence, OF_REFUSALS[reason], known.actor.staff if known else 0)


def _refuse(tx: Transaction, reason: Reason) -> None:
    tx.append(entry.encode("staff.refused", tx.now, entry.salt(), {"reason": str(reason)}))


@dataclass(frozen=True, slots=True)
class _Begin:
    """A session about to begin: everything that had to be made outside the transaction."""

    known: _Known
    fresh: str | None = field(repr=False)
    token: str = field(repr=False)
    now: int
    whence: Whence | None

    def store(self, tx: Transaction, keys: _Keys) -> Signed | Refusal:
        """Begin the session, unless the password was set anew while it was being checked, or it is locked."""
        who = self.known.actor.staff
        bonds = restraint.bonds(tx, who, self.now)
        if bonds.is_locked:
            _refuse(tx, Reason.LOCKED)
            return Refusal(throttled=False, locked_until=bonds.locked_until)
        people = access_staff.c
        changed: dict[str, Any] = {"signed_in_at": self.now}
        if self.fresh:
            changed["password"] = self.fresh
        updated = tx.execute(
            update(access_staff)
            .where(people.number == who, people.password == self.known.password)
            .values(**changed)
        )
        if not updated.rowcount:
            _refuse(tx, Reason.MISMATCH)
            arrival.tried(tx, self.whence, Outcome.WRONG, who)
            return Refusal(throttled=False)
        tries.forgive(tx, *(digest for _, digest in keys))
        self._insert(tx)
        tx.append(entry.encode("staff.signed-in", tx.now, entry.salt(), {"staff": who}))
        arrival.tried(tx, self.whence, Outcome.OK, who, waits=factor.is_set(tx, who))
        return Signed(self.known.actor, self.token)

    def _insert(self, tx: Transaction) -> None:
        tx.execute(delete(access_session).where(access_session.c.created_at <= self.now - KEPT_MS))
        tx.execute(
            insert(access_session).values(
                staff=self.known.actor.staff,
                digest=_digest(self.token),
                created_at=self.now,
                seen_at=self.now,
            )
        )


def _digest(token: str) -> bytes:
    """Tokens have 256 random bits, so a plain hash of one cannot be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()

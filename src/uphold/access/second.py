# SPDX-License-Identifier: Apache-2.0
"""The second step of a sign-in, the proof asked for anew before what weighs most, and a person's sessions.

A session whose account has a second factor is nobody's until a code was given or a passkey shown
(`session.resolve`). Tries are throttled by account like passwords: six digits would not stand a day of guessing.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection, select, update

from uphold.access import arrival, factor, passkey, password as passwords, session, throttle
from uphold.access.arrival import Outcome, Whence
from uphold.access.attempt import access_attempt, by_key, count, is_first
from uphold.access.passkey import Holder
from uphold.access.permission import Permission
from uphold.access.session import LIMITS, Limits, Refusal, Session, access_session
from uphold.access.staff import State, access_staff
from uphold.access.webauthn import Site
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry
from uphold.vault import identifier
from uphold.vault.unlock import KeyRing

FRESH_MS = 10 * 60 * 1000
"""How long a proof counts as fresh."""

# Power for others, what binds the operator, what goes out to people, what cannot be undone.
STEP_UP = frozenset(
    {
        Permission.STAFF_INVITE,
        Permission.STAFF_CLOSE,
        Permission.CLIENT_MAKE,
        Permission.HOLD_LIFT,
        Permission.RESTRAINT_LIFT,
        Permission.DISCLOSURE_APPROVE,
        Permission.DISCLOSURE_SEND,
        Permission.OUTBOX_EXPORT,
        Permission.RECORDS_OPEN,
        Permission.GLASS_BREAK,
        Permission.EXPORT_MAKE,
        Permission.POLICY_PUBLISH,
        Permission.STATEMENT_SIGN,
        Permission.CONSENT_ASK,
        Permission.ENQUIRY_DISCARD,
        Permission.REQUEST_FULFIL,
        Permission.RETENTION_RUN,
    }
)
"""What is done only with a fresh proof."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How a try is counted, at `now` (unix ms). `key` is as for `session.sign_in`.

    Where `whence` is given, what comes of it is noted as a signal.
    """

    key: bytes = field(repr=False)
    now: int
    whence: Whence | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """One live session in a list. Times are unix ms."""

    number: int
    created_at: int
    seen_at: int


def is_fresh(known: Session, now: int) -> bool:
    """Tell whether a session was proven lately enough for what needs `STEP_UP`."""
    return now - known.proven_at < FRESH_MS


def show(writer: Writer, ring: KeyRing, known: Session, given: str, trial: Trial) -> Refusal | None:
    """Prove the second factor for a session by a code; None when it is proven. Journals a refusal.

    The try is counted durably before the code is looked at.
    """
    staff = known.actor.staff

    def accept(tx: Transaction) -> Outcome | None:
        left = factor.left(tx, staff)
        if not factor.accept(tx, ring, staff, given):
            return None
        return Outcome.SECOND_OK if factor.left(tx, staff) == left else Outcome.RECOVERED

    return _prove(writer, known, accept, trial)


def show_passkey(
    writer: Writer, to: Site, holder: Holder, known: Session, given: str, trial: Trial
) -> Refusal | None:
    """Prove the second factor for a session by a passkey; else as `show`."""

    def accept(tx: Transaction) -> Outcome | None:
        return Outcome.SECOND_OK if passkey.accept(tx, to, holder, given) else None

    return _prove(writer, known, accept, trial)


def holder(ring: KeyRing, known: Session) -> Holder:
    """Return whose passkeys a session is about. Their devices know them by an id that tells nothing."""
    staff = known.actor.staff
    who = ring.identifiers.encode(identifier.STAFF, staff).encode("ascii")
    return Holder(staff, known.number, known.login, who)


def add(
    tx: Transaction, to: Site, holder: Holder, known: Session, given: str, name: str
) -> tuple[str, ...] | None:
    """Keep a new passkey; None where the answer proves none.

    Where it is the account's first second factor, recovery codes are returned, shown this once.
    """
    is_first = not factor.is_set(tx, holder.staff)
    if passkey.register(tx, to, holder, given, name) is None:
        return None
    if not is_first:
        return ()
    begin(tx, known, tx.now)
    return factor.recovery(tx, holder.staff)


def remove(tx: Transaction, staff: int, number: int, by: int) -> bool:
    """Take one passkey of an account away, with the recovery codes where it was the last; False: there is none."""
    was_there = passkey.remove(tx, staff, number, by)
    factor.settle(tx, staff)
    return was_there


def again(writer: Writer, known: Session, given: str, trial: Trial) -> Refusal | None:
    """Prove a session anew by the password, where the account has no second factor; None when it is proven.

    Blocks for the hashing. Throttled and journaled as `show`.
    """
    staff = known.actor.staff
    retry_at = writer.run(lambda tx: _admit(tx, staff, trial))
    if retry_at:
        return Refusal(throttled=True, retry_at=retry_at)
    stored = writer.run(lambda tx: _password(tx, staff))
    came = None if passwords.matches(stored, given) else Outcome.WRONG
    return writer.run(lambda tx: _settle(tx, known, trial, came))


def knows(connection: Connection, known: Session, given: str) -> bool:
    """Tell whether this is the password of a session's account; whoever asks counts the try. Blocks for the hashing."""
    people = access_staff.c
    found = select(people.password).where(
        people.number == known.actor.staff, people.state == State.ACTIVE
    )
    return passwords.matches(connection.execute(found).scalar(), given)


def change(
    writer: Writer, known: Session, current: str, fresh: str, trial: Trial
) -> Refusal | passwords.Weakness | None:
    """Set another password for who gives the present one; None when it is set, and every session has ended.

    Blocks for the hashing. Throttled as `again`; journals staff.password-set, or a refusal.
    """
    weak = passwords.weakness(fresh, known.login)
    if weak is not None:
        return weak
    refused = again(writer, known, current, trial)
    if refused is not None:
        return refused
    hashed = passwords.hash_(fresh)
    writer.run(lambda tx: _set_password(tx, known, hashed, trial.now))
    return None


def begin(tx: Transaction, known: Session, now: int) -> None:
    """Count the session that confirmed a factor as one that has shown it."""
    tx.execute(
        update(access_session)
        .where(access_session.c.number == known.number)
        .values(proven_at=now, second_at=now)
    )


def sessions(
    connection: Connection, staff: int, now: int, limits: Limits = LIMITS
) -> tuple[Live, ...]:
    """List an account's live sessions, the newest first."""
    rows = access_session.c
    found = select(rows.number, rows.created_at, rows.seen_at).where(
        rows.staff == staff,
        rows.ended_at.is_(None),
        rows.seen_at > now - limits.idle_ms,
        rows.created_at > now - limits.age_ms,
    )
    return tuple(
        Live(row.number, row.created_at, row.seen_at)
        for row in connection.execute(found.order_by(rows.number.desc()))
    )


def end(tx: Transaction, staff: int, number: int) -> bool:
    """End one session of an account, whoever is in it; False if it has no such session. Journals staff.signed-out."""
    rows = access_session.c
    ended = tx.execute(
        update(access_session)
        .where(rows.number == number, rows.staff == staff, rows.ended_at.is_(None))
        .values(ended_at=tx.now)
    )
    if ended.rowcount:
        tx.append(entry.encode("staff.signed-out", tx.now, entry.salt(), {"staff": staff}))
    return bool(ended.rowcount)


def _admit(tx: Transaction, staff: int, trial: Trial) -> int:
    """Count a try; 0 lets it through, else the moment (unix ms) to wait for."""
    digest, now = _digest(trial.key, staff), trial.now
    row = tx.execute(by_key(digest)).first()
    if row is not None:
        until = throttle.blocked_until(throttle.LOGIN, row.failures, row.last_at, now)
        if until > now:
            if is_first(tx, [row]):
                _refuse(tx, session.Reason.THROTTLED)
                arrival.tried(tx, trial.whence, Outcome.THROTTLED, staff)
            return until
    count(tx, throttle.LOGIN, digest, row, now)
    return 0


def _prove(
    writer: Writer,
    known: Session,
    accept: Callable[[Transaction], Outcome | None],
    trial: Trial,
) -> Refusal | None:
    retry_at = writer.run(lambda tx: _admit(tx, known.actor.staff, trial))
    if retry_at:
        return Refusal(throttled=True, retry_at=retry_at)
    return writer.run(lambda tx: _show(tx, known, accept, trial))


def _show(
    tx: Transaction,
    known: Session,
    accept: Callable[[Transaction], Outcome | None],
    trial: Trial,
) -> Refusal | None:
    came = accept(tx)
    refused = _settle(tx, known, trial, None if came else Outcome.SECOND_WRONG)
    if came is not None:
        begin(tx, known, trial.now)
        arrival.tried(tx, trial.whence, came, known.actor.staff)
    return refused


def _settle(tx: Transaction, known: Session, trial: Trial, wrong: Outcome | None) -> Refusal | None:
    staff, now = known.actor.staff, trial.now
    if wrong is not None:
        _refuse(tx, session.Reason.MISMATCH)
        arrival.tried(tx, trial.whence, wrong, staff)
        return Refusal(throttled=False)
    digest = _digest(trial.key, staff)
    forgiven = update(access_attempt).where(access_attempt.c.key == digest)
    tx.execute(forgiven.values(failures=0))
    proven = update(access_session).where(access_session.c.number == known.number)
    # Who has proved it is there: a locked session goes on.
    tx.execute(proven.values(proven_at=now, seen_at=now))
    return None


def _password(tx: Transaction, staff: int) -> str | None:
    people = access_staff.c
    found = select(people.password).where(people.number == staff, people.state == State.ACTIVE)
    stored: str | None = tx.execute(found).scalar()
    return stored


def _set_password(tx: Transaction, known: Session, hashed: str, now: int) -> None:
    people, staff = access_staff.c, known.actor.staff
    mine = update(access_staff).where(people.number == staff, people.state == State.ACTIVE)
    # A session that began earlier than its account's password is over (`session.resolve`).
    changed = tx.execute(mine.values(password=hashed, password_at=max(now, tx.now) + 1))
    if changed.rowcount:
        tx.append(entry.encode("staff.password-set", tx.now, entry.salt(), {"staff": staff}))


def _refuse(tx: Transaction, reason: session.Reason) -> None:
    tx.append(entry.encode("staff.refused", tx.now, entry.salt(), {"reason": str(reason)}))


def _digest(key: bytes, staff: int) -> bytes:
    return hmac.digest(key, b"code\0" + str(staff).encode("ascii"), "sha256")

# SPDX-License-Identifier: Apache-2.0
"""The second factor of staff: one-time codes or passkeys, and recovery codes for when the device is lost.

    begin (a secret, shown) -> confirm (a code of it; recovery codes, shown once) -> accept, at each sign-in

The secret is sealed; of recovery codes, which have 120 random bits, only hashes are kept. Whoever is asked for a
code is throttled as whoever guesses passwords. Every act is journaled in its transaction. Passkeys are kept by
`passkey`; here is what they have in common with codes.
"""

import base64
import hashlib
import hmac
import secrets

from sqlalchemy import Column, Connection, LargeBinary, Table, delete, insert, select, update

from uphold import errors
from uphold.access import passkey, totp
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.vault import factor as sealing
from uphold.vault.unlock import KeyRing

CODES = 10
_CODE_BYTES = 15
_NEVER = -1

access_factor = Table(
    "access_factor",
    metadata,
    Column("staff", Number, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
    # Null until a code of it was given: what nobody has shown to work locks nobody out.
    Column("confirmed_at", Number),
    # The step of the code that was used last, so that none is used twice.
    Column("used", Number, nullable=False),
)

access_recovery = Table(
    "access_recovery",
    metadata,
    Column("number", Number, primary_key=True),
    Column("staff", Number, nullable=False, index=True),
    Column("digest", LargeBinary, nullable=False),
    Column("spent_at", Number),
)


def is_set(reader: Connection | Transaction, staff: int) -> bool:
    """Tell whether an account has a second factor: codes that were confirmed, or a passkey."""
    return has_codes(reader, staff) or passkey.has(reader, staff)


def has_codes(reader: Connection | Transaction, staff: int) -> bool:
    """Tell whether an account has one-time codes that were confirmed."""
    found = select(access_factor.c.staff).where(
        access_factor.c.staff == staff, access_factor.c.confirmed_at.is_not(None)
    )
    return reader.execute(found).first() is not None


def holders(connection: Connection) -> frozenset[int]:
    """Return the accounts that have one-time codes which were confirmed."""
    codes = access_factor.c
    confirmed = select(codes.staff).where(codes.confirmed_at.is_not(None))
    return frozenset(connection.execute(confirmed).scalars())


def recoverable(connection: Connection) -> frozenset[int]:
    """Return the accounts that have recovery codes left."""
    codes = access_recovery.c
    unspent = select(codes.staff).where(codes.spent_at.is_(None)).distinct()
    return frozenset(connection.execute(unspent).scalars())


def left(reader: Connection | Transaction, staff: int) -> int:
    """Count the recovery codes that an account has left."""
    codes = access_recovery.c
    unspent = select(codes.number).where(codes.staff == staff, codes.spent_at.is_(None))
    return len(reader.execute(unspent).all())


def begin(tx: Transaction, ring: KeyRing, staff: int) -> bytes:
    """Make a secret for an account and return it; nothing is asked for until it is confirmed.

    Raises `errors.Conflict` where there are codes already: they are taken away first, on purpose.
    """
    if has_codes(tx, staff):
        raise errors.Conflict("There is a second factor already.", "Take it away first.")
    secret = totp.fresh()
    tx.execute(delete(access_factor).where(access_factor.c.staff == staff))
    row = {"staff": staff, "sealed": sealing.seal(ring, staff, secret), "used": _NEVER}
    tx.execute(insert(access_factor).values(**row))
    return secret


def pending(reader: Connection | Transaction, ring: KeyRing, staff: int) -> bytes | None:
    """Return the secret that was made for an account and waits for a code of it."""
    row = reader.execute(select(access_factor).where(access_factor.c.staff == staff)).first()
    if row is None or row.confirmed_at is not None:
        return None
    return sealing.open(ring, staff, row.sealed)


def confirm(tx: Transaction, ring: KeyRing, staff: int, given: str) -> tuple[str, ...] | None:
    """Put the factor into force by a code of it; returns recovery codes, shown this once. None: a wrong code.

    Journals staff.factor-set. No code is right where no secret waits for one.
    """
    secret = pending(tx, ring, staff)
    used = totp.match(secret, given, tx.now, _NEVER) if secret else None
    if used is None:
        return None
    tx.execute(
        update(access_factor)
        .where(access_factor.c.staff == staff)
        .values(confirmed_at=tx.now, used=used)
    )
    tx.append(entry.encode("staff.factor-set", tx.now, entry.salt(), {"staff": staff}))
    return recovery(tx, staff)


def accept(tx: Transaction, ring: KeyRing, staff: int, given: str) -> bool:
    """Tell whether a code proves the account's, and use it up: a one-time code, or a recovery code.

    Journals staff.recovered where it was a recovery code.
    """
    row = tx.execute(select(access_factor).where(access_factor.c.staff == staff)).first()
    secret = sealing.open(ring, staff, row.sealed) if row and row.confirmed_at else None
    used = totp.match(secret, given, tx.now, row.used) if row and secret else None
    if used is None:
        return _spend(tx, staff, given)
    # Where two give the same code at once, one of them finds it used.
    changed = tx.execute(
        update(access_factor)
        .where(access_factor.c.staff == staff, access_factor.c.used < used)
        .values(used=used)
    )
    return changed.rowcount == 1


def drop(tx: Transaction, staff: int, by: int) -> None:
    """Take all of an account's second factor away: codes, passkeys, recovery codes. Journals what there was."""
    passkey.drop(tx, staff, by)
    unset(tx, staff, by)


def unset(tx: Transaction, staff: int, by: int) -> None:
    """Take an account's one-time codes away; passkeys stay. Journals staff.factor-removed, if there were codes."""
    had = has_codes(tx, staff)
    tx.execute(delete(access_factor).where(access_factor.c.staff == staff))
    settle(tx, staff)
    if had:
        codes: dict[str, str | int] = {"staff": staff, "by": by}
        tx.append(entry.encode("staff.factor-removed", tx.now, entry.salt(), codes))


def settle(tx: Transaction, staff: int) -> None:
    """Take the recovery codes away where nothing is left that they stand in for."""
    if not is_set(tx, staff):
        tx.execute(delete(access_recovery).where(access_recovery.c.staff == staff))


def recovery(tx: Transaction, staff: int) -> tuple[str, ...]:
    """Make recovery codes in the place of those there were; they are shown this once."""
    tx.execute(delete(access_recovery).where(access_recovery.c.staff == staff))
    made = tuple(_written(secrets.token_bytes(_CODE_BYTES)) for _ in range(CODES))
    rows = [{"staff": staff, "digest": _digest(staff, one)} for one in made]
    tx.execute(insert(access_recovery), rows)
    return made


def _spend(tx: Transaction, staff: int, given: str) -> bool:
    codes, digest = access_recovery.c, _digest(staff, given)
    unspent = select(codes.number, codes.digest).where(
        codes.staff == staff, codes.spent_at.is_(None)
    )
    found = [row.number for row in tx.execute(unspent) if hmac.compare_digest(row.digest, digest)]
    if not found:
        return False
    tx.execute(update(access_recovery).where(codes.number == found[0]).values(spent_at=tx.now))
    tx.append(entry.encode("staff.recovered", tx.now, entry.salt(), {"staff": staff}))
    return True


def _written(raw: bytes) -> str:
    letters = base64.b32encode(raw).decode("ascii").lower()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def _digest(staff: int, given: str) -> bytes:
    """A code has 120 random bits, so a plain hash of it cannot be guessed back."""
    letters = "".join(one for one in given.lower() if one.isalnum())
    return hashlib.sha256(f"{staff}\0{letters}".encode("utf-8", "surrogatepass")).digest()

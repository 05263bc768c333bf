# SPDX-License-Identifier: Apache-2.0
"""What is there for nobody to touch: an account that nobody has, a token that lies about, records that nobody sent.

No work leads to any of them, so whoever touches one is looking where nobody has to look. Which they are is told to
the owner at the machine, by `uphold canary`, and on no page. The address in each export is `canary`.
"""

import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Column, Connection, LargeBinary, Table, Text, insert, select

from uphold import errors
from uphold.access import client, password as passwords, staff
from uphold.access.permission import Role
from uphold.access.signal import Kind, Signal
from uphold.access.staff import COMMAND_LINE, State, access_staff
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry

ROLES = (Role.CLERK, Role.ANALYST, Role.AUDITOR)
"""What an account that nobody has may be: never one whose number says whether somebody is left to let others in."""

access_decoy = Table(
    "access_decoy",
    metadata,
    Column("number", Number, primary_key=True),
    Column("what", Text, nullable=False),
    # The number of the account or of the record; null for a token.
    Column("of", Number, index=True),
    # Of a token its hash; it is kept nowhere but in the file that was laid out.
    Column("digest", LargeBinary, unique=True),
    Column("planted_at", Number, nullable=False),
)
_row = access_decoy.c


class What(StrEnum):
    """What was touched."""

    STAFF = "staff"
    TOKEN = "token"  # noqa: S105 - the name of a kind
    RECORD = "record"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Laid:
    """One of them in the owner's list: `of` is the number of its account or record, 0 for a token."""

    what: What
    of: int
    planted_at: int


def plant_account(writer: Writer, login: str, role: Role) -> int:
    """Make an account that looks like any, with a password that is thrown away; returns its number.

    Blocks for the hashing. Journals staff.invited and staff.password-set, as for anybody. Raises `errors.Invalid` for
    a login or a role that it cannot have, `errors.Conflict` for a login that is taken.
    """
    if role not in ROLES:
        raise errors.Invalid("A canary has no such role.", f"Name one of: {', '.join(ROLES)}.")
    login = staff.normalise(login)
    hashed = passwords.hash_(secrets.token_urlsafe(32))

    def store(tx: Transaction) -> int:
        people = access_staff.c
        if tx.execute(select(people.number).where(people.login == login)).first():
            raise errors.Conflict("This login is taken.", "Choose another.")
        told = {"login": login, "role": role, "password": hashed, "state": State.ACTIVE}
        # It says that it was used: one that never was is looked at, and closed.
        moments = dict.fromkeys(("created_at", "password_at", "signed_in_at"), tx.now)
        made = tx.execute(insert(access_staff).values(**told, **moments).returning(people.number))
        number = int(made.scalar_one())
        codes: dict[str, entry.Code] = {"staff": number, "role": str(role), "by": COMMAND_LINE}
        tx.append(entry.encode("staff.invited", tx.now, entry.salt(), codes))
        tx.append(entry.encode("staff.password-set", tx.now, entry.salt(), {"staff": number}))
        mark(tx, What.STAFF, number)
        return number

    return writer.run(store)


def plant_token(tx: Transaction) -> str:
    """Return a token that opens nothing and is known again; it is kept nowhere else."""
    token = client.PREFIX + secrets.token_urlsafe(32)
    row = {"what": What.TOKEN, "digest": digest(token), "planted_at": tx.now}
    tx.execute(insert(access_decoy).values(**row))
    return token


def mark(tx: Transaction, what: What, of: int) -> None:
    """Remember that an account or a record is there for nobody to touch."""
    tx.execute(insert(access_decoy).values(what=what, of=of, planted_at=tx.now))


def unmark(tx: Transaction, what: What, of: int) -> None:
    """Forget one that a drill had made of its own record."""
    tx.execute(access_decoy.delete().where(_row.of == of, _row.what == str(what)))


def laid_out(reader: Connection | Transaction) -> tuple[Laid, ...]:
    """List all of them, for the owner at the machine."""
    rows = reader.execute(select(access_decoy).order_by(_row.number))
    return tuple(Laid(What(one.what), one.of or 0, one.planted_at) for one in rows)


def is_account(reader: Connection | Transaction, staff: int) -> bool:
    """Tell whether an account is one that nobody has."""
    found = select(_row.number).where(_row.of == staff, _row.what == str(What.STAFF))
    return reader.execute(found).first() is not None


def is_token(reader: Connection | Transaction, token: str) -> bool:
    """Tell whether a token is one that was laid out for a thief."""
    found = select(_row.number).where(_row.digest == digest(token))
    return reader.execute(found).first() is not None


def accounts(reader: Connection | Transaction) -> frozenset[int]:
    """Return the numbers of the accounts that nobody has."""
    return _all(reader, What.STAFF)


def records(reader: Connection | Transaction) -> frozenset[int]:
    """Return the numbers of the records that nobody sent."""
    return _all(reader, What.RECORD)


def touched(what: What, source: str = "", staff: int = 0) -> Signal:
    """Make the signal that one was touched: from where, as a keyed digest, or by whom of the staff."""
    return Signal(Kind.CANARY, {"what": str(what), "source": source}, staff)


def digest(token: str) -> bytes:
    """Hash a token; it has 256 random bits, so its hash cannot be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _all(reader: Connection | Transaction, what: What) -> frozenset[int]:
    found = select(_row.of).where(_row.what == str(what))
    return frozenset(reader.execute(found).scalars())

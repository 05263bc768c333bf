# SPDX-License-Identifier: Apache-2.0
"""What is there for nobody to touch: an account that nobody has, a token that lies about, records that nobody sent.

No work leads to any of them, so whoever touches one is looking where nobody has to look. Which they are is told to
the owner at the machine, by `uphold canary`, and on no page. The address in each export is `canary`.
"""

import hashlib
from enum import StrEnum

from sqlalchemy import Column, Connection, LargeBinary, Table, Text, select

from uphold.access.signal import Kind, Signal
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction

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


def is_account(reader: Connection | Transaction, staff: int) -> bool:
    """Tell whether an account is one that nobody has."""
    return _is(reader, What.STAFF, staff)


def is_record(reader: Connection | Transaction, record: int) -> bool:
    """Tell whether a record is one that nobody sent."""
    return _is(reader, What.RECORD, record)


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


def _is(reader: Connection | Transaction, what: What, of: int) -> bool:
    found = select(_row.number).where(_row.of == of, _row.what == str(what))
    return reader.execute(found).first() is not None


def _all(reader: Connection | Transaction, what: What) -> frozenset[int]:
    found = select(_row.of).where(_row.what == str(what))
    return frozenset(reader.execute(found).scalars())

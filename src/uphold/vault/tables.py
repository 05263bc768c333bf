# SPDX-License-Identifier: Apache-2.0
"""The vault's five tables, and how the numbers of their rows are made of one another.

    record  number of a submission, known before it is sealed
    part    record << 8 | ordinal         ordinal 0 to 255, never used again
    tail    part << 2 | slot              slot 0 to 3, one per contact of the part

No row says whose it is: what names a person is inside `sealed`, or is a keyed value in an index.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from uphold.database.schema import Number, metadata

ORDINALS = 1 << 8
SLOTS = 1 << 2

# Written once and deleted whole, never updated: a correction is a later part of the same record.
vault_part = Table(
    "vault_part",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("purpose", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

# The part's key and its contacts' keyed digests, each wrapped under the key of `epoch`. To delete the
# row is to destroy the part, wherever copies of `sealed` may be.
vault_key = Table(
    "vault_key",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("epoch", BigInteger, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("contacts", LargeBinary),
)

# Filled by the hot transaction, so its key grows; `subject.merge` moves its rows to the index.
vault_index_tail = Table(
    "vault_index_tail",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("epoch", BigInteger, nullable=False),
    Column("kind", Integer, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("part", BigInteger, nullable=False),
)

vault_index = Table(
    "vault_index",
    metadata,
    Column("kind", Integer, primary_key=True, autoincrement=False),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("value", LargeBinary, primary_key=True),
    Column("part", BigInteger, primary_key=True, autoincrement=False),
    # By part, so that erasing needs no key: it must work even when the key ring is lost.
    Index("vault_index_part", "part"),
    sqlite_with_rowid=False,
)

# What is left of a part: that it was, for what, when it ended (unix ms), and the entry of the journal that says so
# (null for what was destroyed before this was kept): in its order `destroyed` follows.
vault_destroyed = Table(
    "vault_destroyed",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("purpose", Text, nullable=False),
    Column("destroyed_at", BigInteger, nullable=False),
    Column("entry", BigInteger, index=True),
)


def part_number(record: int, ordinal: int) -> int:
    """Return the number of a record's part."""
    return record << 8 | ordinal


def record_of(part: int) -> int:
    """Return the number of the record that a part belongs to."""
    return part >> 8


def parts_of(record: int) -> tuple[int, int]:
    """Return the lowest and the highest number that a part of the record can have."""
    return record << 8, record << 8 | ORDINALS - 1


def tail_number(part: int, slot: int) -> int:
    """Return the number of the index tail's row for one contact of a part."""
    return part << 2 | slot

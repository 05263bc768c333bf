# SPDX-License-Identifier: Apache-2.0
"""The tables of this room: what is due, how far the sweep is, acts of destruction, preservation orders.

None holds anything of a person but `subject`, a keyed number (`vault.pseudonym`), for as long as an act is kept.
"""

from sqlalchemy import Column, Index, LargeBinary, Table, Text

from uphold.database.schema import Number, metadata

# When to look at a record again: at the first end among its parts, as far as it was known then.
retention_due = Table(
    "retention_due",
    metadata,
    Column("record", Number, primary_key=True, autoincrement=False),
    Column("at", Number, nullable=False),
    Index("retention_due_at", "at", "record"),
)

# One row, number 1: who sweeps and until when that holds, how far the walks are, when the last sweep was.
retention_state = Table(
    "retention_state",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("holder", Text, nullable=False),
    Column("until_at", Number, nullable=False),
    # Records up to this number are in retention_due, or have nothing left.
    Column("seen", Number, nullable=False),
    # When the walk through the records began from the first one.
    Column("walked_at", Number, nullable=False),
    # Every row of retention_due above this record is looked at anew; null when there is no reason to.
    Column("again", Number),
    # The edition by whose terms the rows of retention_due were reckoned.
    Column("edition", Number, nullable=False),
    # The number of the last act: never used twice, even when acts are destroyed in their turn.
    Column("acts", Number, nullable=False),
    Column("began_at", Number, nullable=False),
    Column("ended_at", Number, nullable=False),
)

# One act of destruction: parts of one purpose, given under one edition, ended for one reason.
retention_act = Table(
    "retention_act",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("purpose", Text, nullable=False),
    Column("edition", Number, nullable=False),
    Column("reason", Text, nullable=False),
    Column("opened_at", Number, nullable=False),
    Column("entry", Number, nullable=False),
    # Null while its destruction is under way.
    Column("done_at", Number, index=True),
    Column("parts", Number),
    Column("done_entry", Number),
)

# One part that an act destroys; `destroyed_at` is null until it is.
retention_line = Table(
    "retention_line",
    metadata,
    # The part's number.
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("act", Number, nullable=False, index=True),
    Column("subject", Text, nullable=False),
    Column("destroyed_at", Number),
)

# A legal bar to destruction: of one record, of one purpose, or of one purpose in one record.
retention_order = Table(
    "retention_order",
    metadata,
    Column("number", Number, primary_key=True),
    Column("record", Number, index=True),
    Column("purpose", Text),
    Column("ground", Text, nullable=False),
    Column("starts_at", Number, nullable=False),
    # Null until it is lifted.
    Column("until_at", Number),
    Column("staff", Number, nullable=False),
    Column("placed_at", Number, nullable=False),
    # So that the digest of its terms in the journal cannot be guessed.
    Column("salt", LargeBinary, nullable=False),
    Column("entry", Number, nullable=False),
    Column("lifted_at", Number),
    Column("lifted_by", Number),
)

# SPDX-License-Identifier: Apache-2.0
"""The tables of this room: which backups were made, and what came of drills. Neither holds anything of a person."""

from sqlalchemy import Column, Table, Text

from uphold.database.schema import Number, metadata

continuity_backup = Table(
    "continuity_backup",
    metadata,
    # As it stands in the file's name.
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("made_at", Number, nullable=False),
    # SHA-256 of the file, in hex.
    Column("digest", Text, nullable=False),
    Column("bytes", Number, nullable=False),
    # The size of the journal in it.
    Column("entries", Number, nullable=False),
    # How it was looked at after writing: `opened` with an identity, else `read`.
    Column("checked", Text, nullable=False),
    # Null while its file is kept.
    Column("removed_at", Number),
    Column("entry", Number, nullable=False),
)

continuity_drill = Table(
    "continuity_drill",
    metadata,
    Column("number", Number, primary_key=True),
    Column("at", Number, nullable=False),
    # The digest of the backup that was restored aside.
    Column("backup", Text, nullable=False),
    # `well`, or the code of what was found.
    Column("outcome", Text, nullable=False),
    Column("entry", Number, nullable=False),
)

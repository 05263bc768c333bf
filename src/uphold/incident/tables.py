# SPDX-License-Identifier: Apache-2.0
"""The tables of this room. Rows are added and never changed; only sealed words are deleted, before the rest.

None holds anything of a person but `sealed`: staff and records stand there as numbers.
"""

from sqlalchemy import Column, LargeBinary, Table, Text

from uphold.database.schema import Number, metadata

incident_case = Table(
    "incident_case",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    # 0: opened by hand.
    Column("alert", Number, nullable=False, index=True),
    # Whom and which record the alert names, 0 for nobody and none.
    Column("suspect", Number, nullable=False),
    Column("about", Number, nullable=False),
    # One of `case.Whose`.
    Column("whose", Number, nullable=False),
    # As it was said when it was opened; a later line may move it.
    Column("detected_at", Number, nullable=False),
    Column("opened_at", Number, nullable=False),
    Column("opened_by", Number, nullable=False),
    Column("entry", Number, nullable=False),
)

incident_line = Table(
    "incident_line",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("incident", Number, nullable=False, index=True),
    Column("what", Text, nullable=False),
    # Codes and numbers, never what somebody wrote.
    Column("value", Text, nullable=False),
    # Hex SHA-256 of what is sealed with it, "" for nothing: it stays when that is deleted.
    Column("seal", Text, nullable=False),
    Column("at", Number, nullable=False),
    Column("staff", Number, nullable=False),
    Column("entry", Number, nullable=False),
)

# What a line says in words.
incident_words = Table(
    "incident_words",
    metadata,
    Column("line", Number, primary_key=True, autoincrement=False),
    Column("incident", Number, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
    # Null while the incident is open.
    Column("ends_at", Number, index=True),
)

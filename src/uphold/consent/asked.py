# SPDX-License-Identifier: Apache-2.0
"""Which subjects were asked anew for their consent, to what, on which wording and how."""

from sqlalchemy import Column, Table, Text

from uphold.database.schema import Number, metadata

consent_asked = Table(
    "consent_asked",
    metadata,
    Column("number", Number, primary_key=True),
    Column("record", Number, nullable=False, index=True),
    Column("purpose", Text, nullable=False),
    Column("edition", Number, nullable=False),
    Column("wording", Text, nullable=False),
    Column("how", Text, nullable=False),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False),
)

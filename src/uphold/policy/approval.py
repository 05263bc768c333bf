# SPDX-License-Identifier: Apache-2.0
"""Who approved the publishing of an edition, and the reason they gave."""

from sqlalchemy import Column, Table, Text

from uphold.database.schema import Number, metadata

policy_approval = Table(
    "policy_approval",
    metadata,
    Column("edition", Number, primary_key=True, autoincrement=False),
    Column("staff", Number, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False),
)

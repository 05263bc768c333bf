# SPDX-License-Identifier: Apache-2.0
"""Which editions came into force and when: seen once, remembered for good, whatever the clock does after."""

from sqlalchemy import Column, Table

from uphold.database.schema import Number, metadata

policy_force = Table(
    "policy_force",
    metadata,
    Column("edition", Number, primary_key=True, autoincrement=False),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False),
)

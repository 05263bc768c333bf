# SPDX-License-Identifier: Apache-2.0
"""Visits: a row for each sealed batch, counts of what was dropped, and the salts of days."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; no visit was recorded yet."""
    op.create_table(
        "visits_batch",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("stored_at", NUMBER, nullable=False),
        sa.Column("first_at", NUMBER, nullable=False),
        sa.Column("last_at", NUMBER, nullable=False),
        sa.Column("visits", NUMBER, nullable=False),
        sa.Column("edition", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
    )
    op.create_table(
        "visits_dropped",
        sa.Column("day", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("reason", sa.Text(), primary_key=True),
        sa.Column("count", NUMBER, nullable=False),
    )
    op.create_table(
        "visits_salt",
        sa.Column("day", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("made_at", NUMBER, nullable=False),
        sa.Column("destroyed_at", NUMBER),
        sa.Column("entry", NUMBER, nullable=False),
    )

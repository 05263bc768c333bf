# SPDX-License-Identifier: Apache-2.0
"""Openings in an emergency, beyond what a role may: for one record and purpose, until a moment."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; there was no such opening yet."""
    op.create_table(
        "access_glass",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("staff", NUMBER, nullable=False, index=True),
        sa.Column("record", NUMBER, nullable=False, index=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("exercise", NUMBER, nullable=False),
        sa.Column("began_at", NUMBER, nullable=False),
        sa.Column("until_at", NUMBER, nullable=False),
        sa.Column("ended_at", NUMBER),
        sa.Column("ended_by", NUMBER),
        sa.Column("seen_at", NUMBER),
        sa.Column("seen_by", NUMBER),
        sa.Column("readings", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
    )
    op.create_table(
        "access_glass_words",
        sa.Column("glass", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
    )

# SPDX-License-Identifier: Apache-2.0
"""What rules of detection noticed, and how far they have looked; acts of staff are found by their entries."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; nothing was looked at yet."""
    op.create_table(
        "detection_alert",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("identity", sa.Text(), nullable=False, unique=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", NUMBER, nullable=False),
        sa.Column("staff", NUMBER, nullable=False, index=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("record", NUMBER),
        sa.Column("group_text", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("count", NUMBER, nullable=False),
        sa.Column("first_at", NUMBER, nullable=False),
        sa.Column("last_at", NUMBER, nullable=False, index=True),
        sa.Column("raised_at", NUMBER, nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("dry_run", NUMBER, nullable=False),
        sa.Column("exercise", NUMBER),
        sa.Column("seen_at", NUMBER),
        sa.Column("seen_by", NUMBER),
        sa.Column("verdict", sa.Text()),
        sa.Column("entry", NUMBER, nullable=False),
    )
    op.create_table(
        "detection_cursor",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("journal", NUMBER, nullable=False),
        sa.Column("signal", NUMBER, nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
    )
    op.create_index("ix_access_reading_entry", "access_reading", ["entry"])
    op.create_index("ix_enquiry_move_entry", "enquiry_move", ["entry"])

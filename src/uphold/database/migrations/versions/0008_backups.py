# SPDX-License-Identifier: Apache-2.0
"""Which backups were made, and what came of restoring one aside."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "continuity_backup",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("made_at", NUMBER, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("bytes", NUMBER, nullable=False),
        sa.Column("entries", NUMBER, nullable=False),
        sa.Column("checked", sa.Text(), nullable=False),
        sa.Column("removed_at", NUMBER, nullable=True),
        sa.Column("entry", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "continuity_drill",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("backup", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )

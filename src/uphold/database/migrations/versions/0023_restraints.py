# SPDX-License-Identifier: Apache-2.0
"""What alerts put upon accounts and sources for a while, and which accounts of exercises are to feel it."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; nothing is bound yet."""
    op.create_table(
        "access_restraint",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("until_at", NUMBER, nullable=False, index=True),
        sa.Column("alert", NUMBER, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_at", NUMBER, nullable=False),
        sa.Column("lifted_at", NUMBER),
        sa.Column("lifted_by", NUMBER),
        sa.Column("next_at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
    )
    op.create_table(
        "access_drill",
        sa.Column("staff", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("run", NUMBER, nullable=False, index=True),
    )

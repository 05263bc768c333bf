# SPDX-License-Identifier: Apache-2.0
"""The budget of noisy figures, by month of the data, and what was answered out of it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; nothing was asked yet."""
    op.create_table(
        "statistics_budget",
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("granted", NUMBER, nullable=False),
        sa.Column("spent", NUMBER, nullable=False),
        sa.Column("delta", NUMBER, nullable=False),
        sa.Column("opened_at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.CheckConstraint("spent >= 0 AND spent <= granted", name="statistics_budget_spent"),
        sa.CheckConstraint("delta >= 0 AND delta <= 500000", name="statistics_budget_delta"),
    )
    op.create_table(
        "statistics_answer",
        sa.Column("question", sa.Text(), primary_key=True),
        sa.Column("account", sa.Text(), nullable=False, index=True),
        sa.Column("rho", NUMBER, nullable=False),
        sa.Column("delta", NUMBER, nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
    )

# SPDX-License-Identifier: Apache-2.0
"""When data are due, acts of destruction, preservation orders."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables; what is stored already is found by the first sweep."""
    _due()
    _acts()
    _orders()


def _due() -> None:
    op.create_table(
        "retention_due",
        sa.Column("record", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("record"),
    )
    op.create_index("retention_due_at", "retention_due", ["at", "record"], unique=False)
    op.create_table(
        "retention_state",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until_at", NUMBER, nullable=False),
        sa.Column("seen", NUMBER, nullable=False),
        sa.Column("walked_at", NUMBER, nullable=False),
        sa.Column("again", NUMBER, nullable=True),
        sa.Column("edition", NUMBER, nullable=False),
        sa.Column("acts", NUMBER, nullable=False),
        sa.Column("began_at", NUMBER, nullable=False),
        sa.Column("ended_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )


def _acts() -> None:
    op.create_table(
        "retention_act",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("edition", NUMBER, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.Column("done_at", NUMBER, nullable=True),
        sa.Column("parts", NUMBER, nullable=True),
        sa.Column("done_entry", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_retention_act_done_at", "retention_act", ["done_at"], unique=False)
    op.create_table(
        "retention_line",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("act", NUMBER, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("destroyed_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_retention_line_act", "retention_line", ["act"], unique=False)


def _orders() -> None:
    op.create_table(
        "retention_order",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("record", NUMBER, nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("starts_at", NUMBER, nullable=False),
        sa.Column("until_at", NUMBER, nullable=True),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("placed_at", NUMBER, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.Column("lifted_at", NUMBER, nullable=True),
        sa.Column("lifted_by", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_retention_order_record", "retention_order", ["record"], unique=False)

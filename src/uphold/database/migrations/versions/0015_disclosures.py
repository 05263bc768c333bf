# SPDX-License-Identifier: Apache-2.0
"""Disclosures: what goes outside on a ground of the law, its records, its steps, and the paper it rests on."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the four tables."""
    op.create_table(
        "access_disclosure",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("edition", NUMBER, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("held", sa.Text(), nullable=False),
        sa.Column("silence_until", NUMBER, nullable=False),
        sa.Column("exercise", NUMBER, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("prepared_by", NUMBER, nullable=False),
        sa.Column("prepared_at", NUMBER, nullable=False),
        sa.Column("moved_at", NUMBER, nullable=False),
        sa.Column("sent_at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
    )
    op.create_index("access_disclosure_state", "access_disclosure", ["state", "number"])
    op.create_table(
        "access_disclosure_record",
        sa.Column("disclosure", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("record", NUMBER, primary_key=True, autoincrement=False),
    )
    op.create_index("ix_access_disclosure_record_record", "access_disclosure_record", ["record"])
    op.create_table(
        "access_disclosure_move",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("disclosure", NUMBER, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
    )
    op.create_index(
        "ix_access_disclosure_move_disclosure", "access_disclosure_move", ["disclosure"]
    )
    op.create_table(
        "access_disclosure_paper",
        sa.Column("disclosure", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("moved_at", NUMBER, nullable=False),
    )

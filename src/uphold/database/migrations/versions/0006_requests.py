# SPDX-License-Identifier: Apache-2.0
"""Requests of persons, their clocks, their steps, and the records that they are about."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _requests()
    _clocks()
    _moves()
    op.create_table(
        "rights_record",
        sa.Column("request", NUMBER, autoincrement=False, nullable=False),
        sa.Column("record", NUMBER, autoincrement=False, nullable=False),
        sa.Column("hold", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("request", "record"),
    )
    op.create_index("ix_rights_record_record", "rights_record", ["record"], unique=False)


def _requests() -> None:
    op.create_table(
        "rights_request",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("profiles", sa.Text(), nullable=False),
        sa.Column("purposes", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("representative", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("received_at", NUMBER, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("moved_at", NUMBER, nullable=False),
        sa.Column("blocks", NUMBER, nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("joined", NUMBER, nullable=True),
        sa.Column("due_at", NUMBER, nullable=True),
        sa.Column("soon_at", NUMBER, nullable=True),
        sa.Column("exercise", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_rights_request_subject", "rights_request", ["subject"], unique=False)
    op.create_index("rights_request_state", "rights_request", ["state", "number"], unique=False)


def _clocks() -> None:
    op.create_table(
        "rights_clock",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("request", NUMBER, nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("started_at", NUMBER, nullable=False),
        sa.Column("due_at", NUMBER, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("certain", NUMBER, nullable=False),
        sa.Column("extended", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_rights_clock_request", "rights_clock", ["request"], unique=False)


def _moves() -> None:
    op.create_table(
        "rights_move",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("request", NUMBER, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("after", sa.LargeBinary(), nullable=True),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_rights_move_request", "rights_move", ["request"], unique=False)

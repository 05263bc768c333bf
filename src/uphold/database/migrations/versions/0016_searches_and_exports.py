# SPDX-License-Identifier: Apache-2.0
"""What staff take at a time, counted for its limits; exports and what each holds; canaries that were seen again."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; nothing was searched for or exported yet."""
    op.create_table(
        "access_volume",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("count", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
    )
    op.create_index("access_volume_staff", "access_volume", ["staff", "what", "at"])
    op.create_table(
        "access_export",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("exercise", NUMBER, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("records", NUMBER, nullable=False),
        sa.Column("made_at", NUMBER, nullable=False),
        sa.Column("ends_at", NUMBER, nullable=False),
        sa.Column("ended_at", NUMBER),
        sa.Column("taken", NUMBER, nullable=False),
        sa.Column("taken_at", NUMBER),
        sa.Column("entry", NUMBER, nullable=False),
    )
    op.create_table(
        "access_export_pick",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("export", NUMBER, nullable=False, index=True),
        sa.Column("record", NUMBER, nullable=False),
        sa.Column("ends_at", NUMBER, nullable=False, index=True),
    )
    op.create_table(
        "access_canary",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("export", NUMBER, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
    )

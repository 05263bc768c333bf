# SPDX-License-Identifier: Apache-2.0
"""Passkeys of staff, and the challenges that wait for an answer of one."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; nobody has a passkey yet."""
    op.create_table(
        "access_passkey",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("staff", NUMBER, nullable=False, index=True),
        sa.Column("credential", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("attested", sa.LargeBinary(), nullable=False),
        sa.Column("counter", NUMBER, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("used_at", NUMBER),
        sa.Column("blocked_at", NUMBER),
    )
    op.create_table(
        "access_challenge",
        sa.Column("session", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", NUMBER, nullable=False),
    )

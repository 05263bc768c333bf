# SPDX-License-Identifier: Apache-2.0
"""The second factor of staff, their recovery codes, and when a session was proven."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add tables and columns; nobody has a second factor yet."""
    op.create_table(
        "access_factor",
        sa.Column("staff", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_at", NUMBER),
        sa.Column("used", NUMBER, nullable=False),
    )
    op.create_table(
        "access_recovery",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("staff", NUMBER, nullable=False, index=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("spent_at", NUMBER),
    )
    for name in ("proven_at", "second_at"):
        op.add_column("access_session", sa.Column(name, NUMBER, nullable=True))

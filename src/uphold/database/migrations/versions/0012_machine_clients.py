# SPDX-License-Identifier: Apache-2.0
"""Machine clients, and the writes that they may repeat."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; there is no client yet."""
    op.create_table(
        "access_client",
        sa.Column("staff", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("purposes", sa.Text(), nullable=False),
        sa.Column("made_at", NUMBER, nullable=False),
        sa.Column("made_by", NUMBER, nullable=False),
        sa.Column("expires_at", NUMBER, nullable=False),
        sa.Column("revoked_at", NUMBER),
        sa.Column("revoked_by", NUMBER),
        sa.Column("seen_at", NUMBER),
        sa.Column("noted_at", NUMBER),
        sa.Column("day", NUMBER, nullable=False),
        sa.Column("opened", NUMBER, nullable=False),
    )
    op.create_table(
        "access_repeat",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("client", NUMBER, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("at", NUMBER, nullable=False, index=True),
        sa.UniqueConstraint("client", "key"),
    )

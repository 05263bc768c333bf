# SPDX-License-Identifier: Apache-2.0
"""What was noticed at the doors and of the site itself; what is there for nobody to touch."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; nothing was noticed yet, and nothing is laid out."""
    op.create_table(
        "access_signal",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("at", NUMBER, nullable=False, index=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("staff", NUMBER, nullable=False, index=True),
        sa.Column("exercise", NUMBER, nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
    )
    op.create_table(
        "access_decoy",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("of", NUMBER, index=True),
        sa.Column("digest", sa.LargeBinary(), unique=True),
        sa.Column("planted_at", NUMBER, nullable=False),
    )

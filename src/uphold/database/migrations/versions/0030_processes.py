# SPDX-License-Identifier: Apache-2.0
"""The processes that serve a site, and which of them does what only one may do."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; whoever serves next enters itself."""
    op.create_table(
        "database_process",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("ring", sa.Text(), nullable=False),
        sa.Column("until_at", NUMBER, nullable=False),
    )
    op.create_table(
        "database_lease",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("fence", NUMBER, nullable=False),
        sa.Column("until_at", NUMBER, nullable=False),
    )

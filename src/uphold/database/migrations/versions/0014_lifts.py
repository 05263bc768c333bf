# SPDX-License-Identifier: Apache-2.0
"""Who asked to lift a suspension that two people must lift."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table; nobody has asked yet."""
    op.create_table(
        "access_lift",
        sa.Column("hold", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
    )

# SPDX-License-Identifier: Apache-2.0
"""Who has said whether the answer to their enquiry helped: that they did, and nothing of what."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table; nobody was asked yet."""
    op.create_table(
        "enquiry_opinion",
        sa.Column("record", NUMBER, primary_key=True, autoincrement=False),
    )

# SPDX-License-Identifier: Apache-2.0
"""What the settings were at the last start, as digests, so that a change is noticed."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table; the first start has nothing to compare with."""
    op.create_table(
        "assurance_settings",
        sa.Column("section", sa.Text(), primary_key=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
    )

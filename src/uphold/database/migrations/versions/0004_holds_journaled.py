# SPDX-License-Identifier: Apache-2.0
"""Holds name their entries of the journal, who placed them, and who lifted them when."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns; until now nothing placed a hold."""
    for name in ("placed_by", "entry"):
        op.add_column("access_hold", sa.Column(name, NUMBER, nullable=False, server_default="0"))
    for name in ("lifted_at", "lifted_by"):
        op.add_column("access_hold", sa.Column(name, NUMBER, nullable=True))

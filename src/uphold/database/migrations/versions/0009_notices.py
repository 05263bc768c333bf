# SPDX-License-Identifier: Apache-2.0
"""Notices in the outbox, and messages that came back."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns; every message until now is an answer."""
    for name in ("notice", "codes"):
        op.add_column("mail_outbox", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("mail_outbox", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    for name in ("entry", "bounced_at"):
        op.add_column("mail_outbox", sa.Column(name, NUMBER, nullable=True))

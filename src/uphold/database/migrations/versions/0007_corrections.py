# SPDX-License-Identifier: Apache-2.0
"""Which fields of a submission were corrected, when, at whose request."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table; nothing was corrected before."""
    op.create_table(
        "rights_correction",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("record", NUMBER, nullable=False),
        sa.Column("part", NUMBER, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("request", NUMBER, nullable=False),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("after", sa.LargeBinary(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_rights_correction_record", "rights_correction", ["record"], unique=False)

# SPDX-License-Identifier: Apache-2.0
"""Which recipients of a disclosure are to be told of a correction or an erasure, and what they answered."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    numbers = ("caused_at", "told_at", "told_by", "answered_at", "answered_by", "exercise")
    op.create_table(
        "rights_telling",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("disclosure", NUMBER, nullable=False),
        sa.Column("record", NUMBER, nullable=False),
        sa.Column("request", NUMBER, nullable=False),
        *(sa.Column(name, NUMBER, nullable=False) for name in numbers),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("cause", "fields", "state", "channel", "outcome")
        ),
    )
    op.create_index("ix_rights_telling_disclosure", "rights_telling", ["disclosure"])
    op.create_index("ix_rights_telling_record", "rights_telling", ["record"])

# SPDX-License-Identifier: Apache-2.0
"""What each field was last read for. Of what was read before, only the purpose is known: it counts for every field."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Staff 0 is the person themself.
_EARLIER = """
INSERT INTO access_use (form, field, purpose, exercise, at)
SELECT record.form, '*', reading.purpose, 0, MAX(reading.at)
FROM access_reading AS reading JOIN submission_record AS record ON record.number = reading.record
WHERE reading.denied IS NULL AND reading.staff <> 0 AND record.exercise IS NULL
GROUP BY record.form, reading.purpose
"""


def upgrade() -> None:
    """Add the table, with what the history of readings tells."""
    op.create_table(
        "access_use",
        sa.Column("form", sa.Text(), primary_key=True),
        sa.Column("field", sa.Text(), primary_key=True),
        sa.Column("purpose", sa.Text(), primary_key=True),
        sa.Column("exercise", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("at", NUMBER, nullable=False),
    )
    op.execute(_EARLIER)

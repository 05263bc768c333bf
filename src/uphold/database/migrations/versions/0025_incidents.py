# SPDX-License-Identifier: Apache-2.0
"""Incidents: lines, sealed words, notices and lessons, which are only ever added."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; no incident was on record yet."""
    op.create_table(
        "incident_case",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("alert", NUMBER, nullable=False, index=True),
        sa.Column("suspect", NUMBER, nullable=False),
        sa.Column("about", NUMBER, nullable=False),
        sa.Column("whose", NUMBER, nullable=False),
        sa.Column("opened_at", NUMBER, nullable=False),
        sa.Column("opened_by", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
    )
    op.create_table(
        "incident_line",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("incident", NUMBER, nullable=False, index=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
    )
    op.create_table(
        "incident_words",
        sa.Column("line", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("incident", NUMBER, nullable=False, index=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("ends_at", NUMBER, index=True),
    )
    op.create_table(
        "incident_notice",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("incident", NUMBER, nullable=False, index=True),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("sent_at", NUMBER, nullable=False),
        sa.Column("due", NUMBER, nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
    )
    op.create_table(
        "incident_lesson",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("incident", NUMBER, nullable=False, index=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due", NUMBER, nullable=False),
    )

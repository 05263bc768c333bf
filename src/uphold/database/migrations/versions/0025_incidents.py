# SPDX-License-Identifier: Apache-2.0
"""Incidents: lines that are only ever added, and the sealed words that some of them have."""

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
        sa.Column("detected_at", NUMBER, nullable=False),
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
        sa.Column("seal", sa.Text(), nullable=False),
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
    for table in ("incident_case", "incident_line"):
        for act in ("UPDATE", "DELETE"):
            _forbid(act, table)


def _forbid(act: str, table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        return
    # The function stands since 0001.
    op.execute(
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION append_only_{act.lower()}()"
    )

# SPDX-License-Identifier: Apache-2.0
"""Recipes of figures, the ledger of what is done with them, and the tally of consents."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; there were no figures yet."""
    op.create_table(
        "statistics_recipe",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
    )
    op.create_table(
        "statistics_act",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("recipe", NUMBER, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("count", NUMBER, nullable=False),
        sa.Column("output", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
    )
    op.create_table(
        "statistics_tally",
        sa.Column("day", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("act", sa.Text(), primary_key=True),
        sa.Column("edition", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("purpose", sa.Text(), primary_key=True),
        sa.Column("count", NUMBER, nullable=False),
    )
    op.create_table(
        "statistics_cursor",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.Column("exercise", NUMBER, nullable=False),
    )
    for table in ("statistics_recipe", "statistics_act"):
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

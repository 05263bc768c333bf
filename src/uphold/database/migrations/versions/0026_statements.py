# SPDX-License-Identifier: Apache-2.0
"""Statements that people sign, and their signatures."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; nothing was made or signed yet."""
    op.create_table(
        "assurance_statement",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
    )
    op.create_table(
        "assurance_signature",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("statement", NUMBER, nullable=False),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
    )
    op.create_index("ix_assurance_signature_statement", "assurance_signature", ["statement"])
    for table in ("assurance_statement", "assurance_signature"):
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

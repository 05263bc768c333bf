# SPDX-License-Identifier: Apache-2.0
"""The register of threats: models, findings as they stand, what changed, who answers for what."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ADDED = ("threats_model", "threats_change", "threats_acceptance", "threats_attestation")


def upgrade() -> None:
    """Add the tables; no threat was judged yet."""
    op.create_table(
        "threats_model",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        *_stamp(),
    )
    op.create_table(
        "threats_finding",
        sa.Column("uid", sa.Text(), primary_key=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, index=True),
        sa.Column("severity", NUMBER, nullable=False),
        sa.Column("first_at", NUMBER, nullable=False),
        sa.Column("since", NUMBER, nullable=False),
    )
    op.create_table(
        "threats_change",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("uid", sa.Text(), nullable=False, index=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("severity_before", NUMBER, nullable=False),
        sa.Column("severity", NUMBER, nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False, index=True),
        sa.Column("cause", NUMBER, nullable=False),
    )
    op.create_table(
        "threats_acceptance",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("uid", sa.Text(), nullable=False, index=True),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("severity", NUMBER, nullable=False),
        *_stamp(sa.Column("until", NUMBER, nullable=False)),
    )
    op.create_table(
        "threats_attestation",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("staff", NUMBER, nullable=False),
        *_stamp(sa.Column("until", NUMBER, nullable=False)),
    )
    for table in _ADDED:
        for act in ("UPDATE", "DELETE"):
            _forbid(act, table)
    # A finding is changed as it stands, and never deleted.
    _forbid("DELETE", "threats_finding")


def _stamp(*between: sa.Column[int]) -> tuple[sa.Column[int], ...]:
    at = sa.Column("at", NUMBER, nullable=False)
    return (at, *between, sa.Column("entry", NUMBER, nullable=False))


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

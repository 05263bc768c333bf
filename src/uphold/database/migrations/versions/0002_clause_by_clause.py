# SPDX-License-Identifier: Apache-2.0
"""Editions remembered in force, consents asked anew, runs of probes with their evidence, and exercise marks."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Neither changed nor deleted, as in 0001.
APPEND_ONLY = (
    "assurance_attestation",
    "assurance_evidence",
    "consent_asked",
    "policy_approval",
    "policy_force",
)


def upgrade() -> None:
    """Add the columns and make the tables."""
    op.add_column("submission_record", sa.Column("exercise", NUMBER, nullable=True))
    op.add_column("access_staff", sa.Column("exercise", NUMBER, nullable=True))
    # Few records belong to a run; a post that does not pays nothing for the index.
    op.create_index(
        "submission_record_exercise",
        "submission_record",
        ["exercise"],
        unique=False,
        sqlite_where=sa.text("exercise IS NOT NULL"),
        postgresql_where=sa.text("exercise IS NOT NULL"),
    )
    _policy()
    _consent()
    _runs()
    _attested()
    for table in APPEND_ONLY:
        _forbid("UPDATE", table)
        _forbid("DELETE", table)


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


def _policy() -> None:
    op.create_table(
        "policy_force",
        sa.Column("edition", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("edition"),
    )
    op.create_table(
        "policy_approval",
        sa.Column("edition", NUMBER, autoincrement=False, nullable=False),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("edition"),
    )


def _consent() -> None:
    op.create_table(
        "consent_asked",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("record", NUMBER, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("edition", NUMBER, nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_consent_asked_record", "consent_asked", ["record"], unique=False)


def _runs() -> None:
    op.create_table(
        "assurance_run",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("began_at", NUMBER, nullable=False),
        sa.Column("ended_at", NUMBER, nullable=True),
        sa.Column("edition", NUMBER, nullable=False),
        sa.Column("configuration", sa.Text(), nullable=False),
        sa.Column("by", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "assurance_evidence",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("run", NUMBER, nullable=False),
        sa.Column("probe", sa.Text(), nullable=False),
        sa.Column("promise", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("expires_at", NUMBER, nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_assurance_evidence_run", "assurance_evidence", ["run"], unique=False)
    op.create_index("ix_assurance_evidence_probe", "assurance_evidence", ["probe"], unique=False)


def _attested() -> None:
    op.create_table(
        "assurance_attestation",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("edition", NUMBER, nullable=False),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("until", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "assurance_alert",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("run", NUMBER, nullable=False),
        sa.Column("probe", sa.Text(), nullable=False),
        sa.Column("promise", sa.Text(), nullable=False),
        sa.Column("raised_at", NUMBER, nullable=False),
        sa.Column("seen_at", NUMBER, nullable=True),
        sa.Column("seen_by", NUMBER, nullable=True),
        sa.Column("entry", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )

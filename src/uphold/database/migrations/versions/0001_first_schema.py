# SPDX-License-Identifier: Apache-2.0
"""The first schema: every table of every room, and triggers that keep what is append-only so."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# What may never change, and of that what may never go either. The application does neither; these stop a
# statement typed by hand, and the journal shows what was done without them.
NEVER_CHANGED = (
    "consent_event",
    "journal_batch",
    "journal_tile",
    "policy_edition",
    "submission_record",
    "vault_part",
)
NEVER_DELETED = ("consent_event", "journal_batch", "journal_tile", "policy_edition")


def upgrade() -> None:
    """Make every table."""
    _access()
    _accounts()
    _consent()
    _database()
    _enquiry()
    _journal()
    _mail()
    _policy()
    _submission()
    _vault()
    _forbid("UPDATE", NEVER_CHANGED)
    _forbid("DELETE", NEVER_DELETED)


def _forbid(act: str, tables: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in tables:
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION append_only_{act.lower()}() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
        # An error of the data and not of the storage, as on SQLite.
        "USING ERRCODE = 'restrict_violation'; END $$"
    )
    for table in tables:
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION append_only_{act.lower()}()"
        )


def _access() -> None:
    op.create_table(
        "access_hold",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("staff", NUMBER, nullable=True),
        sa.Column("record", NUMBER, nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("until_at", NUMBER, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_access_hold_until_at", "access_hold", ["until_at"], unique=False)
    op.create_table(
        "access_reading",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("record", NUMBER, nullable=False),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("denied", sa.Text(), nullable=True),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_access_reading_record", "access_reading", ["record"], unique=False)


def _accounts() -> None:
    op.create_table(
        "access_attempt",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", NUMBER, nullable=False),
        sa.Column("last_at", NUMBER, nullable=False),
        sa.Column("noted", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_access_attempt_last_at", "access_attempt", ["last_at"], unique=False)
    op.create_table(
        "access_invite",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("by", NUMBER, nullable=False),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("expires_at", NUMBER, nullable=False),
        sa.Column("spent_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index("ix_access_invite_staff", "access_invite", ["staff"], unique=False)
    op.create_table(
        "access_session",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("seen_at", NUMBER, nullable=False),
        sa.Column("ended_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("digest"),
    )
    op.create_table(
        "access_staff",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("password_at", NUMBER, nullable=True),
        sa.Column("signed_in_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("login"),
    )


def _consent() -> None:
    op.create_table(
        "consent_event",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("edition", NUMBER, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )


def _database() -> None:
    op.create_table(
        "database_sequence",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _enquiry() -> None:
    op.create_table(
        "enquiry_item",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_at", NUMBER, nullable=False),
        sa.Column("staff", NUMBER, nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("enquiry_item_state", "enquiry_item", ["state", "number"], unique=False)
    op.create_table(
        "enquiry_move",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("record", NUMBER, nullable=False),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_enquiry_move_record", "enquiry_move", ["record"], unique=False)


def _journal() -> None:
    op.create_table(
        "journal_batch",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("count", NUMBER, nullable=False),
        sa.Column("batch", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("entries", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "journal_head",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("batch", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "journal_tile",
        sa.Column("level", NUMBER, autoincrement=False, nullable=False),
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "number"),
    )


def _mail() -> None:
    op.create_table(
        "mail_outbox",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("record", NUMBER, nullable=False),
        sa.Column("part", NUMBER, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("staff", NUMBER, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempts", NUMBER, nullable=False),
        sa.Column("next_at", NUMBER, nullable=False),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("sent_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_mail_outbox_record", "mail_outbox", ["record"], unique=False)
    op.create_index("mail_outbox_due", "mail_outbox", ["state", "next_at"], unique=False)


def _policy() -> None:
    op.create_table(
        "policy_edition",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )


def _submission() -> None:
    op.create_table(
        "submission_record",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("edition", NUMBER, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("received_at", NUMBER, nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("entry", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("nonce"),
    )


def _vault() -> None:
    op.create_table(
        "vault_destroyed",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("destroyed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "vault_index",
        sa.Column("kind", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("part", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "epoch", "value", "part"),
        sqlite_with_rowid=False,
    )
    op.create_index("vault_index_part", "vault_index", ["part"], unique=False)
    op.create_table(
        "vault_index_tail",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("part", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "vault_key",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("contacts", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "vault_part",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )

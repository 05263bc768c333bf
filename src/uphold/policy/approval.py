# SPDX-License-Identifier: Apache-2.0
"""Who approved the publishing of an edition, and the reason they gave. The journal holds the reason's digest only."""

from dataclasses import dataclass

from sqlalchemy import Column, Connection, Table, Text, select

from uphold import errors
from uphold.database import walk
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.policy import digest

LONGEST_REASON = 2_000

policy_approval = Table(
    "policy_approval",
    metadata,
    Column("edition", Number, primary_key=True, autoincrement=False),
    Column("staff", Number, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Approval:
    """A yes to an edition: the number of the member of staff (0 for the command line), and why."""

    staff: int
    reason: str


@dataclass(frozen=True, slots=True)
class Approved:
    """A stored approval; `at` is unix ms."""

    edition: int
    staff: int
    reason: str
    at: int


def check(reason: str) -> str:
    """The reason without white space around it; `errors.Invalid` for none, or one that is too long."""
    reason = reason.strip()
    if not reason:
        raise errors.Invalid(
            "A reason for the publication is missing.", "Say in a sentence why it is published."
        )
    if len(reason) > LONGEST_REASON:
        raise errors.Invalid(
            f"The reason has more than {LONGEST_REASON} characters.", "Say it shorter."
        )
    return reason


def store(tx: Transaction, edition: int, approval: Approval) -> None:
    """Store an approval within the transaction that publishes the edition; journals policy.approved.

    Raises `errors.Invalid` as `check` does.
    """
    reason = check(approval.reason)
    codes: dict[str, entry.Code] = {
        "edition": edition,
        "staff": approval.staff,
        "reason": digest.of(reason.encode()),
    }
    index = tx.append(entry.encode("policy.approved", tx.now, entry.salt(), codes))
    tx.insert(policy_approval, (edition, approval.staff, reason, tx.now, index))


def all(connection: Connection) -> dict[int, Approved]:  # noqa: A001 - read as `approval.all(...)`
    """Every approval by the edition's number."""
    rows = connection.execute(select(policy_approval))
    return {row.edition: Approved(row.edition, row.staff, row.reason, row.at) for row in rows}


def rows(connection: Connection) -> walk.Rows:
    """Walk through the approvals as they lie, lowest edition first, for an audit."""
    return walk.rows(connection, policy_approval, ("edition",))

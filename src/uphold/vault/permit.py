# SPDX-License-Identifier: Apache-2.0
"""The gate's yes. Nothing in the vault opens without one, and it opens no more than the permit names."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Permit:
    """Who may read which fields of which record, for what.

    `actor` is the number of a member of staff, 0 for the site itself (its mailer). `record` is a record's
    number, `purpose` and `fields` are ids of the `edition` in force when the gate decided; `ground` is the
    code of the reason for the yes.
    """

    actor: int
    purpose: str
    record: int
    fields: frozenset[str]
    edition: int
    ground: str

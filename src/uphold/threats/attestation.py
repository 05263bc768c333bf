# SPDX-License-Identifier: Apache-2.0
"""What only people can do against threats: attested as done by a member of staff, for a term.

    attest(tx, "media", staff)           store and journal measure.attested; one transaction
    newest(reads)                        who attested each duty last, and until when

The duties are those that measures name (`measure.catalogue`); those of the policy's clauses are `assurance.duty`'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, insert, select

from uphold import errors
from uphold.database import walk
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.journal.store import Reads
from uphold.threats import measure
from uphold.threats.tables import threats_attestation

LONGEST_MS: Final = 366 * 24 * 60 * 60 * 1000
"""A year and a day: what was done must be looked at anew by then."""
TABLE: Final = threats_attestation.name
_row = threats_attestation.c


@dataclass(frozen=True, slots=True)
class Attested:
    """Who attested a duty; times are unix milliseconds."""

    duty: str
    staff: int
    at: int
    until: int
    entry: int


def duties() -> tuple[str, ...]:
    """Return the names of what only people can do, each once."""
    named = (one.duty for one in measure.catalogue().values() if one.duty)
    return tuple(dict.fromkeys(named))


def attest(tx: Transaction, duty: str, staff: int, until: int | None = None) -> int:
    """Store that a duty was done; returns the moment (unix ms) until which that counts, a year without `until`.

    Raises `errors.Missing` where no measure names the duty, `errors.Invalid` for a moment that has passed or is
    more than a year away.
    """
    if duty not in duties():
        raise errors.Missing(
            f"No measure names a duty {duty}.", f"There are: {', '.join(duties())}."
        )
    longest = tx.now + LONGEST_MS
    chosen = longest if until is None else until
    if not tx.now < chosen <= longest:
        raise errors.Invalid(
            f"The attestation of {duty} cannot count until then.",
            "Choose a day from tomorrow to a year on, or none for a year.",
        )
    codes: dict[str, entry.Code] = {"duty": duty, "staff": staff, "until": chosen // 1000}
    index = tx.append(entry.encode("measure.attested", tx.now, entry.salt(), codes))
    said = {"duty": duty, "staff": staff, "at": tx.now, "until": chosen, "entry": index}
    tx.execute(insert(threats_attestation).values(**said))
    return chosen


def newest(reads: Reads) -> Mapping[str, Attested]:
    """Return the newest attestation of each duty that ever had one."""
    rows = reads.execute(select(threats_attestation).order_by(_row.number))
    return {row.duty: Attested(row.duty, row.staff, row.at, row.until, row.entry) for row in rows}


def rows(connection: Connection) -> walk.Rows:
    """Yield the attestations as they are stored, for the audit."""
    return walk.rows(connection, threats_attestation)

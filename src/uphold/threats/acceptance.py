# SPDX-License-Identifier: Apache-2.0
"""Open threats that somebody answers for: who, why, up to which severity and until when.

    accept(tx, uid, staff, "Moved away in May.", until)     store and journal threat.accepted; one transaction
    applied(reads, findings, now)                           findings, accepted where somebody answers for them

An acceptance ends by its date, or when the threat becomes worse than what was accepted; then it is open again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, insert, select

from uphold import errors
from uphold.database import walk
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.journal.store import Reads
from uphold.threats import stored
from uphold.threats.change import Change, Kind
from uphold.threats.judge import Finding, State
from uphold.threats.tables import threats_acceptance

LONGEST_MS: Final = 366 * 24 * 60 * 60 * 1000
LONGEST_WORDS: Final = 1000
TABLE: Final = threats_acceptance.name
_row = threats_acceptance.c


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who answers for a threat; times are unix milliseconds."""

    uid: str
    staff: int
    why: str
    severity: int
    at: int
    until: int
    entry: int

    def covers(self, one: Finding, now: int) -> bool:
        """Whether it still answers for a finding at `now` (unix ms)."""
        return now < self.until and one.severity <= self.severity


def newest(reads: Reads) -> Mapping[str, Acceptance]:
    """Return the newest acceptance of each finding that ever had one."""
    rows = reads.execute(select(threats_acceptance).order_by(_row.number))
    return {
        row.uid: Acceptance(row.uid, row.staff, row.why, row.severity, row.at, row.until, row.entry)
        for row in rows
    }


def applied(
    given: Mapping[str, Acceptance], findings: Iterable[Finding], now: int
) -> tuple[Finding, ...]:
    """Turn open findings that somebody answers for at `now` (unix ms) into accepted ones (pure)."""
    return tuple(_applied(given.get(one.uid), one, now) for one in findings)


def accept(tx: Transaction, uid: str, staff: int, why: str, until: int) -> int:
    """Answer for an open threat until a moment (unix ms); returns the entry. Journals threat.accepted and its change.

    Raises `errors.Missing` where there is no such finding, `errors.Conflict` where it is not open, `errors.Invalid`
    for words that are none or too many, or for a moment that has passed or is more than a year away.
    """
    words = why.strip()
    if not 0 < len(words) <= LONGEST_WORDS:
        raise errors.Invalid(
            "It is not said why the threat is accepted.", f"Give 1 to {LONGEST_WORDS} characters."
        )
    if not tx.now < until <= tx.now + LONGEST_MS:
        raise errors.Invalid(
            "A threat cannot be accepted until then.", "Choose a day from tomorrow to a year on."
        )
    stands = stored.findings(tx).get(uid)
    if stands is None:
        raise errors.Missing(f"There is no finding {uid}.", "See `uphold threats DIR`.")
    if stands.state not in (State.OPEN, State.ACCEPTED):
        raise errors.Conflict(
            f"The finding {uid} is {stands.state}.", "Only an open threat can be accepted."
        )
    codes: dict[str, entry.Code] = {
        "finding": stored.digest(uid),
        "rule": stands.rule,
        "staff": staff,
        "until": until // 1000,
    }
    index = tx.append(entry.encode("threat.accepted", tx.now, entry.salt(), codes))
    said = {"uid": uid, "staff": staff, "why": words, "severity": stands.severity}
    tx.execute(insert(threats_acceptance).values(**said, at=tx.now, until=until, entry=index))
    if stands.state is State.OPEN:
        was = (stands.uid, stands.rule, stands.element, Kind.ACCEPTED, State.OPEN, State.ACCEPTED)
        stored.enter(tx, Change(*was, stands.severity, stands.severity), index)
    return index


def rows(connection: Connection) -> walk.Rows:
    """Yield the acceptances as they are stored, for the audit."""
    return walk.rows(connection, threats_acceptance)


def _applied(given: Acceptance | None, one: Finding, now: int) -> Finding:
    if one.state is not State.OPEN or given is None or not given.covers(one, now):
        return one
    return replace(one, state=State.ACCEPTED)

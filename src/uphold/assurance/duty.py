# SPDX-License-Identifier: Apache-2.0
"""The operator's own duties: what no software can do, attested by a member of staff, for a term.

    attest(tx, edition, "4.2.2", staff, until)     store and journal duty.attested; one transaction
    newest(connection, edition, editions)          who attested each duty last, and until when

An attestation holds for a later edition too, as long as the clause says the same duty there.
"""

import calendar
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert, select

from uphold import errors
from uphold.access import staff
from uphold.assurance.tables import assurance_attestation
from uphold.assurance.verdict import Attested
from uphold.database.transaction import Transaction
from uphold.journal import entry, store as journal
from uphold.policy import term
from uphold.policy.document import Duty, Edition

_row = assurance_attestation.c


def of(edition: Edition, clause: str) -> Duty:
    """Return the duty of a clause; raises `errors.Missing` where the edition declares none."""
    bound = edition.policy.bindings.get(clause)
    if bound is None or bound.duty is None:
        raise errors.Missing(
            f"Clause {clause} has no duty of the operator's own.",
            "See `uphold prove`, or [clause] in policy/policy.toml.",
        )
    return bound.duty


def attest(
    tx: Transaction, edition: Edition, clause: str, by: int, until: int | None = None
) -> int:
    """Store that a duty was done, and journal it; returns the moment (unix ms) until which that counts.

    `by` is a member of staff. Without `until` (unix ms) it counts for the duty's own term. Raises
    `errors.Missing` where there is no such duty, `errors.Invalid` for a moment that has passed, or one
    beyond the term.
    """
    duty = of(edition, clause)
    longest = after(tx.now, duty.every)
    chosen = longest if until is None else until
    if not tx.now < chosen <= longest:
        raise errors.Invalid(
            f"The attestation of clause {clause} cannot count until then.",
            f"Choose a day from tomorrow to {_day(longest)}, or none for that day.",
        )
    codes: dict[str, entry.Code] = {"clause": clause, "staff": by, "until": chosen // 1000}
    index = tx.append(entry.encode("duty.attested", tx.now, entry.salt(), codes))
    tx.execute(
        insert(assurance_attestation).values(
            clause=clause,
            edition=edition.number,
            staff=by,
            at=tx.now,
            until=chosen,
            entry=index,
        )
    )
    return chosen


def newest(
    connection: Connection, edition: Edition, editions: Iterable[Edition]
) -> Mapping[str, Attested]:
    """Return the newest attestation of each clause's duty that the journal bears out."""
    known = {one.number: one for one in editions}
    logins = staff.names(connection)
    found: dict[str, Attested] = {}
    for row in connection.execute(select(assurance_attestation).order_by(_row.number)):
        then = known.get(row.edition)
        if then is None or not _same(then, edition, row.clause):
            continue
        if _is_journaled(connection, row.entry, row.clause, row.staff, row.at, row.until):
            found[row.clause] = Attested(row.at, row.until, logins.get(row.staff, ""))
    return found


def after(at: int, every: str) -> int:
    """Add a term such as P3Y to a moment (unix ms); months end with their last day where they are shorter."""
    parts = term.parse(every) or {}
    moment = datetime.fromtimestamp(at / 1000, UTC)
    months = moment.month - 1 + parts.get("months", 0) + 12 * parts.get("years", 0)
    year, month = moment.year + months // 12, months % 12 + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    later = moment.replace(year=year, month=month, day=day) + timedelta(
        weeks=parts.get("weeks", 0),
        days=parts.get("days", 0),
        hours=parts.get("hours", 0),
        minutes=parts.get("minutes", 0),
    )
    return int(later.timestamp() * 1000)


def _same(then: Edition, now: Edition, clause: str) -> bool:
    before, bound = then.policy.bindings.get(clause), now.policy.bindings.get(clause)
    return before is not None and bound is not None and before.duty == bound.duty is not None


def _is_journaled(
    connection: Connection, index: int, clause: str, by: int, at: int, until: int
) -> bool:
    try:
        told = entry.decode(journal.entry(connection, index))
    except errors.UpholdError:
        return False
    said = {"clause": clause, "staff": by, "until": until // 1000}
    return (told.kind, dict(told.codes), told.at_ms) == ("duty.attested", said, at // 1000 * 1000)


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d")

# SPDX-License-Identifier: Apache-2.0
"""Alerts: a probe did not find its promise kept, or the site itself saw something, and somebody has to look.

bad = turned(made, before)                what was good before and is not any more
raise_new(tx, bad)                        journal alert.raised for each; one transaction
raise_seen(tx, name, promise)             the same for what the site itself saw at work, under a name like a probe's
see(tx, alert, staff)                     a member of staff says that it was seen
message(sender, to, address, now)         the mail to the operator: that a look is needed, and nothing else

One alert stands for each probe or name until it is seen; while it stands, no second one is raised.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from uphold import errors
from uphold.assurance.evidence import Evidence, Stored
from uphold.assurance.probe import Status
from uphold.assurance.tables import assurance_alert
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.mail import letter

GOOD = frozenset({Status.KEPT, Status.NOT_APPLICABLE})
SUBJECT = "Uphold: a look is needed"

_row = assurance_alert.c


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. Times are unix milliseconds; `seen_at` is 0 and `seen_by` too until somebody has seen it.

    `run` is 0 for what the site saw at work; `probe` is then a name like a probe's.
    """

    number: int
    run: int
    probe: str
    promise: str
    raised_at: int
    seen_at: int
    seen_by: int


def turned(made: Iterable[Evidence], before: Mapping[str, Stored]) -> tuple[Evidence, ...]:
    """Return the evidence by which something has turned bad: it was good before, or nothing was known (pure)."""
    return tuple(one for one in made if one.status not in GOOD and _was_good(before.get(one.probe)))


def _was_good(stored: Stored | None) -> bool:
    return stored is None or stored.evidence is None or stored.evidence.status in GOOD


def raise_new(tx: Transaction, bad: Iterable[Evidence]) -> tuple[int, ...]:
    """Raise an alert for each probe that has none standing; returns their numbers."""
    raised = (_raise(tx, one.run, one.probe, one.promise) for one in bad)
    return tuple(number for number in raised if number)


def raise_seen(tx: Transaction, name: str, promise: str) -> int:
    """Raise an alert for what the site saw at work, unless one of this name stands; returns its number, or 0.

    `name` is two or three codes joined by dots, such as `egress.declared-hosts.refused`.
    """
    return _raise(tx, 0, name, promise)


def _raise(tx: Transaction, run: int, name: str, promise: str) -> int:
    stands = select(_row.number).where(_row.seen_at.is_(None), _row.probe == name).limit(1)
    if tx.execute(stands).one_or_none() is not None:
        return 0
    codes: dict[str, entry.Code] = {"run": run, "probe": name}
    index = tx.append(entry.encode("alert.raised", tx.now, entry.salt(), codes))
    values = {"run": run, "probe": name, "promise": promise, "raised_at": tx.now, "entry": index}
    made = tx.execute(insert(assurance_alert).values(**values).returning(_row.number))
    return int(made.scalar_one())


def see(tx: Transaction, number: int, staff: int) -> None:
    """Let a member of staff say that an alert was seen; again changes nothing. Journals alert.seen.

    Raises `errors.Missing` where there is no such alert.
    """
    found = tx.execute(select(assurance_alert).where(_row.number == number)).one_or_none()
    if found is None:
        raise errors.Missing(f"There is no alert {number}.", "See the list of alerts.")
    if found.seen_at is not None:
        return
    tx.execute(
        update(assurance_alert).where(_row.number == number).values(seen_at=tx.now, seen_by=staff)
    )
    codes: dict[str, entry.Code] = {"staff": staff, "run": found.run, "probe": found.probe}
    tx.append(entry.encode("alert.seen", tx.now, entry.salt(), codes))


def standing(connection: Connection) -> tuple[Alert, ...]:
    """Return the alerts that nobody has seen, oldest first."""
    rows = connection.execute(
        select(assurance_alert).where(_row.seen_at.is_(None)).order_by(_row.number)
    )
    return tuple(_of(row) for row in rows)


def latest(connection: Connection, count: int = 50) -> tuple[Alert, ...]:
    """Return the newest alerts, seen or not, newest first."""
    rows = connection.execute(select(assurance_alert).order_by(_row.number.desc()).limit(count))
    return tuple(_of(row) for row in rows)


def _of(row: Row[Any]) -> Alert:
    told = (row.number, row.run, row.probe, row.promise, row.raised_at)
    return Alert(*told, seen_at=row.seen_at or 0, seen_by=row.seen_by or 0)


def message(sender: str, to: str, address: str, now: int) -> EmailMessage:
    """Write the mail that says that a look is needed (pure but for its id); raises as `letter.check_sender`.

    Nothing in it tells what is wrong: mail travels in the open, and may be read on a locked screen.
    """
    letter.check_sender(sender)
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = SUBJECT
    mail["Date"] = datetime.fromtimestamp(now / 1000, UTC)
    mail["Message-ID"] = make_msgid(domain=letter.domain(sender))
    # RFC 3834: a machine wrote it, so no machine should answer.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(f"Your site asks for a look:\n\n{address}/console/proof\n")
    return mail

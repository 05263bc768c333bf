# SPDX-License-Identifier: Apache-2.0
"""Runs of probes as they are told of: the last one, and what the console must warn of on every page."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from uphold.access import staff
from uphold.assurance.probe import Status
from uphold.assurance.tables import assurance_alert, assurance_evidence, assurance_run


@dataclass(frozen=True, slots=True)
class Run:
    """One run. Times are unix milliseconds; `ended_at` is 0 while it is open, `by` a login or empty for nobody's."""

    number: int
    began_at: int
    ended_at: int
    by: str


def last(connection: Connection) -> Run | None:
    """The newest run, if there has been one."""
    runs = assurance_run.c
    row = connection.execute(select(assurance_run).order_by(runs.number.desc()).limit(1)).first()
    if row is None:
        return None
    name = staff.names(connection).get(row.by, "") if row.by else ""
    return Run(row.number, row.began_at, row.ended_at or 0, name)


def broken(connection: Connection, probes: Collection[str], now: int) -> int:
    """How many promises the newest evidence of one of these probes says to be broken, as far as it counts at `now`.

    It takes what is stored as it lies, on every page of the console; the page of proof verifies it.
    """
    evidence = assurance_evidence.c
    newest = select(func.max(evidence.number)).group_by(evidence.probe)
    found = select(func.count(evidence.promise.distinct())).where(
        evidence.number.in_(newest),
        evidence.status == Status.BROKEN,
        evidence.expires_at > now,
        # What is no longer tried is no longer told of.
        evidence.probe.in_(probes),
    )
    return int(connection.execute(found).scalar_one())


def unseen(connection: Connection) -> int:
    """How many alerts nobody has seen yet."""
    alerts = assurance_alert.c
    found = select(func.count()).select_from(assurance_alert).where(alerts.seen_at.is_(None))
    return int(connection.execute(found).scalar_one())

# SPDX-License-Identifier: Apache-2.0
"""The probe of terms: no technical data outlive theirs, and what destroys them has run.

It reckons each term anew from the record's own row and the declared rule, whatever the sweep has noted.
"""

import time
from dataclasses import dataclass

from sqlalchemy import Connection

from uphold.assurance.probe import (
    N_,
    Cost,
    Kind,
    Outcome,
    Probe,
    judged,
    not_applicable,
    said,
)
from uphold.assurance.scene import Scene
from uphold.policy.document import Edition
from uphold.retention import due, orders, schedule
from uphold.retention.schedule import Events
from uphold.submission import record as submissions
from uphold.vault import remains

HOUR = 60 * 60 * 1000
# A sweep comes by the hour and takes its time; beyond this something is wrong.
GRACE = 3 * HOUR
# A sweep that is under way, or begins with the site, is let finish.
_WAIT_SECONDS = 20.0
_BEGIN_SECONDS = 5.0
_PAUSE = 0.25


@dataclass(frozen=True, slots=True)
class Lasting:
    """What was found of technical data. Times are milliseconds.

    `declared`: any edition keeps such data. Of `living` records that hold them `overdue` should not any more,
    the worst by `late`; `barred` more are kept by an order. `since` the last sweep ended, None if none ever did;
    `under_way`: one runs just now; `looked`: one ended while the site was served for this examination.
    """

    declared: bool
    living: int
    overdue: int
    late: int
    barred: int
    since: int | None
    under_way: bool
    looked: bool = True


def _look(scene: Scene) -> Lasting:
    began = time.monotonic()
    while True:
        found = _found(scene)
        patience = _WAIT_SECONDS if found.under_way else _BEGIN_SECONDS
        is_new = found.since is None or found.since > GRACE
        # Served for this examination alone, a site has only just begun to look for what is due: when it has
        # looked once, it has, and waiting brings nothing more.
        begins = not (scene.target.is_configured or found.looked) and (is_new or found.overdue > 0)
        if not (found.under_way or begins) or time.monotonic() - began > patience:
            return found
        time.sleep(_PAUSE)


def _found(scene: Scene) -> Lasting:
    now = scene.now
    living = overdue = late = barred = 0
    with scene.read() as connection:
        state = due.state(connection)
        standing = orders.in_force(connection, now)
        for edition in scene.editions:
            purpose = edition.policy.technical
            for number, received in _holding(connection, edition, now - GRACE):
                living += 1
                ends = schedule.of_part(
                    edition.policy, scene.edition.policy, purpose, Events(received)
                )
                if ends is None or ends.at + GRACE > now:
                    continue
                if orders.barring(standing, number, purpose, now):
                    barred += 1
                else:
                    overdue, late = overdue + 1, max(late, now - ends.at)
    return Lasting(
        declared=any(edition.policy.technical for edition in scene.editions),
        living=living,
        overdue=overdue,
        late=late,
        barred=barred,
        since=now - state.ended_at if state.ended_at else None,
        under_way=state.is_held(now),
        looked=state.ended_at >= scene.target.since,
    )


def _holding(connection: Connection, edition: Edition, before: int) -> list[tuple[int, int]]:
    """List the people's records of an edition with technical data, received before: number and time."""
    purpose = edition.policy.technical
    return submissions.received(
        connection, edition.number, before, lambda number: remains.holds(number, purpose)
    )


def judge(found: Lasting) -> Outcome:
    """Judge: nothing is overdue by more than the sweep may take, and a sweep ran or runs."""
    if not found.declared:
        return not_applicable(said(N_("No edition keeps technical data.")))
    faults = []
    if found.overdue:
        text = N_("%(count)s records hold technical data up to %(hours)s hours beyond their term.")
        faults.append(said(text, count=found.overdue, hours=found.late // HOUR))
    if found.since is None and not found.under_way:
        faults.append(said(N_("Nothing that is due was ever looked for.")))
    if found.since is not None and found.since > GRACE and not found.under_way:
        text = N_("What is due was looked for %(hours)s hours ago, for the last time.")
        faults.append(said(text, hours=found.since // HOUR))
    seen = N_(
        "Of %(living)s records with technical data none is beyond its term; %(barred)s more are kept by an order."
    )
    return judged(faults, said(seen, living=found.living - found.barred, barred=found.barred))


STORED = Probe(
    id="visit.short-lived.stored",
    promise="visit.short-lived",
    kind=Kind.EXAMINE,
    does=N_("Looks for technical data beyond their term, and when what is due was destroyed last."),
    act=_look,
    oracle=judge,
    cost=Cost.HEAVY,
)

PROBES = (STORED,)

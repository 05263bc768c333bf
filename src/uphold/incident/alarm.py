# SPDX-License-Identifier: Apache-2.0
"""From an alert of detection to the beginning of an incident: what the site itself knows of it.

The time of detection is when the alert was raised, however late somebody looks; from then on the law's clocks run.
"""

from sqlalchemy import Connection

from uphold.database.transaction import Transaction
from uphold.detection import store as alerts
from uphold.detection.store import Alert, Verdict
from uphold.incident import stored
from uphold.incident.case import Whose
from uphold.incident.store import Opening

LISTED = 20


def opening(alert: Alert, *, by_exercise: bool, words: str = "") -> Opening:
    """What an incident on an alert begins with; `by_exercise`: an account of a run of probes opens it."""
    whose = Whose.DRILL if alert.exercise else Whose.PEOPLES
    return Opening(
        detected_at=alert.raised_at,
        alert=alert.number,
        suspect=alert.staff,
        record=alert.record,
        whose=Whose.PROBES if by_exercise else whose,
        occurred=(alert.first_at, max(alert.first_at, min(alert.last_at, alert.raised_at))),
        words=words,
        rule=alert.rule,
        responses=responded(alert),
    )


def responded(alert: Alert) -> tuple[str, ...]:
    """What the site did by itself: codes of responses that were applied and not only noted."""
    done = (one for one in alert.responses if ":" not in one and one not in {"log", "notify"})
    return () if alert.dry_run else tuple(done)


def waiting(reader: Connection | Transaction, *, exercise: bool) -> tuple[Alert, ...]:
    """The latest alerts that nobody found false and that have no incident, newest first: people's, or of exercises."""
    found = alerts.listed(reader, exercise=exercise, limit=LISTED)
    return tuple(
        one
        for one in found
        if one.verdict != Verdict.FALSE and not stored.of_alert(reader, one.number)
    )

# SPDX-License-Identifier: Apache-2.0
"""Alerts counted: how many came, how many were false, and how long they took."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from uphold.detection.store import Verdict, detection_alert


@dataclass(frozen=True, slots=True)
class Tally:
    """Alerts about people's work since a moment; those of exercises count for `lags` alone.

    `judged` are those that a person has judged, `false` of them were false alarms. `lags` are the milliseconds from the
    last event that an alert is about to the alert, in order of size.
    """

    alerts: int
    judged: int
    false: int
    lags: tuple[int, ...]

    def lag(self, share: float) -> int:
        """Return the lag (ms) that such a share of the alerts does not go beyond; -1 where there is none."""
        if not self.lags:
            return -1
        return self.lags[min(len(self.lags) - 1, int(share * len(self.lags)))]


def since(reader: Connection, moment: int) -> Tally:
    """Count the alerts that were raised since a moment (unix ms)."""
    alerts = detection_alert.c
    query = select(alerts.exercise, alerts.verdict, alerts.last_at, alerts.raised_at)
    rows = reader.execute(query.where(alerts.raised_at >= moment)).all()
    mine = [row for row in rows if row.exercise is None]
    return Tally(
        alerts=len(mine),
        judged=sum(row.verdict is not None for row in mine),
        false=sum(row.verdict == Verdict.FALSE for row in mine),
        lags=tuple(sorted(max(0, row.raised_at - row.last_at) for row in rows)),
    )

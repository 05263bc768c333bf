# SPDX-License-Identifier: Apache-2.0
"""What each rule has found: how often, how often wrongly, when last."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from uphold.detection.store import Verdict, detection_alert


@dataclass(frozen=True, slots=True)
class OfRule:
    """Of one rule: its alerts about people, those of them that people judged false, and its last alert (unix ms)."""

    raised: int
    false: int
    last_at: int


def by_rule(connection: Connection) -> Mapping[str, OfRule]:
    """Count the alerts of each rule that has raised any; of exercises only when the last one was."""
    alerts = detection_alert.c
    mine = alerts.exercise.is_(None)
    false = mine & (alerts.verdict == str(Verdict.FALSE))
    rows = connection.execute(
        select(
            alerts.rule,
            func.sum(case((mine, 1), else_=0)).label("raised"),
            func.sum(case((false, 1), else_=0)).label("wrong"),
            func.max(alerts.raised_at).label("last"),
        ).group_by(alerts.rule)
    )
    return {row.rule: OfRule(int(row.raised), int(row.wrong), int(row.last)) for row in rows}

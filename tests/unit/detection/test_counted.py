# SPDX-License-Identifier: Apache-2.0
"""What each rule has found: alerts of exercises are no alarms about people."""

from sqlalchemy import create_engine, insert
from sqlalchemy.pool import StaticPool

from uphold.detection import counted
from uphold.detection.counted import OfRule
from uphold.detection.store import detection_alert


def test_alerts_are_counted_by_rule() -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    told = [("a", None, "false"), ("a", None, None), ("a", 5, "false"), ("b", 5, None)]
    with engine.begin() as connection:
        detection_alert.create(connection)
        for number, (rule, exercise, verdict) in enumerate(told, 1):
            row = {"number": number, "identity": str(number), "rule": rule, "severity": 1}
            row |= {"staff": 0, "source": "", "group_text": "[]", "events": "", "count": 1}
            row |= {"first_at": 1, "last_at": 1, "raised_at": number, "response": "log"}
            row |= {"dry_run": 0, "exercise": exercise, "verdict": verdict, "entry": 0}
            connection.execute(insert(detection_alert).values(row))
        assert counted.by_rule(connection) == {"a": OfRule(2, 1, 3), "b": OfRule(0, 0, 4)}

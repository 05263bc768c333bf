# SPDX-License-Identifier: Apache-2.0
"""Alerts are counted with what people said of them; those of exercises count for their delay alone."""

from sqlalchemy import insert

from tests.office import Office, office, quick_hashing
from uphold.detection import tally
from uphold.detection.store import Verdict, detection_alert
from uphold.detection.tally import Tally

__all__ = ["office", "quick_hashing"]

AT = 1_790_000_000_000
SECOND = 1000


def put(office: Office, number: int, lag: int, verdict: str | None, run: int | None = None) -> None:
    values = {
        "number": number,
        "identity": str(number),
        "rule": "r",
        "severity": 3,
        "staff": 1,
        "source": "",
        "group_text": "[]",
        "events": "j1",
        "count": 1,
        "first_at": AT,
        "last_at": AT,
        "raised_at": AT + lag,
        "response": "log",
        "dry_run": 0,
        "entry": 1,
        "verdict": verdict,
        "exercise": run,
    }
    office.run(lambda tx: tx.execute(insert(detection_alert).values(**values)))


def test_alerts_are_counted_with_their_verdicts_and_delays(office: Office) -> None:
    for number, (lag, verdict, run) in enumerate(
        [
            (2 * SECOND, Verdict.TRUE, None),
            (SECOND, Verdict.FALSE, None),
            (3 * SECOND, None, None),
            (9 * SECOND, Verdict.DRILL, 4),
        ],
        1,
    ):
        put(office, number, lag, verdict, run)
    found = office.read(lambda c: tally.since(c, AT))
    assert (found.alerts, found.judged, found.false) == (3, 2, 1)
    assert found.lags == (SECOND, 2 * SECOND, 3 * SECOND, 9 * SECOND)
    assert (found.lag(0.5), found.lag(0.95)) == (3 * SECOND, 9 * SECOND)
    assert office.read(lambda c: tally.since(c, AT + 9 * SECOND)).alerts == 0


def test_without_alerts_there_is_no_delay() -> None:
    assert Tally(0, 0, 0, ()).lag(0.5) == -1

# SPDX-License-Identifier: Apache-2.0
"""An incident on an alert begins with what the site knows; its clocks run since the alert was raised."""

from dataclasses import replace

from tests import incidents
from tests.incidents import AT, HOUR
from tests.office import Office
from uphold.detection.store import Alert
from uphold.incident import alarm, store, stored
from uphold.incident.case import What, Whose

ALERT = Alert(
    number=9,
    rule="export-at-night",
    severity=4,
    staff=3,
    source="",
    record=12,
    group=(("staff", 3),),
    events=("j1", "j2"),
    count=2,
    first_at=AT - 2 * HOUR,
    last_at=AT - HOUR,
    raised_at=AT,
    responses=("log", "lock", "freeze-export:spared"),
    dry_run=False,
    exercise=0,
    seen_at=0,
    seen_by=0,
    verdict="",
    entry=44,
)


def test_the_detection_is_when_the_alert_was_raised(sqlite_office: Office) -> None:
    office = sqlite_office
    begun = alarm.opening(ALERT, by_exercise=False)
    assert (begun.detected_at, begun.occurred) == (AT, (AT - 2 * HOUR, AT - HOUR))
    assert (begun.suspect, begun.record, begun.whose) == (3, 12, Whose.PEOPLES)
    late = replace(begun, detected_at=incidents.HOUR, occurred=(1, 2))
    made = office.run(lambda tx: store.open_(tx, office.ring, late, 2))
    assert made.detected_at == incidents.HOUR
    found = office.read(lambda c: stored.find(c, None, made.number))
    assert found.value(What.RULE) == "export-at-night"
    assert found.value(What.RESPONDED) == "lock"


def test_what_was_only_noted_is_no_measure() -> None:
    assert alarm.responded(ALERT) == ("lock",)
    assert alarm.responded(replace(ALERT, dry_run=True)) == ()


def test_whose_it_is_goes_by_the_alert_and_by_who_opens_it() -> None:
    drill = replace(ALERT, exercise=4)
    assert alarm.opening(drill, by_exercise=False).whose is Whose.DRILL
    assert alarm.opening(drill, by_exercise=True).whose is Whose.PROBES


def test_without_alerts_none_waits(sqlite_office: Office) -> None:
    for exercise in (False, True):
        assert sqlite_office.read(lambda c, e=exercise: alarm.waiting(c, exercise=e)) == ()  # type: ignore[misc]  # bound now

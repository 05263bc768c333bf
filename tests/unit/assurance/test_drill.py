# SPDX-License-Identifier: Apache-2.0
"""When a drill went well: noticed by the intruder's own events, refused where it is to be, felt by nobody else."""

from dataclasses import replace

import pytest

from uphold.assurance import drill
from uphold.assurance.attacks import Played
from uphold.assurance.intruder import Blocked
from uphold.assurance.probe import said
from uphold.detection.store import Alert

ALERT = Alert(
    number=4,
    rule="export-run",
    severity=3,
    staff=7,
    source="",
    record=0,
    group=(("staff", 7),),
    events=("j9", "j10"),
    count=2,
    first_at=900,
    last_at=1000,
    raised_at=1400,
    responses=("log", "freeze-export"),
    dry_run=False,
    exercise=3,
    seen_at=0,
    seen_by=0,
    verdict="",
    entry=11,
)
GOOD = Played(
    attack="export",
    rules=("export-run",),
    blocks=True,
    acts=9,
    began_at=800,
    completed_at=1000,
    alert=ALERT,
    blocked=Blocked("frozen", 1600, 9),
    cited=True,
    worked=True,
)


def test_it_went_well_and_says_when() -> None:
    assert drill.is_well(GOOD)
    told = drill.as_json(GOOD)
    assert (told["alert"]["after_ms"], told["block"]) == (400, {"how": "frozen", "after_ms": 600})


@pytest.mark.parametrize(
    "bad",
    [
        replace(GOOD, alert=None),
        replace(GOOD, blocked=None),
        replace(GOOD, cited=False),
        replace(GOOD, worked=False),
        replace(GOOD, touched=1),
    ],
)
def test_it_did_not(bad: Played) -> None:
    assert not drill.is_well(bad)
    assert drill.as_json(bad)["well"] is False


def test_what_refuses_nobody_is_well_without_and_what_cannot_be_played_is_no_failure() -> None:
    assert drill.is_well(replace(GOOD, blocks=False, blocked=None))
    idle = Played("export", (), blocks=True, why=said("The rule %(rule)s is off.", rule="x"))
    assert drill.is_well(idle)
    assert drill.as_json(idle)["why_not_played"] == "The rule x is off."
    assert (idle.alert_ms, idle.block_ms) == (-1, -1)

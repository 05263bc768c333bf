# SPDX-License-Identifier: Apache-2.0
"""What the probes of live attacks make of what they saw."""

from dataclasses import replace

import pytest

from tests.unit.assurance.test_drill import GOOD
from uphold.assurance.attacks import Played
from uphold.assurance.probe import Status, said
from uphold.assurance.probes import intrusion
from uphold.assurance.probes.intrusion import Felt, Ladders, Tried

SEEN = Tried(GOOD, 1, on=True)
STEP = Felt("lock", "console", "applied", "locked", "locked", "")
LADDERS = Ladders((STEP, Felt("lock", "api", "applied", "403", "403", "200")), "exercise")


def test_an_attack_that_was_noticed_and_refused_keeps_the_promise() -> None:
    outcome = intrusion.judge_attack(SEEN)
    assert outcome.status is Status.KEPT
    assert "an alert after 400 ms, a refusal after 600 ms (frozen)" in str(outcome.saw[0])


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (replace(SEEN, on=False), "switched off"),
        (replace(SEEN, played=replace(GOOD, alert=None)), "raised no alert"),
        (replace(SEEN, played=replace(GOOD, cited=False)), "not the intruder's own"),
        (replace(SEEN, journaled=0), "left 0 entries"),
        (replace(SEEN, played=replace(GOOD, blocked=None)), "went on after the alert"),
        (replace(SEEN, played=replace(GOOD, worked=False)), "who did nothing was stopped"),
        (replace(SEEN, played=replace(GOOD, touched=2)), "bound 2 others"),
    ],
)
def test_an_attack_breaks_the_promise(bad: Tried, why: str) -> None:
    outcome = intrusion.judge_attack(bad)
    assert outcome.status is Status.BROKEN
    assert any(why in str(one) for one in outcome.saw)


def test_what_could_not_be_played_shows_nothing() -> None:
    idle = replace(SEEN, played=replace(GOOD, why=said("One address alone.")))
    assert intrusion.judge_attack(idle).status is Status.NOT_APPLICABLE
    none = replace(SEEN, played=Played("sweep", (), blocks=True))
    assert intrusion.judge_attack(none).status is Status.NOT_SHOWN


def test_steps_that_were_felt_and_ended_keep_the_promise() -> None:
    assert intrusion.judge_ladders(LADDERS).status is Status.KEPT
    assert intrusion.judge_ladders(None).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (replace(LADDERS, felt=(replace(STEP, done="spared"),)), "was not done, but: spared"),
        (replace(LADDERS, felt=(replace(STEP, found=""),)), "was not felt by the next request"),
        (replace(LADDERS, felt=(replace(STEP, after="locked"),)), "felt after its end too"),
        (replace(LADDERS, spared="applied"), "was not let off: applied"),
    ],
)
def test_a_step_breaks_the_promise(bad: Ladders, why: str) -> None:
    outcome = intrusion.judge_ladders(bad)
    assert outcome.status is Status.BROKEN
    assert any(why in str(one) for one in outcome.saw)

# SPDX-License-Identifier: Apache-2.0
"""Verdicts on the register of threats, from hand-made traces."""

from dataclasses import replace

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import registered
from uphold.assurance.probes.registered import Kept

KEPT = Kept(findings=60, unknown=(), unborne=(), unanswered=(), unlike=(), nameless=(), allowed=())


def test_a_register_that_is_borne_out_is_kept() -> None:
    outcome = registered.judge_register(KEPT)
    assert (outcome.status, outcome.saw[0].values) == (Status.KEPT, {"count": 60})


@pytest.mark.parametrize(
    "name", ["unknown", "unborne", "unanswered", "unlike", "nameless", "allowed"]
)
def test_each_fault_breaks_it_and_many_are_counted(name: str) -> None:
    many = tuple(f"a@form:{number:02}" for number in range(12))
    outcome = registered.judge_register(replace(KEPT, **{name: many}))  # type: ignore[arg-type]  # one field
    assert outcome.status is Status.BROKEN
    assert outcome.saw[0].values == {"name": "a@form:00"}
    assert outcome.saw[-1].values == {"count": 2}

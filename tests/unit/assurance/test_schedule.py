# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest

from tests.unit.assurance.proofs import AT, HOUR, PRESENT, evidence, probe, stored
from uphold.assurance import schedule
from uphold.assurance.probe import Status
from uphold.assurance.verdict import Present

ONE = probe()


def due(now: int, **changed: Any) -> bool:
    told = {ONE.id: stored(evidence(**changed))}
    return schedule.due([ONE], told, Present(now, 1, "c" * 64)) == (ONE,)


def test_what_never_ran_or_cannot_be_believed_is_due() -> None:
    assert schedule.due([ONE], {}, PRESENT) == (ONE,)
    assert schedule.due([ONE], {ONE.id: stored(None)}, PRESENT) == (ONE,)


def test_a_probe_is_due_before_its_evidence_expires() -> None:
    assert not due(AT)
    assert not due(AT + 20 * HOUR)
    assert due(AT + 21 * HOUR)
    assert due(AT + 30 * HOUR)


@pytest.mark.parametrize("status", [Status.BROKEN, Status.NOT_SHOWN])
def test_what_is_not_well_is_looked_at_again_soon(status: Status) -> None:
    assert not due(AT + HOUR // 2, status=status)
    assert due(AT + HOUR, status=status)


def test_evidence_of_another_edition_or_configuration_is_due() -> None:
    assert due(AT, edition=2)
    assert due(AT, configuration="d" * 64)


def test_who_judges_the_others_runs_whenever_any_of_them_does() -> None:
    last = probe("measures.evaluated.evidence", is_last=True)
    told = {ONE.id: stored(evidence()), last.id: stored(evidence(last.id))}
    assert schedule.due([last, ONE], told, PRESENT) == ()
    assert schedule.due([last, ONE], {last.id: told[last.id]}, PRESENT) == (last, ONE)

# SPDX-License-Identifier: Apache-2.0
"""Verdicts on suspensions and on readings of the journal, from hand-made traces."""

from dataclasses import replace

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import holds
from uphold.assurance.probes.holds import Looked, Stopped

STOPPED = Stopped("record-held", 403, 1, 200)
LOOKED = Looked("record", 200, 1, 0)


def test_a_hold_that_is_felt_and_journaled_is_kept() -> None:
    assert holds.judge_stops([STOPPED, STOPPED]).status == Status.KEPT


@pytest.mark.parametrize("fault", [{"status": 200}, {"entries": 0}, {"entries": 2}])
def test_a_hold_that_nobody_feels_or_that_leaves_no_trace_breaks_it(fault: dict[str, int]) -> None:
    outcome = holds.judge_stops([STOPPED, replace(STOPPED, **fault)])  # type: ignore[arg-type]  # one field each
    assert outcome.status == Status.BROKEN
    assert len(outcome.saw) == 1


def test_what_does_not_open_without_a_hold_shows_nothing() -> None:
    assert holds.judge_stops([replace(STOPPED, after=403)]).status == Status.NOT_SHOWN


def test_a_reading_of_the_journal_that_is_in_it_is_kept() -> None:
    assert holds.judge_looks([LOOKED, replace(LOOKED, of="staff")]).status == Status.KEPT


@pytest.mark.parametrize("fault", [{"entries": 0}, {"entries": 2}, {"marks": 1}])
def test_a_reading_without_a_trace_or_with_what_people_wrote_breaks_it(
    fault: dict[str, int],
) -> None:
    outcome = holds.judge_looks([LOOKED, replace(LOOKED, **fault)])  # type: ignore[arg-type]  # one field each
    assert outcome.status == Status.BROKEN


def test_a_page_that_is_not_there_shows_nothing() -> None:
    assert holds.judge_looks([replace(LOOKED, status=404)]).status == Status.NOT_SHOWN

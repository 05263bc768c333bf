# SPDX-License-Identifier: Apache-2.0
"""What the pages on evaluation are told is in the samples, in each state that a template knows."""

from tests.unit.web import evaluation_samples
from uphold.assurance.statement import Kind
from uphold.threats.judge import Held


def test_the_samples_have_every_state_of_a_measure_and_every_kind() -> None:
    page = evaluation_samples.evaluation("en")
    assert {one.status for one in page.order} == {*map(str, Held), ""}
    assert {one.code for one in page.kinds} == {str(kind) for kind in Kind}
    assert {one.standing for one in page.kinds} == {"signed", "overdue", "never"}

# SPDX-License-Identifier: Apache-2.0
"""The page of deadlines says what the laws and the cases worked out by hand say."""

from tools import deadlines
from uphold.law import profile


def test_the_reference_of_deadlines_is_the_law_as_data() -> None:
    assert deadlines.PAGE.read_text(encoding="utf-8") == deadlines.page(), "run: make deadlines"


def test_what_was_worked_out_by_hand_is_what_is_computed() -> None:
    cases = deadlines.cases()
    assert len(cases) >= 12
    assert [case for case in cases if deadlines.computed(case) != case.end] == []


def test_a_case_stands_for_every_way_of_counting() -> None:
    used = {
        profile.profile(case.profile).rule(case.rule, case.start.date()).term.unit
        for case in deadlines.cases()
    }
    assert used == set(profile.Unit)

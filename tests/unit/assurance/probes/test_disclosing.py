# SPDX-License-Identifier: Apache-2.0
"""Verdicts on attempts to disclose, from hand-made traces."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import disclosing
from uphold.assurance.probes.disclosing import ATTEMPTS, WHOLE, Attempted

WELL = Attempted(
    done=(), tried=17, kinds=WHOLE, proven=True, asked=1, found=1, more=0, plain=0, told=0
)


def test_refused_in_every_wrong_way_and_whole_in_the_right_one_is_kept() -> None:
    assert ATTEMPTS.oracle(WELL).status == Status.KEPT


@pytest.mark.parametrize("name", sorted(disclosing._DONE))
def test_each_wrong_way_that_works_is_a_fault_of_its_own(name: str) -> None:
    found = ATTEMPTS.oracle(replace(WELL, done=(name,)))
    assert found.status == Status.BROKEN
    assert len(found.saw) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kinds": WHOLE[:1] + WHOLE[2:]},
        {"kinds": ()},
        {"proven": False},
        {"found": 0},
        {"more": 2},
        {"plain": 1},
        {"told": 1},
    ],
    ids=str,
)
def test_each_fault_is_broken(fault: dict[str, Any]) -> None:
    assert ATTEMPTS.oracle(replace(WELL, **fault)).status == Status.BROKEN


def test_without_the_library_or_a_form_nothing_is_shown() -> None:
    assert ATTEMPTS.oracle(replace(WELL, installed=False)).status == Status.NOT_SHOWN
    assert ATTEMPTS.oracle(None).status == Status.NOT_APPLICABLE

# SPDX-License-Identifier: Apache-2.0
"""Verdicts on passkeys, from hand-made traces."""

from dataclasses import replace

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import passkeys
from uphold.assurance.probes.passkeys import Shown

WAYS = ("none", "origin", "key", "again", "elsewhere", "copy")
GOOD = Shown(200, right=True, wrong=tuple((way, False) for way in WAYS))


def test_what_opens_to_the_right_answer_alone_is_kept() -> None:
    assert passkeys.judge_passkeys(GOOD).status is Status.KEPT


@pytest.mark.parametrize("way", WAYS)
def test_each_wrong_answer_that_opens_is_a_fault(way: str) -> None:
    wrong = tuple((one, one == way) for one in WAYS)
    found = passkeys.judge_passkeys(replace(GOOD, wrong=wrong))
    assert found.status is Status.BROKEN
    assert [one.values["what"] for one in found.saw] == [way]


def test_what_could_not_be_tried_shows_nothing() -> None:
    assert passkeys.judge_passkeys(Shown(409, right=False, wrong=())).status is Status.NOT_SHOWN
    assert passkeys.judge_passkeys(replace(GOOD, right=False)).status is Status.NOT_SHOWN
    assert passkeys.judge_passkeys(None).status is Status.NOT_APPLICABLE

# SPDX-License-Identifier: Apache-2.0
"""Exports and openings of several as seen: each fault is named, and what was not tried is not kept."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import copies
from uphold.assurance.probes.copies import File, Others, Volume

FILE = File(
    made=303,
    taken=200,
    rows=3,
    holds_own=True,
    marks=1,
    nobodys=True,
    unsafe=0,
    entries=2,
    opened=1,
    life=1.0,
    longest=24,
    after=410,
    returned=True,
)
OTHERS = Others((("officer", 404), ("stranger", 303)), leaked=False, left=0)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, Status.KEPT),
        ({"marks": 0}, Status.BROKEN),
        ({"marks": 2}, Status.BROKEN),
        ({"nobodys": False}, Status.BROKEN),
        ({"returned": False}, Status.BROKEN),
        ({"unsafe": 1}, Status.BROKEN),
        ({"entries": 1}, Status.BROKEN),
        ({"opened": 0}, Status.BROKEN),
        ({"opened": 2}, Status.BROKEN),
        ({"life": 25.0}, Status.BROKEN),
        ({"after": 200}, Status.BROKEN),
        ({"made": 422}, Status.NOT_SHOWN),
        ({"taken": 500}, Status.NOT_SHOWN),
        ({"holds_own": False}, Status.NOT_SHOWN),
    ],
)
def test_a_file(changed: dict[str, Any], status: Status) -> None:
    assert copies.judge_file(replace(FILE, **changed)).status is status


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, Status.KEPT),
        ({"tries": (("officer", 200),)}, Status.BROKEN),
        ({"tries": (("officer", 500),)}, Status.BROKEN),
        ({"leaked": True}, Status.BROKEN),
        ({"left": 1}, Status.BROKEN),
        ({"tries": ()}, Status.NOT_SHOWN),
    ],
)
def test_others(changed: dict[str, Any], status: Status) -> None:
    assert copies.judge_others(replace(OTHERS, **changed)).status is status


@pytest.mark.parametrize(
    ("volume", "status"),
    [
        (Volume(20, 429, 0, 1), Status.KEPT),
        (Volume(20, 200, 1, 0), Status.BROKEN),
        (Volume(20, 429, 1, 1), Status.BROKEN),
        (Volume(20, 429, 0, 0), Status.BROKEN),
    ],
)
def test_one_more_than_the_limit(volume: Volume, status: Status) -> None:
    assert copies.judge_volume(volume).status is status


def test_where_nobody_may_there_is_nothing_to_hold() -> None:
    judged = [copies.judge_file(None), copies.judge_others(None), copies.judge_volume(None)]
    assert {one.status for one in judged} == {Status.NOT_APPLICABLE}

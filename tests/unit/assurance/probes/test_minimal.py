# SPDX-License-Identifier: Apache-2.0
"""Verdicts on unread fields, from hand-made traces."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import minimal
from uphold.assurance.probes.minimal import Field, Read
from uphold.assurance.unused import DAY_MS

NOW = 1_000 * DAY_MS
OLD = NOW - 100 * DAY_MS
NAMES = frozenset({"form.email", "form.phone"})

FINE = Read(
    role="clerk",
    status=200,
    page=200,
    expected=NAMES,
    counted=NAMES,
    asked=NAMES,
    leaked=frozenset(),
    others=0,
    now=NOW,
    days=90,
    fields=(Field("form.email", OLD, NOW), Field("form.phone", OLD, OLD)),
    own=(Field("form.email", NOW, NOW), Field("form.phone", NOW, NOW)),
    told=frozenset({"form.phone"}),
    later=NAMES,
    sooner=frozenset(),
)


@pytest.mark.parametrize(
    "seen",
    [
        {},
        {"role": "", "status": 0, "expected": frozenset(), "counted": frozenset()},
        {"leaked": frozenset({"form.email.reply"}), "others": 1},
        {"fields": (Field("form.email", 0, 0),), "told": frozenset()},
    ],
    ids=str,
)
def test_what_is_unread_and_told_is_kept(seen: dict[str, Any]) -> None:
    assert minimal.judge_read(replace(FINE, **seen)).status == Status.KEPT


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"told": frozenset()}, "form.phone is unread for 90 days, and is not reported"),
        ({"told": NAMES}, "form.email is reported, and was read"),
        ({"later": frozenset()}, "form.email is unread for 90 days"),
        ({"sooner": NAMES}, "form.phone is reported"),
        ({"counted": frozenset({"form.email"})}, "form.phone was read, and that does not count"),
        ({"leaked": frozenset({"form.email.reply"})}, "people's field form.email.reply"),
        ({"asked": NAMES | {"form.name"}}, "form.name was sent"),
    ],
    ids=lambda case: "+".join(case) if isinstance(case, dict) else case,
)
def test_each_fault_is_told(fault: dict[str, Any], told: str) -> None:
    outcome = minimal.judge_read(replace(FINE, **fault))
    assert outcome.status == Status.BROKEN
    assert any(told in str(one) for one in outcome.saw)


@pytest.mark.parametrize("missing", [{"page": 404}, {"status": 403}], ids=str)
def test_what_could_not_be_looked_at_is_not_shown(missing: dict[str, Any]) -> None:
    assert minimal.judge_read(replace(FINE, **missing)).status == Status.NOT_SHOWN

# SPDX-License-Identifier: Apache-2.0
"""Verdicts on storage, from hand-made traces."""

from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import storage
from uphold.assurance.probes.storage import Audited, Durable, Kept, Mode

KEPT = Kept((Mode("ring.json", 0o600), Mode("keys", 0o700)), ())
DURABLE = Durable(
    status=201,
    entry=41,
    is_stored=True,
    head=42,
    is_signed=True,
    settings=(("synchronous", "2", True),),
)
AUDITED = Audited((), 0, entries=42, submissions=5, parts=15)


def test_files_of_ones_own_are_kept() -> None:
    assert storage.judge_files(KEPT).status == Status.KEPT
    absent = Mode("uphold.sqlite-wal", None, may_be_absent=True)
    assert storage.judge_files(replace(KEPT, modes=(*KEPT.modes, absent))).status == Status.KEPT


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o601, 0o644, None])
def test_a_key_that_others_may_use_or_that_is_gone_breaks_it(mode: int | None) -> None:
    found = replace(KEPT, modes=(Mode("ring.json", mode),))
    assert storage.judge_files(found).status == Status.BROKEN


def test_a_key_with_the_data_breaks_it() -> None:
    assert storage.judge_files(replace(KEPT, beside=("ring.json",))).status == Status.BROKEN


def test_what_others_see_at_once_is_kept() -> None:
    assert storage.judge_durable(DURABLE).status == Status.KEPT


@pytest.mark.parametrize(
    "fault",
    [
        {"entry": -1},
        {"is_stored": False},
        {"head": 41},
        {"is_signed": False},
        {"settings": (("synchronous", "0", False),)},
    ],
    ids=str,
)
def test_what_may_be_lost_breaks_it(fault: dict[str, Any]) -> None:
    assert storage.judge_durable(replace(DURABLE, **fault)).status == Status.BROKEN


def test_what_was_not_taken_shows_nothing() -> None:
    assert storage.judge_durable(replace(DURABLE, status=503)).status == Status.NOT_SHOWN


def test_a_whole_audit_is_kept() -> None:
    assert storage.judge_audit(AUDITED).status == Status.KEPT
    assert storage.judge_audit(replace(AUDITED, entries=0)).status == Status.NOT_SHOWN


def test_findings_break_it_and_are_counted() -> None:
    outcome = storage.judge_audit(replace(AUDITED, findings=("entry 3: changed",), count=30))
    assert outcome.status == Status.BROKEN
    assert [said.values for said in outcome.saw] == [{"what": "entry 3: changed"}, {"count": 30}]

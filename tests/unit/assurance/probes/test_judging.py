# SPDX-License-Identifier: Apache-2.0
"""Verdicts on editions and on evidence, from hand-made traces."""

from dataclasses import replace

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import judging
from uphold.assurance.probes.judging import Editions, Evaluated, Kept

D, E = "d" * 64, "e" * 64
EDITIONS = Editions((Kept(1, D, D, D),), 0, ())
EVALUATED = Evaluated(probes=60, all=120, altered=(), missing=(), stale=(), errored=())


def test_editions_as_published_are_kept() -> None:
    assert judging.judge_editions(EDITIONS).status == Status.KEPT
    assert judging.judge_editions(replace(EDITIONS, kept=())).status == Status.NOT_SHOWN


@pytest.mark.parametrize(
    "found",
    [
        Editions((Kept(1, E, D, D),), 0, ()),
        # Bytes and digest were changed together: only the journal tells.
        Editions((Kept(1, E, E, D),), 0, ()),
        Editions((Kept(1, D, D, ""),), 0, ()),
        Editions((Kept(1, D, D, D),), 1, ()),
        Editions((), 1, ()),
        Editions((Kept(1, D, D, D),), 0, ("UPDATE",)),
    ],
)
def test_an_edition_that_changed_or_could_be_breaks_it(found: Editions) -> None:
    assert judging.judge_editions(found).status == Status.BROKEN


def test_whole_evidence_is_kept() -> None:
    assert judging.judge_evidence(EVALUATED).status == Status.KEPT


def test_forged_evidence_breaks_it() -> None:
    found = replace(EVALUATED, altered=("consent.box-empty.page",), missing=("x",))
    outcome = judging.judge_evidence(found)
    assert outcome.status == Status.BROKEN
    assert [said.values["probe"] for said in outcome.saw] == ["consent.box-empty.page"]


@pytest.mark.parametrize("gap", ["missing", "stale", "errored"])
def test_evidence_that_lacks_leaves_it_unshown(gap: str) -> None:
    many = tuple(f"probe-{n}" for n in range(30))
    outcome = judging.judge_evidence(replace(EVALUATED, **{gap: many}))  # type: ignore[arg-type]  # one field
    assert outcome.status == Status.NOT_SHOWN
    assert outcome.saw[-1].values == {"count": 20}


def test_no_probes_are_no_evaluation() -> None:
    assert judging.judge_evidence(replace(EVALUATED, probes=0)).status == Status.NOT_SHOWN

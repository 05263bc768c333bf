# SPDX-License-Identifier: Apache-2.0
from uphold.assurance import probe
from uphold.assurance.probe import N_, Said, Status


def test_a_sentence_of_evidence_is_said_with_its_values() -> None:
    assert (
        str(probe.said(N_("%(count)s pages of %(all)s"), count=3, all="five")) == "3 pages of five"
    )
    assert str(Said("100 % of it")) == "100 % of it"


def test_a_value_may_bear_any_name() -> None:
    assert str(probe.said("%(text)s", text="x")) == "x"


def test_faults_make_it_broken_and_none_kept() -> None:
    fault, seen = Said("one is ticked"), Said("none is ticked")
    assert probe.judged([fault, fault], seen) == probe.broken(fault, fault)
    assert probe.judged([], seen) == probe.kept(seen)
    assert probe.not_shown(seen).status is Status.NOT_SHOWN
    assert probe.not_applicable(seen).status is Status.NOT_APPLICABLE

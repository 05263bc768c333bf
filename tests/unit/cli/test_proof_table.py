# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import pytest

from tests.unit.assurance import test_report as samples
from uphold.assurance.probe import Said
from uphold.assurance.report import PromiseLine, Verdict, Why
from uphold.cli import proof_table


def text(*verdicts: Verdict, promises: tuple[PromiseLine, ...] = (samples.PROMISE,)) -> str:
    report = samples.made(*verdicts, promises=promises)
    return "\n".join(line.plain for line in proof_table.lines(report))


def test_a_clause_stands_with_what_keeps_it_and_how_old_that_is() -> None:
    line = replace(samples.PROBE, at=samples.AT - 3 * 60_000)
    told = text(Verdict.KEPT, promises=(replace(samples.PROMISE, probes=(line,)),))
    assert "1.1       kept           Items are marked." in told
    assert "kept           form.marked.page: 4 labels agree. (3 min ago)" in told
    assert "own duty       Head: Sign; attested by owner 0 s ago, due on 2027-01-15" in told
    assert told.endswith("Clauses: 1 kept. Nothing is broken, missing or overdue.")


def test_findings_quote_the_text_and_offer_a_way_out() -> None:
    told = text(Verdict.OVER_CLAIMED)
    assert "over-claimed   over-claim: T" in told
    assert "“Use means consent.”" in told
    assert "W O [art. 9]" in told
    assert "What the text lacks:" in told


@pytest.mark.parametrize("why", [why for why in Why if why])
def test_every_reason_is_said_in_words(why: Why) -> None:
    assert proof_table.REASONS[why]


def test_every_fault_of_what_is_broken_is_told() -> None:
    faults = (Said("one fault"), Said("another fault"))
    line = replace(samples.PROBE, verdict=Verdict.BROKEN, saw=faults)
    bad = replace(samples.PROMISE, verdict=Verdict.BROKEN, probes=(line,))
    told = text(Verdict.BROKEN, promises=(bad,))
    assert "form.marked.page: one fault" in told
    assert "another fault" in told
    assert told.endswith("Not everything that is promised is shown to be kept.")


def test_of_many_faults_the_first_are_told_and_where_the_rest_stand() -> None:
    faults = tuple(Said("fault %(number)s", {"number": n}) for n in range(7))
    line = replace(samples.PROBE, verdict=Verdict.BROKEN, saw=faults)
    bad = replace(samples.PROMISE, verdict=Verdict.BROKEN, probes=(line,))
    told = text(Verdict.BROKEN, promises=(bad,))
    assert "fault 4" in told
    assert "fault 5" not in told
    assert "... and 2 more: --json or --html tells all" in told


def test_a_promise_that_was_not_run_says_so() -> None:
    line = replace(samples.PROBE, verdict=Verdict.NOT_SHOWN, why=Why.NOT_RUN, saw=(), at=0)
    missing = replace(
        samples.PROMISE, verdict=Verdict.NOT_SHOWN, why=Why.NOT_RUN, at=0, probes=(line,)
    )
    assert "not shown      form.marked: not run" in text(Verdict.NOT_SHOWN, promises=(missing,))


def test_promises_that_no_clause_asks_for_stand_apart() -> None:
    other = replace(samples.PROMISE, id="form.other")
    told = text(Verdict.KEPT, promises=(samples.PROMISE, other))
    assert "No clause of this policy asks for:" in told
    assert "kept           form.other (0 s ago)" in told


@pytest.mark.parametrize(
    ("ms", "said"),
    [(-5, "0 s"), (59_999, "59 s"), (60_000, "1 min"), (7_200_000, "2 h"), (864e5, "1 d")],
)
def test_an_age_is_said_in_its_largest_unit(ms: float, said: str) -> None:
    assert proof_table._age(int(ms)) == said

# SPDX-License-Identifier: Apache-2.0
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests import editions
from tests.unit.assurance.proofs import AT, HOUR, PRESENT, evidence, probe, stored
from uphold.assurance import verdict
from uphold.assurance.probe import Status
from uphold.assurance.report import ClauseLine, PromiseLine, Verdict, Why
from uphold.assurance.verdict import Attested, Present
from uphold.policy.document import Binding, Clause, Duty, Edition
from uphold.policy.findings import Finding
from uphold.policy.promise import Promise

PROMISE = Promise(
    "form.marked",
    {"en": "Marked"},
    {"en": "Items are marked."},
    (),
    {"en": ""},
    ("form.marked.page", "form.marked.server"),
    {},
    built=True,
)
PROBES = {name: probe(name) for name in PROMISE.probes}
DUTY = Duty({"en": "Head"}, {"en": "Sign the act"}, "P3Y")


def judged(*statuses: Status | None, **changed: Any) -> PromiseLine:
    told = {
        name: stored(evidence(name, status=status, **changed))
        for name, status in zip(PROMISE.probes, statuses, strict=False)
        if status is not None
    }
    return verdict.promise(PROMISE, PROBES, told, PRESENT)


@pytest.mark.parametrize(
    ("first", "second", "expected", "why"),
    [
        (Status.KEPT, Status.KEPT, Verdict.KEPT, Why.NONE),
        (Status.KEPT, Status.BROKEN, Verdict.BROKEN, Why.NONE),
        (Status.NOT_SHOWN, Status.BROKEN, Verdict.BROKEN, Why.NONE),
        (Status.KEPT, Status.NOT_SHOWN, Verdict.NOT_SHOWN, Why.ERRORED),
        (Status.KEPT, None, Verdict.NOT_SHOWN, Why.NOT_RUN),
        (None, None, Verdict.NOT_SHOWN, Why.NOT_RUN),
        (Status.KEPT, Status.NOT_APPLICABLE, Verdict.KEPT, Why.NONE),
        (Status.NOT_APPLICABLE, Status.NOT_APPLICABLE, Verdict.NOT_APPLICABLE, Why.NONE),
    ],
)
def test_a_promise_is_worth_its_worst_probe(
    first: Status | None, second: Status | None, expected: Verdict, why: Why
) -> None:
    line = judged(first, second)
    assert (line.verdict, line.why) == (expected, why)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"expires": AT}, Why.STALE),
        ({"edition": 2}, Why.OUTDATED),
        ({"configuration": "d" * 64}, Why.OUTDATED),
    ],
)
@pytest.mark.parametrize("status", list(Status))
def test_evidence_of_another_time_or_thing_shows_nothing(
    changed: dict[str, Any], why: Why, status: Status
) -> None:
    line = judged(status, status, **changed)
    assert (line.verdict, line.why, line.at) == (Verdict.NOT_SHOWN, why, 0)
    assert line.probes[0].saw


def test_evidence_that_cannot_be_believed_shows_nothing() -> None:
    line = verdict.probe(PROBES["form.marked.page"], stored(None), PRESENT)
    assert (line.verdict, line.why, line.saw) == (Verdict.NOT_SHOWN, Why.ALTERED, ())


def test_the_age_of_a_promise_is_that_of_its_oldest_evidence() -> None:
    told = {
        name: stored(evidence(name, at=AT - age))
        for name, age in zip(PROMISE.probes, (5, 9), strict=True)
    }
    assert verdict.promise(PROMISE, PROBES, told, PRESENT).at == AT - 9


def test_a_promise_that_nothing_keeps_is_not_built() -> None:
    for one in (replace(PROMISE, built=False), replace(PROMISE, probes=())):
        line = verdict.promise(one, PROBES, {}, PRESENT)
        assert (line.verdict, line.why) == (Verdict.NOT_SHOWN, Why.NOT_BUILT)


def edition(bound: Binding | None, text: str = "1.1. Items are marked.") -> Edition:
    example = editions.example()
    policy = replace(example.policy, bindings={} if bound is None else {"1.1": bound})
    texts = {"en": (Clause("1.1", text),), "ru": (Clause("1.1", "1.1. Пункты отмечены."),)}
    return replace(
        example, policy=replace(policy, languages=("en", "ru")), texts=texts, effective_at=AT - HOUR
    )


def clause(
    bound: Binding | None,
    lines: tuple[PromiseLine, ...] = (),
    findings: tuple[Finding, ...] = (),
    attested: Mapping[str, Attested] | None = None,
    text: str = "1.1. Items are marked.",
) -> ClauseLine:
    known = {line.id: line for line in lines}
    present = Present(AT, 1, "c" * 64)
    [line] = verdict.clauses(edition(bound, text), known, findings, attested or {}, present)
    return line


def finding(kind: str) -> Finding:
    said = {"en": "x"}
    return Finding(
        "rule",
        kind,
        "1.1",
        "quoted",
        said,
        said,
        said,
        "art. 9",
        "ru-152fz",
        date(2026, 1, 1),
        "en",
    )


def test_a_clause_is_worth_its_worst_promise() -> None:
    bound = Binding("1.1", ("form.marked", "form.other"), fact=False, duty=None)
    good = judged(Status.KEPT, Status.KEPT)
    bad = replace(judged(Status.KEPT), id="form.other")
    assert clause(bound, (good, replace(good, id="form.other"))).verdict is Verdict.KEPT
    line = clause(bound, (good, bad))
    assert (line.verdict, line.why) == (Verdict.NOT_SHOWN, Why.NOT_RUN)
    assert line.texts == {"en": "1.1. Items are marked.", "ru": "1.1. Пункты отмечены."}


def test_a_clause_bound_to_nothing_is_not_shown() -> None:
    assert (clause(None).verdict, clause(None).why) == (Verdict.NOT_SHOWN, Why.UNBOUND)


def test_a_fact_is_a_fact_and_a_heading_is_nothing() -> None:
    assert clause(Binding("1.1", (), fact=True, duty=None)).verdict is Verdict.FACT
    heading = clause(None, text="## 1.1. Data")
    assert (heading.is_heading, heading.verdict) == (True, Verdict.NONE)


def test_a_clause_that_claims_too_much_says_so_unless_worse_is_known() -> None:
    bound = Binding("1.1", ("form.marked",), fact=False, duty=None)
    good, bad = judged(Status.KEPT, Status.KEPT), judged(Status.BROKEN)
    assert clause(bound, (good,), (finding("over-claim"),)).verdict is Verdict.OVER_CLAIMED
    assert clause(bound, (good,), (finding("contradiction"),)).verdict is Verdict.OVER_CLAIMED
    assert clause(bound, (good,), (finding("gap"),)).verdict is Verdict.KEPT
    assert clause(bound, (good,), (finding("gap"),)).findings
    assert clause(bound, (bad,), (finding("over-claim"),)).verdict is Verdict.BROKEN


def test_a_duty_is_overdue_until_somebody_attests_it_and_when_that_has_passed() -> None:
    bound = Binding("1.1", ("form.marked",), fact=False, duty=DUTY)
    good = (judged(Status.KEPT, Status.KEPT),)
    never = clause(bound, good)
    assert never.verdict is Verdict.OVERDUE
    assert never.duty is not None
    assert (never.duty.attested_at, never.duty.until) == (0, AT - HOUR)
    done = clause(bound, good, attested={"1.1": Attested(AT - 9, AT + 9, "owner")})
    assert done.verdict is Verdict.DUTY
    passed = clause(bound, good, attested={"1.1": Attested(AT - 9, AT, "owner")})
    assert passed.verdict is Verdict.OVERDUE


def test_a_promise_unknown_to_the_catalogue_is_not_shown() -> None:
    line = verdict.unknown("form.invented")
    assert (line.verdict, line.why) == (Verdict.NOT_SHOWN, Why.UNKNOWN)

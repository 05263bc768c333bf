# SPDX-License-Identifier: Apache-2.0
import json
from dataclasses import replace
from typing import Any

from uphold.assurance import report
from uphold.assurance.probe import Said
from uphold.assurance.report import (
    ClauseLine,
    DutyLine,
    FindingLine,
    ProbeLine,
    PromiseLine,
    Report,
    Verdict,
    Why,
)

AT = 1_800_000_000_000
PROBE = ProbeLine(
    "form.marked.page",
    "examine",
    "Reads the form.",
    Verdict.KEPT,
    saw=(Said("%(count)s labels agree.", {"count": 4}),),
    at=AT,
    expires_at=AT + 1000,
    run=3,
    entry=7,
)
PROMISE = PromiseLine(
    "form.marked",
    {"en": "Marked"},
    {"en": "It is."},
    ("gdpr:7.2",),
    Verdict.KEPT,
    Why.NONE,
    AT,
    (PROBE,),
)
DUTY = DutyLine({"en": "Head"}, {"en": "Sign"}, "P3Y", AT, "owner", AT + 5000, is_overdue=False)
FINDING = FindingLine(
    "use-means-consent",
    "over-claim",
    "1.1",
    "Use means consent.",
    {"en": "T"},
    {"en": "W"},
    {"en": "O"},
    "art. 9",
)
CLAUSE = ClauseLine(
    "1.1",
    {"en": "1.1. Items are marked."},
    False,
    Verdict.KEPT,
    Why.NONE,
    AT,
    ("form.marked",),
    DUTY,
    (FINDING,),
)


def made(*verdicts: Verdict, promises: tuple[PromiseLine, ...] = ()) -> Report:
    return Report(
        site="https://site.example",
        operator={"en": "Example"},
        language="en",
        edition=2,
        digest="d" * 64,
        at=AT,
        run=3,
        configuration="c" * 64,
        journal=9,
        uphold="0.1.0",
        clauses=tuple(replace(CLAUSE, verdict=verdict) for verdict in verdicts),
        promises={line.id: line for line in promises},
        gaps=(replace(FINDING, clause=""),),
    )


def test_the_worst_verdict_wins_in_the_order_of_the_reference() -> None:
    assert report.worst(Verdict) is Verdict.BROKEN
    order = [
        "broken",
        "not-shown",
        "over-claimed",
        "overdue",
        "duty",
        "kept",
        "not-applicable",
        "fact",
        "",
    ]
    assert [str(verdict) for verdict in Verdict] == order
    assert report.worst([Verdict.FACT, Verdict.KEPT]) is Verdict.KEPT
    assert report.worst([]) is Verdict.NONE


def test_broken_not_shown_and_overdue_are_not_well() -> None:
    bad = {Verdict.BROKEN, Verdict.NOT_SHOWN, Verdict.OVERDUE}
    assert {verdict for verdict in Verdict if not made(verdict, Verdict.KEPT).is_well} == bad


def test_a_broken_promise_that_no_clause_makes_is_not_well_either() -> None:
    assert made(Verdict.KEPT, promises=(PROMISE,)).is_well
    assert not made(Verdict.KEPT, promises=(replace(PROMISE, verdict=Verdict.BROKEN),)).is_well
    missing = replace(PROMISE, verdict=Verdict.NOT_SHOWN)
    assert made(Verdict.KEPT, promises=(missing,)).is_well
    assert not made(promises=(missing,)).is_well


def test_clauses_are_counted_without_headings() -> None:
    counts = made(Verdict.KEPT, Verdict.NONE, Verdict.BROKEN, Verdict.KEPT).counts
    assert counts == {Verdict.BROKEN: 1, Verdict.KEPT: 2}
    assert list(counts) == [Verdict.BROKEN, Verdict.KEPT]


def shape(value: Any) -> Any:
    """The keys of a JSON value, without what stands under them."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else type(value).__name__


def test_the_shape_of_its_json_is_what_other_programs_rely_on() -> None:
    told = json.loads(json.dumps(made(Verdict.KEPT, promises=(PROMISE,)).as_json()))
    text, finding = {"en": "str"}, {
        "rule": "str", "kind": "str", "quote": "str", "title": {"en": "str"}, "why": {"en": "str"},
        "way_out": {"en": "str"}, "source": "str",
    }  # fmt: skip
    assert shape(told) == {
        "v": "int", "well": "bool", "site": "str", "operator": text, "edition": "int", "policy": "str",
        "at": "str", "run": "int", "configuration": "str", "journal": "int", "uphold": "str",
        "summary": {"kept": "int"},
        "clauses": [{
            "id": "str", "verdict": "str", "why": "NoneType", "at": "str", "text": text, "promises": ["str"],
            "duty": {"who": text, "what": text, "every": "str", "attested": "str", "by": "str",
                     "until": "str", "overdue": "bool"},
            "findings": [{**finding, "clause": "str"}],
        }],
        "promises": [{
            "id": "str", "verdict": "str", "why": "NoneType", "at": "str", "title": text, "law": ["str"],
            "probes": [{
                "id": "str", "kind": "str", "does": "str", "verdict": "str", "why": "NoneType",
                "saw": [{"said": "str", "text": "str", "values": {"count": "int"}}],
                "at": "str", "expires": "str", "run": "int", "entry": "int",
            }],
        }],
        "gaps": [{**finding, "clause": "NoneType"}],
    }  # fmt: skip
    assert told["v"] == report.VERSION
    assert told["promises"][0]["probes"][0]["saw"][0]["said"] == "4 labels agree."
    assert told["at"] == "2027-01-15T08:00:00Z"


def test_what_never_was_has_no_time() -> None:
    assert report.instant(0) is None

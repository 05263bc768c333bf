# SPDX-License-Identifier: Apache-2.0
"""From a report on proof to its pages, with reports made by hand."""

import json
from dataclasses import asdict

from tests import editions
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
from uphold.web import proof_views

AT = 1_795_349_700_000
SECRET = "what was seen within"
FINDING = FindingLine(
    "a-rule", "over-claim", "1.2", "quoted", {"en": "T"}, {"en": "W"}, {"en": "O"}, "gdpr:7"
)


def report() -> Report:
    edition = editions.example()
    probe = ProbeLine(
        "a.b.c", "attack", "Tries it.", Verdict.BROKEN, Why.NONE, (Said("Saw %(what)s.", {"what": SECRET}),),
        AT - 5, AT + 5, 7, 9,
    )  # fmt: skip
    broken = PromiseLine(
        "a.b",
        {"en": "Title"},
        {"en": "Meaning"},
        ("gdpr:7",),
        Verdict.BROKEN,
        Why.NONE,
        AT - 5,
        (probe,),
    )
    beyond = PromiseLine("c.d", {"en": "Beyond"}, {}, (), Verdict.NOT_SHOWN, Why.NOT_RUN, 0, ())
    duty = DutyLine(
        {"en": "Who"}, {"en": "What"}, "P3Y", AT - 50, "irina", AT + 50, is_overdue=False
    )
    clauses = tuple(
        ClauseLine(
            clause.id, {"en": clause.text}, clause.id == "1",
            {"1": Verdict.NONE, "1.1.1": Verdict.BROKEN}.get(clause.id, Verdict.FACT), Why.NONE,
            AT - 5 if clause.id == "1.1.1" else 0, ("a.b",) if clause.id == "1.1.1" else (),
            duty if clause.id == "4.1" else None, (FINDING,) if clause.id == "1.2" else (),
        )
        for clause in edition.texts["en"]
    )  # fmt: skip
    return Report(
        "https://site.example", {"en": "Operator"}, "en", 1, edition.digest, AT, 7, "0" * 64, 12, "0.1.0",
        clauses, {"a.b": broken, "c.d": beyond}, (FINDING,),
    )  # fmt: skip


def test_the_public_page_is_told_nothing_of_what_lies_within() -> None:
    view = proof_views.public(report(), editions.example(), "en")
    told = json.dumps(asdict(view), default=str)
    for inner in (SECRET, "a.b.c", "Tries it.", "irina", "quoted", "Beyond", "evidence/"):
        assert inner not in told
    (clause,) = [one for one in view.judged.clauses if one.anchor == "1.1.1"]
    assert (clause.verdict, clause.at) == ("broken", AT - 5)
    assert [(one.title, one.verdict, one.probes) for one in clause.promises] == [("Title", "", ())]


def test_every_clause_but_the_title_is_shown_once_in_order() -> None:
    edition = editions.example()
    view = proof_views.public(report(), edition, "ru")
    expected = [clause.id for clause in edition.texts["ru"] if clause.id != "title"]
    assert [clause.anchor for clause in view.judged.clauses] == expected
    assert view.judged.language == "ru"


def test_the_console_gets_the_evidence_and_where_to_take_it() -> None:
    judged = proof_views._Judged(
        report(), editions.example(), "en", attests=True, links=True
    ).judged()
    clauses = {clause.anchor: clause for clause in judged.clauses}
    (probe,) = clauses["1.1.1"].promises[0].probes
    assert probe.saw == (f"Saw {SECRET}.",)
    assert probe.note_href == "/console/proof/evidence/7/a.b.c"
    assert [one.title for one in judged.others] == ["Beyond"]
    assert [one.title for one in judged.gaps] == ["T"]
    assert clauses["1.2"].findings[0].quote == "quoted"
    duty = clauses["4.1"].duty
    assert duty is not None
    assert (duty.every, duty.state, duty.attest_href) == (
        "3 years",
        "attested",
        "/console/proof/attest",
    )
    assert clauses["1"].heading
    assert {count.verdict: count.count for count in judged.counts}["broken"] == 1

# SPDX-License-Identifier: Apache-2.0
"""A statement's paper says in both languages what the statement says, and who signed it."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from tests import editions
from uphold.assurance import assessed, evaluation, sheet, written
from uphold.assurance.evaluation import Seen
from uphold.assurance.statement import Kind, Signature, Statement
from uphold.law import harm
from uphold.threats import basic, measure, rule
from uphold.threats.judge import Finding, Held, Measured, State

AT = 1_790_000_000_000
ABOUT = written.About(editions.example(), {1: "anna"})
RULES = tuple(rule.catalogue())
MEASURES = measure.catalogue()


def statement(kind: Kind, told: Mapping[str, Any]) -> Statement:
    body = msgspec.json.encode(told)
    digest = hashlib.sha256(body).hexdigest()
    return Statement(3, kind, digest, body, AT, 1, (Signature(1, AT),))


def evaluated() -> Mapping[str, Any]:
    statuses = tuple(Held)
    states = {
        name: Measured(statuses[number % len(statuses)], 1, "ab" * 32)
        for number, name in enumerate([*MEASURES, "measure-of-an-earlier-version"])
    }
    found = [
        Finding(f"{name}@form:contact", name, "form:contact", state, 3, (), ())
        for name in (*RULES[:2], "rule-of-an-earlier-version")
        for state in (State.OPEN, State.ACCEPTED)
    ]
    lines = basic.lines(4, MEASURES.values(), states)
    about = evaluation.About("site.example/journal", 1, "a" * 64, "b" * 64, 12, "1.0")
    return evaluation.told(about, Seen(4, 3, states, lines, found, (9, 9), (7, 8)))


def made(kind: Kind) -> Statement:
    if kind is Kind.HARM:
        given = {one.id: one.id == "special" for one in harm.grounds()}
        return statement(kind, assessed.told(given, {}))
    return statement(kind, evaluated())


@pytest.mark.parametrize("language", written.LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_a_paper_is_a_pdf_with_the_signatures(kind: Kind, language: str) -> None:
    paper = written.sheet(made(kind), ABOUT, language)
    assert "3" in paper.title
    assert paper.signed[0][0] == "anna"
    assert made(kind).digest in paper.sign_note
    assert all(len(row) == len(one.head) for one in paper.sections for row in one.rows)
    assert all(len(one.head) == len(one.widths) for one in paper.sections)
    assert sheet.pdf(paper).startswith(b"%PDF")


def test_an_evaluation_lists_every_measure_even_one_that_is_no_more() -> None:
    measures, order, threats = written.sheet(made(Kind.EVALUATION), ABOUT, "en").sections
    assert len(measures.rows) == len(MEASURES) + 1
    assert any(row[0] == "measure-of-an-earlier-version" for row in measures.rows)
    assert len(order.rows) == 27
    assert len(threats.rows) == 6


def test_an_act_of_harm_answers_every_ground() -> None:
    paper = written.sheet(made(Kind.HARM), ABOUT, "en")
    [grounds] = paper.sections
    assert len(grounds.rows) == len(harm.grounds())
    assert [row[0] for row in grounds.rows if row[2] == "yes"] == ["high"]
    assert [one.values for one in paper.facts if one.name == "Degree of harm"] == [("high",)]


def test_languages_say_the_same_things() -> None:
    for kind in Kind:
        english, russian = (written.sheet(made(kind), ABOUT, one) for one in written.LANGUAGES)
        assert len(english.facts) == len(russian.facts)
        assert [len(one.rows) for one in english.sections] == [
            len(one.rows) for one in russian.sections
        ]
        assert english.title != russian.title


def test_as_data_it_says_all_and_names_nobody() -> None:
    told = written.as_json(made(Kind.EVALUATION))
    assert told["said"] == evaluated()
    assert told["signatures"] == [{"staff": 1, "at": AT}]

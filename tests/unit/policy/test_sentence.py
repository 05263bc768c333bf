# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given, strategies as st

from uphold.policy import import_, sentence
from uphold.policy.document import Clause
from uphold.policy.sentence import Sentence


def of(text: str, name: str = "1.1") -> list[str]:
    return [each.text for each in sentence.of([Clause(name, text)])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.1. We ask. We tell! Why? “Because.”", ["We ask.", "We tell!", "Why?", "“Because.”"]),
        ("1.1. Under Law No. 152-FZ of 27.07.2006 we act.", ["Under Law No. 152-FZ of 27.07.2006 we act."]),
        ("1.1. One;\ntwo; three.", ["One;", "two;", "three."]),
        ("1.1. Оператор: г. Псков, ул. Новая, д. 1. Он отвечает.",
         ["Оператор: г. Псков, ул. Новая, д. 1.", "Он отвечает."]),
        ("1.1. И. П. Иванов отвечает.", ["И. П. Иванов отвечает."]),
        ("1.1. We **never** ask,\n   and tell\N{NO-BREAK SPACE}all.", ["We never ask, and tell all."]),
        ("1.1. You may:\n\n- ask;\n* tell\n— be silent.", ["You may:", "ask;", "tell", "be silent."]),
        ("", []),
    ],
)  # fmt: skip
def test_sentences(text: str, expected: list[str]) -> None:
    assert of(text) == expected


def test_an_item_knows_what_leads_it_in() -> None:
    clauses = [
        Clause("1", "1. Rights"),
        Clause("1.1", "1.1. We answer. You have the right:\n- to ask;\n- to object."),
        Clause("1.1.1", "1.1.1. to complain."),
        Clause("1.2", "1.2. More."),
    ]
    right = "You have the right:"
    assert list(sentence.of(clauses)) == [
        Sentence("1.1", "We answer."),
        Sentence("1.1", right),
        Sentence("1.1", "to ask;", right),
        Sentence("1.1", "to object.", right),
        Sentence("1.1.1", "to complain.", right),
        Sentence("1.2", "More."),
    ]


def test_a_part_knows_its_whole_sentence() -> None:
    whole = "We ask: a; b."
    assert list(sentence.of([Clause("1.1", f"1.1. {whole} We tell.")])) == [
        Sentence("1.1", "We ask: a;", "", whole),
        Sentence("1.1", "b.", "", whole),
        Sentence("1.1", "We tell."),
    ]


def test_titles_headings_and_the_date_say_nothing() -> None:
    text = "# Policy\n\n## 1. Your rights\n\n1.1. Ask.\n\n## 2. Security\n\nWe take care.\n\nDated May 1, 2020"
    clauses = import_.split(text).clauses
    assert [(each.clause, each.text) for each in sentence.of(clauses)] == [
        ("1.1", "Ask."),
        ("2", "We take care."),
    ]


def test_a_heading_above_a_paragraph_is_left_out() -> None:
    text = "Policy of all\n\n1. Security\n\nWe take care.\n\n2. We ask little.\n\nAnd tell much."
    clauses = import_.split(text).clauses
    assert [each.text for each in sentence.of(clauses)] == [
        "We take care.",
        "We ask little.",
        "And tell much.",
    ]


def test_what_runs_on_is_cut_between_words() -> None:
    long = "word " * 1000
    pieces = of(f"1.1. {long}")
    assert max(map(len, pieces)) <= sentence.LONGEST
    assert " ".join(pieces) == long.strip()
    assert [len(piece) for piece in of("x" * 4000)] == [1500, 1500, 1000]


@given(st.text(max_size=300))
def test_any_text_is_split(text: str) -> None:
    for each in sentence.of(import_.split(text).clauses):
        assert each.text == each.text.strip() != ""

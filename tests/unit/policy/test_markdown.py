# SPDX-License-Identifier: Apache-2.0
from hypothesis import given, strategies as st

from uphold.policy import markdown
from uphold.policy.document import Clause

IDS = st.one_of(
    st.sampled_from(["title", "date"]),
    st.integers(1, 9999).map(lambda n: f"preamble.{n}"),
    st.lists(st.integers(1, 999), min_size=1, max_size=10).map(lambda ns: ".".join(map(str, ns))),
)
PIECES = st.sampled_from(
    ["<!-- clause: ", "1.1", " -->", "\n", "<!-- \\clause: ", "\\", "a", " ", "<!--", "# ", "ё"]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES).map("".join)).map(lambda text: text.strip("\n"))


@given(
    st.lists(st.tuples(IDS, TEXTS.filter(str.strip)), unique_by=lambda pair: pair[0], min_size=1)
)
def test_read_of_write(pairs: list[tuple[str, str]]) -> None:
    clauses = tuple(Clause(name, text) for name, text in pairs)
    read, lines, problems = markdown.read(markdown.write(clauses), "policy.md")
    assert read == clauses
    assert problems == []
    assert list(lines) == [clause.id for clause in clauses]


@given(st.text())
def test_any_text_is_read_without_fault(text: str) -> None:
    clauses, _, problems = markdown.read(text, "policy.md")
    assert clauses or problems


def test_anchors_have_lines() -> None:
    _, lines, _ = markdown.read(
        "<!-- note -->\n\n<!-- clause: 1 -->\nA\n\n<!-- clause: 1.1 -->  \nB", "p"
    )
    assert lines == {"1": 3, "1.1": 6}


def test_problems_name_the_line() -> None:
    text = "lost\n<!-- clause: 1 -->\nA\n<!-- clause: x y -->\n<!-- clause: 01 -->\nB\n<!-- clause: 1 -->\n"
    _, _, problems = markdown.read(text, "policy.md")
    assert [(p.line, p.code) for p in problems] == [
        (1, "clause-missing"),
        (5, "clause-id"),
        (7, "clause-twice"),
        (7, "clause-empty"),
    ]
    assert all(problem.advice for problem in problems)


def test_a_file_without_clauses() -> None:
    assert [p.code for p in markdown.read("", "policy.md")[2]] == ["clause-missing"]

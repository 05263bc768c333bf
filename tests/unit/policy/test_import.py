# SPDX-License-Identifier: Apache-2.0
from datetime import date

import pytest
from hypothesis import example, given, strategies as st

from uphold.errors import Invalid
from uphold.policy import import_, markdown, scaffold
from uphold.policy.document import Clause
from uphold.policy.import_ import Imported

SEED_IDS = (
    "title preamble.1 preamble.2 preamble.3 1 1.1 1.1.1 1.1.2 1.2 1.3 2 2.1 2.2 2.2.1 2.2.2 2.2.3"
    " 2.2.4 3 3.1 3.2 4 4.1 4.2 4.2.1 4.2.2 4.2.3 4.3 5 5.1 date"
).split()


def ids(found: Imported) -> list[str]:
    return [clause.id for clause in found.clauses]


def check_lossless(text: str) -> Imported:
    """What holds for any text: no word lost or added, ids unique and valid, the file form faithful."""
    found = import_.split(text)
    assert import_.join(found.clauses) == import_.normalise(text)
    assert len(set(ids(found))) == len(found.clauses)
    assert all(markdown.ID.fullmatch(name) for name in ids(found))
    read, _, problems = markdown.read(markdown.write(found.clauses), "policy.md")
    assert read == found.clauses
    assert problems == [] or not found.clauses
    dressed = import_.join(scaffold.dress(found.clauses)).split("\n")
    plain = import_.normalise(text).split("\n")
    assert [row.lstrip("# ") for row in dressed] == [row.lstrip("# ") for row in plain]
    return found


def test_seed(seed: str) -> None:
    found = check_lossless(seed)
    assert ids(found) == SEED_IDS
    assert found.title == "Privacy policy"
    assert found.domain == "almis.infotrlq.beget.tech"
    assert found.date is not None
    assert found.date.place == "St. Petersburg"
    assert found.date.adopted == date(2015, 5, 25)
    assert found.date.amended == (date(2017, 6, 5),)
    by_id = {clause.id: clause.text for clause in found.clauses}
    assert by_id["3"].startswith("1. Conditions for processing")
    assert by_id["1.1.2"].startswith("1.1.2 Data that is automatically")
    assert by_id["2.2.1"] == "2.2.1. Provision of personalized services to the user;"


def test_printed_number_is_told_from_the_text(seed: str) -> None:
    by_id = {clause.id: clause for clause in import_.split(seed).clauses}
    assert import_.printed(by_id["3"])[0] == "1."
    assert import_.printed(by_id["1.1.2"]) == ("1.1.2", by_id["1.1.2"].text[6:])
    assert import_.printed(by_id["title"]) == ("", "Privacy policy")
    assert import_.printed(Clause("2", "## Who")) == ("## ", "Who")


def test_markdown_headings_and_lists() -> None:
    found = check_lossless(
        "# Privacy\n\nWhat we do:\n\n- a\n- b\n\n## 1. Data\n\n**1.1.** One\n- x\n  - y\n\n"
        "2. second\n\n### 1.1.1 Nested\ntext\n\n## 2 More\n2.1 Two"
    )
    assert ids(found) == ["title", "preamble.1", "1", "1.1", "1.1.1", "2", "2.1"]
    assert found.clauses[1].text == "What we do:\n\n- a\n- b"
    assert found.clauses[3].text == "**1.1.** One\n- x\n  - y\n\n2. second"


def test_text_without_any_number_is_numbered_by_its_outline() -> None:
    found = check_lossless("# T\n\nIntro.\n\n## Who\n\nA.\n\nB.\n\n### Sub\nC.\n\n## What\nD.")
    assert ids(found) == ["title", "preamble.1", "1", "1.1", "1.2", "1.3", "1.3.1", "2", "2.1"]


def test_only_sections() -> None:
    found = check_lossless("Title\n\n1. One\ntext\n\n2. Two\n\nmore\n\n3. Three")
    assert ids(found) == ["title", "1", "2", "3"]
    assert found.clauses[2].text == "2. Two\n\nmore"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("27.07.2006 was the day", "a date"),
        ("30 days later", "a count"),
        ("1.1 above stands", "out of order"),
        ("152.1 of the Code", "too far"),
        ("2024. A year", "four digits"),
        ("2.2.1.1.1.1.1.1.1.1.1 Deep", "more than ten levels"),
        ("1. an item of a list", "a list in the text"),
        ("3. an item of a list", "the section's number is still to come"),
    ],
)
def test_a_number_that_is_no_clause_stays_text(line: str, why: str) -> None:
    found = check_lossless(f"T\n\n2. A\n2.1. B\n2.2. C see\n{line}\n2.3. D\n3. E\n3.1. F\n")
    assert ids(found) == ["title", "2", "2.1", "2.2", "2.3", "3", "3.1"], why


def test_numbers_may_be_skipped_and_run_into_the_text() -> None:
    found = check_lossless("1.1.One\n1.3.Three\n4.1.Far\n4.1.1.1 Deep")
    assert ids(found) == ["1.1", "1.3", "4.1", "4.1.1.1"]


def test_date_line_on_top() -> None:
    found = check_lossless("Policy\n\nLast updated: June 5, 2017\n\nIntro.\n\n1.1. A")
    assert ids(found) == ["title", "date", "preamble.1", "1.1"]
    assert found.date is not None
    assert found.date.last == date(2017, 6, 5)


def test_last_paragraph_with_a_date_in_a_sentence_is_no_date_line() -> None:
    found = check_lossless("1.1. A\n\nWrite to us before May 25, 2018 if you want to.")
    assert ids(found) == ["1.1"]
    assert found.date is None


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("Our site shop.example.com. It", "shop.example.com"),
        ("mail info@example.org; the website is www.example.net", "www.example.net"),
        ("сайт на доменном имени пример.рф (далее)", "пример.рф"),
        ("no address. At all.The Site.We", ""),
        ("see https://a.test/privacy", "a.test"),
    ],
)
def test_domain(text: str, domain: str) -> None:
    assert import_.domain(text) == domain


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe\x00", "Привет".encode("cp1251"), b"a\0b", b"\xfe\xff\xd8"]
)
def test_what_is_no_text_is_refused_with_advice(raw: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        import_.decode(raw)
    assert caught.value.advice


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_decode(encoding: str) -> None:
    assert import_.decode("Политика".encode(encoding)) == "Политика"


@given(st.text())
@example("\ufeff# \n#")
@example("1.")
@example("<!-- clause: 1 -->\n<!-- \\clause: x -->")
@example("1.1\x1f\n\n1.2\x85x\u2028y")
def test_any_text_is_split_without_loss(text: str) -> None:
    check_lossless(text)


LINES = st.lists(
    st.sampled_from(
        ["", "", "1. A", "1.1. B", "1.1.1 C", "2. D", "2.1. E", "# H", "## I", "### J k", "- item",
         "  * nested", "1) x", "text goes on", "Moscow, 25.05.2015", "10. Z", "<!-- clause: 1 -->",
         "**3.1.** bold", "    1.2. indented", "2.2.2.2. deep", "999.999 far"]
    ),
    max_size=25,
)  # fmt: skip


@given(LINES)
def test_any_arrangement_of_lines_is_split_without_loss(lines: list[str]) -> None:
    check_lossless("\n".join(lines))


def test_a_very_long_text_is_no_trouble() -> None:
    found = check_lossless("\n\n".join(f"paragraph {n}" for n in range(3000)))
    assert len(found.clauses) == 1000  # the title and 999 paragraphs, the last with all the rest

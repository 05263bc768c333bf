# SPDX-License-Identifier: Apache-2.0
"""The page of an act is one file that prints, and what is written in it stays text."""

import msgspec

from uphold.retention import paper
from uphold.retention.document import Document, Item

MADE = Document(
    number=1,
    at=1_795_000_000_000,
    language="en",
    title="Act <1>",
    note="Fields & points",
    act=(
        Item("operator", "3 a", "Operator", ("<b>Ltd</b>", "Street 1")),
        Item("executors", "3 d", "Who", ()),
        Item("subjects", "3 c", "Persons", tuple(f"P{n}: 1" for n in range(20))),
    ),
    log_title="Export",
    log=(Item("date", "5 e", "Date", ("2026-11-22",)),),
    sign=("Name", "Position", "Signature", "Date"),
)


def test_a_page_shows_everything_and_fetches_nothing() -> None:
    page = paper.page(MADE)
    assert "Act &lt;1&gt;" in page
    assert "<b>Ltd" not in page
    assert page.count("<td></td>") == 12
    assert "P19: 1" in page
    assert "to be filled in" in page
    assert "http" not in page.lower()
    assert "<script" not in page


def test_lines_show_the_act_and_then_the_export() -> None:
    lines = list(paper.lines(MADE))
    assert lines[0] == "Act <1>"
    assert "Operator (p. 3 a):" in lines
    assert lines.index("Export") > lines.index("Who (p. 3 d):")


def test_a_pdf_is_one_to_sign_and_archive() -> None:
    made = paper.pdf(MADE)
    assert made == paper.pdf(MADE)
    assert b"<pdfaid:part>2</pdfaid:part>" in made
    assert b"2026-11-18T" in made


def test_json_has_every_field() -> None:
    told = msgspec.json.decode(paper.json(MADE))
    assert [item["key"] for item in told["act"]] == ["operator", "executors", "subjects"]
    assert told["log"][0]["values"] == ["2026-11-22"]

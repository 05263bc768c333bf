# SPDX-License-Identifier: Apache-2.0
"""A paper is made whatever stands in it, and the same each time."""

from uphold.assurance import sheet
from uphold.assurance.sheet import Fact, Section, Sheet

ODD = 'a "#eval" $x$ *b* <c> \\ [d]'


def paper(*rows: tuple[str, ...]) -> Sheet:
    section = Section("Title", "Note", ("One", "Two"), (1, 2), rows)
    return Sheet(
        *("en", 1_790_000_000_000, ODD, ODD, ODD),
        facts=(Fact("Name", (ODD, "two")),),
        sections=(section,),
        sign_title="Signatures",
        sign_note="",
        sign=("Name", "Position", "Signature", "Date"),
        signed=(),
    )


def test_what_people_wrote_is_shown_and_not_read() -> None:
    assert sheet.pdf(paper((ODD, "x" * 300), ("", ""))).startswith(b"%PDF")


def test_a_table_without_rows_is_left_out() -> None:
    assert len(sheet.pdf(paper())) < len(sheet.pdf(paper(("a", "b"))))


def test_the_same_paper_is_the_same_file() -> None:
    assert sheet.pdf(paper(("a", "b"))) == sheet.pdf(paper(("a", "b")))

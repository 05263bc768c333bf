# SPDX-License-Identifier: Apache-2.0
"""The file of an export: nothing in it computes, each row is marked, and one is nobody's."""

import csv
import io
import json

import pytest

from uphold.access import export_file
from uphold.access.export_file import Row, Sheet

AT = 1_700_000_000_000
EVIL = [
    "=1+1",
    "+7 921",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "\u00a0=1",
    "\uff1dcmd",
    "|x",
    "\n@a",
]


def sheet(*rows: Row) -> Sheet:
    return Sheet("mark-1", "feedback", "feedback", 1, AT, ("name", "email"), rows)


def read(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("value", EVIL, ids=range(len(EVIL)))
def test_no_cell_begins_a_formula(value: str) -> None:
    assert export_file.cell(value) == f"'{value}"
    found = read(export_file.csv_bytes(sheet(Row("a", AT, {"name": value}))))
    assert found[1][2] == f"'{value}"


@pytest.mark.parametrize("value", ["Anna", "", "a=b", "2 + 2", "'quoted'", 'say "hi"', "a\nb"])
def test_other_cells_stay_as_they_are(value: str) -> None:
    assert export_file.cell(value) == value
    assert read(export_file.csv_bytes(sheet(Row("a", AT, {"name": value}))))[1][2] == value


def test_every_row_of_a_csv_is_marked() -> None:
    rows = (Row("a", AT, {"name": "x"}), Row("b", AT, {"email": "y@z.example"}))
    found = read(export_file.csv_bytes(sheet(*rows)))
    assert found == [
        ["number", "received", "name", "email", "mark"],
        ["a", "2023-11-14T22:13:20Z", "x", "", "mark-1"],
        ["b", "2023-11-14T22:13:20Z", "", "y@z.example", "mark-1"],
    ]


def test_a_json_keeps_values_and_tells_what_it_is() -> None:
    raw = export_file.json_bytes(sheet(Row("a", AT, {"name": "=1", "other": "left out"})))
    assert json.loads(raw) == {
        "mark": "mark-1",
        "purpose": "feedback",
        "form": "feedback",
        "edition": 1,
        "made": "2023-11-14T22:13:20Z",
        "records": [{"number": "a", "received": "2023-11-14T22:13:20Z", "fields": {"name": "=1"}}],
    }


def test_what_is_no_text_is_written_as_json_and_what_is_no_letter_does_no_harm() -> None:
    assert export_file.cell(["a", 1]) == '["a", 1]'
    raw = export_file.csv_bytes(sheet(Row("a", AT, {"name": "\ud800"})))
    assert read(raw)[1][2] == "?"
    assert json.loads(export_file.json_bytes(sheet(Row("a", AT, {"name": "\ud800"}))))


def test_the_canary_stands_among_the_others_by_its_time() -> None:
    rows = (Row("a", AT, {}), Row("b", AT + 2, {}))
    marked = export_file.with_canary(sheet(*rows), Row("c", AT + 1, {}))
    assert [one.number for one in marked.rows] == ["a", "c", "b"]

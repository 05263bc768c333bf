# SPDX-License-Identifier: Apache-2.0
"""Files of figures: the page's numbers, the label with each, nothing that a spreadsheet computes."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest

from tests.unit.web import released_samples
from tests.unit.web.released_samples import shown
from uphold.statistics import released
from uphold.statistics.released import Period
from uphold.visits.layout import Store
from uphold.web import statistics_file
from uphold.web.statistics_pages import TABLES

WEEK = (date(2026, 11, 9), date(2026, 11, 15))


@pytest.fixture(scope="module")
def period(tmp_path_factory: pytest.TempPathFactory) -> Period:
    return released.over(released_samples.filled(tmp_path_factory.mktemp("store")), *WEEK)


def rows(period: Period, page: str = "visits") -> list[dict[str, str]]:
    raw = statistics_file.content(period, TABLES[page], statistics_file.CSV)
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_every_row_bears_the_label_and_the_days(period: Period) -> None:
    found = rows(period)
    assert {row["label"] for row in found} == {"aggregated"}
    assert {(row["from"], row["to"]) for row in found} == {("2026-11-09", "2026-11-15")}
    assert {row["table"] for row in found} == {
        *("pages", "devices", "browsers", "hours", "page-devices")
    }


def test_numbers_are_those_of_the_sums(period: Period) -> None:
    found = {(row["table"], row["of"], row["value"], row["value 2"]): row for row in rows(period)}
    persons = sum(range(82, 89))
    assert found["devices", "total", "", ""]["persons"] == str(persons)
    assert found["devices", "total", "", ""]["count"] == str(persons * 2)
    assert found["devices", "total", "", ""]["state"] == "exact"
    # Hidden on Wednesday.
    assert found["pages", "total", "", ""]["persons"] == str(persons - 84)
    assert found["pages", "total", "", ""]["state"] == "at-least"
    assert found["hours", "cell", "03", ""]["persons"] == ""
    assert found["hours", "cell", "03", ""]["state"] == "hidden"
    assert found["pages", "time", "2026-11-11", ""]["state"] == "hidden"
    assert found["page-devices", "cell", "/", "phone"]["state"] == "exact"


def test_both_formats_hold_the_same_numbers(period: Period) -> None:
    told = json.loads(statistics_file.content(period, TABLES["visits"], statistics_file.JSON))
    assert (told["label"], told["from"], told["to"]) == ("aggregated", "2026-11-09", "2026-11-15")
    of_json = [
        (table["name"], of, one["persons"], one["count"], one["state"])
        for table in told["tables"]
        for of, those in (
            ("total", [table["total"]]),
            ("cell", table["cells"]),
            ("time", table["times"]),
        )
        for one in those
    ]
    of_csv = [
        (
            row["table"],
            row["of"],
            int(row["persons"]) if row["persons"] else None,
            int(row["count"]) if row["count"] else None,
            row["state"],
        )
        for row in rows(period)
    ]
    assert of_json == of_csv
    assert next(one["hides"] for one in told["tables"] if one["name"] == "pages")


def test_a_name_that_a_spreadsheet_would_compute_is_text(tmp_path: Path) -> None:
    store = Store(tmp_path)
    evil = '=HYPERLINK("https://evil.example")'
    released_samples.put(store, "2026-11-09", (shown("pages", {(evil,): 9}, 9),))
    (row,) = [one for one in rows(released.over(store, *WEEK)) if one["of"] == "cell"]
    assert row["value"] == f"'{evil}"


def test_a_table_that_there_is_not_is_left_out(period: Period) -> None:
    assert {row["table"] for row in rows(period, "forms")} == {
        *("started", "ticked", "submitted", "errors")
    }
    empty = released.over(Store(Path("/nonexistent")), *WEEK)
    assert rows(empty) == []

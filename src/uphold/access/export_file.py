# SPDX-License-Identifier: Apache-2.0
"""An export as the bytes of a file: CSV or JSON, each row marked, with one row that nobody sent (pure).

The cells of a CSV are safe to open in a spreadsheet: what could begin a formula is set behind an apostrophe, as
OWASP advises on CSV injection. A JSON is not read by spreadsheets and keeps every value as it is.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

NUMBER, RECEIVED, MARK = "number", "received", "mark"
# A spreadsheet takes the wide forms for the plain ones; a tab or a line break is dropped before it looks.
_BEGINS_FORMULA = tuple("=+-@\t\r\n|%\uff0b\uff0d\uff1d\uff20\u2212")
_BLANK = " \u00a0\u3000\ufeff"


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the number on its receipt, when it came (unix ms), its values by field."""

    number: str
    received_at: int
    values: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What goes into a file. `fields` are its columns in order, `mark` tells the export and who made it."""

    mark: str
    purpose: str
    form: str
    edition: int
    made_at: int
    fields: Sequence[str]
    rows: Sequence[Row]


def with_canary(sheet: Sheet, canary: Row) -> Sheet:
    """Put the canary where its time puts it, so that its place tells nothing."""
    from_ = sorted([*sheet.rows, canary], key=lambda one: (one.received_at, one.number))
    return Sheet(
        sheet.mark, sheet.purpose, sheet.form, sheet.edition, sheet.made_at, sheet.fields, from_
    )


def csv_bytes(sheet: Sheet) -> bytes:
    """Write a CSV with a row for each record."""
    rows = (
        (
            row.number,
            _moment(row.received_at),
            *(cell(row.values.get(one, "")) for one in sheet.fields),
            sheet.mark,
        )
        for row in sheet.rows
    )
    return csv_of(((NUMBER, RECEIVED, *sheet.fields, MARK), *rows))


def csv_of(rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows of cells, safe already (`cell`), as a CSV (RFC 4180).

    Every cell is in quotes, in UTF-8 with a mark that spreadsheets know it by.
    """
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def json_bytes(sheet: Sheet) -> bytes:
    """Write one JSON object: what the export is, then its records."""
    records = [
        {
            NUMBER: row.number,
            RECEIVED: _moment(row.received_at),
            "fields": {one: row.values[one] for one in sheet.fields if one in row.values},
        }
        for row in sheet.rows
    ]
    whole = {
        MARK: sheet.mark,
        "purpose": sheet.purpose,
        "form": sheet.form,
        "edition": sheet.edition,
        "made": _moment(sheet.made_at),
        "records": records,
    }
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def cell(value: object) -> str:
    """Return what stands in a cell of a CSV: text that no spreadsheet computes with."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    bare = text.lstrip(_BLANK)
    return f"'{text}" if bare.startswith(_BEGINS_FORMULA) else text


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

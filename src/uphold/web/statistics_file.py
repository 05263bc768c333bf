# SPDX-License-Identifier: Apache-2.0
"""The figures of a page as a file, CSV or JSON: the numbers that the page shows and no others (pure).

The label stands in every row of a CSV and at the head of a JSON, so that no number goes about without it. `state`
says of each whether it is `exact`, `at-least` (of some days it is hidden) or `hidden`. Cells that a spreadsheet could
take for a formula are set behind an apostrophe, as in exports of records.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from uphold.access import export_file
from uphold.statistics.released import Figure, Period, Sum
from uphold.statistics.table import Cell

CSV, JSON = "csv", "json"
TYPES = {CSV: "text/csv; charset=utf-8", JSON: "application/json"}
COLUMNS = ("label", "table", "from", "to", "of", "value", "value 2", "persons", "count", "state")
EXACT, LEAST, HIDDEN = "exact", "at-least", "hidden"
TOTAL, CELL, ATOM = "total", "cell", "time"


def content(period: Period, tables: Sequence[str], wanted: str) -> bytes:
    """Write the named tables of a period; `wanted` is CSV or JSON."""
    found = [period.tables[name] for name in tables if name in period.tables]
    return _csv(period, found) if wanted == CSV else _json(period, found)


def _csv(period: Period, tables: Sequence[Sum]) -> bytes:
    rows: list[Sequence[str]] = [COLUMNS]
    for table in tables:
        for of, values, persons, count, state in _rows(table):
            named = (*values, "", "")[:2]
            told = (period.label, table.name, period.start, period.end, of, *named)
            rows.append([export_file.cell(str(one)) for one in (*told, persons, count, state)])
    return export_file.csv_of(rows)


def _rows(table: Sum) -> Iterator[tuple[str, tuple[str, ...], str, str, str]]:
    """Each number of a table: its total, its cells, and its total in each day, week or month."""
    yield (TOTAL, (), *_figure(table.total))
    for key, figure in sorted(table.cells.items()):
        yield (CELL, key, *_figure(figure))
    for atom, shown in table.atoms:
        yield (ATOM, (atom,), *_figure(_alone(shown.total)))


def _figure(figure: Figure) -> tuple[str, str, str]:
    if figure.is_hidden:
        return "", "", HIDDEN
    return str(figure.persons), str(figure.count), LEAST if figure.at_least else EXACT


def _alone(cell: Cell | None) -> Figure:
    return Figure(hidden=1) if cell is None else Figure(cell.count, cell.persons, shown=1)


def _json(period: Period, tables: Sequence[Sum]) -> bytes:
    told = {
        "label": period.label.value,
        "from": period.start.isoformat(),
        "to": period.end.isoformat(),
        "tables": [
            {
                "name": table.name,
                "dimensions": list(table.dims),
                "by": table.grain.value,
                "hides": table.hides,
                "total": _object(table.total),
                "cells": [
                    {**dict(zip(table.dims, key, strict=True)), **_object(figure)}
                    for key, figure in sorted(table.cells.items())
                ],
                "times": [
                    {"time": atom, **_object(_alone(shown.total))} for atom, shown in table.atoms
                ],
            }
            for table in tables
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _object(figure: Figure) -> dict[str, Any]:
    if figure.is_hidden:
        return {"persons": None, "count": None, "state": HIDDEN}
    state = LEAST if figure.at_least else EXACT
    return {"persons": figure.persons, "count": figure.count, "state": state}

# SPDX-License-Identifier: Apache-2.0
"""What staff are given of figures, judged from hand-made traces; that it is found is in tests/sabotage."""

from collections.abc import Mapping
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import figures_seen
from uphold.assurance.probes.figures_seen import Given, Taken, Used

GOOD = Given("visits", "json", 200, numbers=4, label="aggregated")


def atom(day: str, total: list[int] | None, cells: list[Any], **more: Any) -> Mapping[str, Any]:
    table: dict[str, Any] = {
        "name": "pages",
        "total": total,
        "cells": cells,
        "margins": {},
        "unnamed": False,
    }
    return {"atom": day, "tables": [{**table, **more}]}


def test_files_with_the_released_numbers_are_kept() -> None:
    assert figures_seen.judge_taken(Taken(0)).status is Status.KEPT
    assert figures_seen.judge_taken(Taken(1, (GOOD, Given("forms", "csv", 404)))).status is (
        Status.KEPT
    )


@pytest.mark.parametrize(
    "given",
    [
        Given("visits", "json", 500),
        Given("visits", "json", 200, numbers=4, extra=1, label="aggregated"),
        Given("visits", "json", 200, numbers=4, absent=1, label="aggregated"),
        Given("visits", "csv", 200, numbers=4, label="aggregated noisy"),
        Given("visits", "csv", 200, numbers=4),
    ],
)
def test_each_file_that_says_otherwise_is_broken(given: Given) -> None:
    found = figures_seen.judge_taken(Taken(1, (GOOD, given)))
    assert (found.status, len(found.saw)) == (Status.BROKEN, 1)


def test_a_time_is_the_sum_of_what_was_shown_of_it() -> None:
    atoms = [
        atom("2026-11-01", [9, 6, 6], [[["/"], [9, 6, 6]]]),
        atom("2026-11-02", [8, 7, 7], [[["/"], None], [["/policy"], [8, 7, 7]]]),
        atom("2026-11-03", [1000, 1000, 1000], [[["/"], [1000, 1000, 1000]]]),
    ]
    assert figures_seen.expected(atoms, "2026-11-01", "2026-11-02", ["pages"]) == {
        ("pages", ()): ("13", "17", "exact"),
        ("pages", ("/",)): ("6", "9", "at-least"),
        ("pages", ("/policy",)): ("7", "8", "exact"),
    }


def test_a_zero_that_was_shown_is_no_hidden_one() -> None:
    atoms = [
        atom("2026-11-01", [9, 6, 6], [[["/"], [0, 0, 0]]]),
        atom("2026-11-02", [9, 6, 6], [[["/"], None]]),
        atom("2026-11-03", [9, 6, 6], []),
    ]
    found = figures_seen.expected(atoms, "2026-11-01", "2026-11-03", ["pages"])
    assert found["pages", ("/",)] == ("0", "0", "at-least")
    found = figures_seen.expected(atoms, "2026-11-02", "2026-11-03", ["pages"])
    assert found["pages", ("/",)] == ("", "", "hidden")


def test_what_is_not_named_is_hidden_where_anything_is() -> None:
    atoms = [atom("2026-11-01", [9, 6, 6], [[["/"], None]], unnamed=True)]
    found = figures_seen.expected(atoms, "2026-11-01", "2026-11-01", ["pages"])
    assert found["pages", ("/",)] == ("", "", "hidden")
    assert figures_seen.expected(atoms, "2026-11-01", "2026-11-01", ["hours"]) == {}


def test_looking_on_record_is_kept() -> None:
    assert figures_seen.judge_used(Used(0)).status is Status.KEPT
    assert figures_seen.judge_used(Used(3, 2, 2, 2, 2)).status is Status.KEPT


@pytest.mark.parametrize(
    "trace", [Used(3, 2, 1, 2, 2), Used(3, 2, 2, 2, 1), Used(3), Used(3, 2, 2, 2, 2, 1)]
)
def test_looking_off_the_record_is_broken(trace: Used) -> None:
    found = figures_seen.judge_used(trace)
    assert (found.status, len(found.saw)) == (Status.BROKEN, 1)


def test_both_formats_are_read_alike() -> None:
    told = (
        '{"label": "aggregated", "from": "2026-11-01", "to": "2026-11-02", "tables": [{"name": "pages",'
        ' "dimensions": ["page"], "total": {"persons": 6, "count": 9, "state": "exact"}, "cells": [{"page":'
        ' "/", "persons": null, "count": null, "state": "hidden"}], "times": []}]}'
    )
    rows = (
        '"label","table","from","to","of","value","value 2","persons","count","state"\r\n'
        '"aggregated","pages","2026-11-01","2026-11-02","total","","","6","9","exact"\r\n'
        '"aggregated","pages","2026-11-01","2026-11-02","cell","/","","","","hidden"\r\n'
        '"aggregated","pages","2026-11-01","2026-11-02","time","2026-11-01","","6","9","exact"\r\n'
    )
    assert figures_seen._json(told) == figures_seen._csv("\ufeff" + rows)

# SPDX-License-Identifier: Apache-2.0
"""Verdicts on the inventory, from hand-made traces."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from uphold.assurance import inventory as listed
from uphold.assurance.probe import Status
from uphold.assurance.probes import inventory
from uphold.assurance.probes.inventory import Ended, Found

FOUND = Found(
    {name: frozenset(table.columns) for name, table in listed.inventory().tables.items()},
    frozenset({"database", "ring", "head"}),
    frozenset({"uphold_staff"}),
)


def test_what_is_listed_is_kept() -> None:
    assert inventory.judge_found(FOUND).status == Status.KEPT


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (replace(FOUND, tables={**FOUND.tables, "notes": frozenset({"text"})}), "notes"),
        (
            replace(FOUND, tables={**FOUND.tables, "enquiry_item": frozenset({"number", "name"})}),
            "enquiry_item.name",
        ),
        (replace(FOUND, files=FOUND.files | {"dump.csv"}), "dump.csv"),
        (replace(FOUND, cookies=FOUND.cookies | {"_ga"}), "_ga"),
    ],
)
def test_anything_else_breaks_it(found: Found, name: str) -> None:
    outcome = inventory.judge_found(found)
    assert outcome.status == Status.BROKEN
    assert [said.values["name"] for said in outcome.saw] == [name]


def test_an_empty_database_shows_nothing() -> None:
    assert inventory.judge_found(replace(FOUND, tables={})).status == Status.NOT_SHOWN


def test_what_ended_in_time_is_kept() -> None:
    outcome = inventory.judge_ended(Ended(tables=5, rows=40, overdue={}))
    assert outcome.status == Status.KEPT


def test_what_is_beyond_its_end_breaks_it() -> None:
    outcome = inventory.judge_ended(Ended(tables=5, rows=40, overdue={"rights_link": 2}))
    assert outcome.status == Status.BROKEN
    assert dict(outcome.saw[0].values) == {"name": "rights_link", "count": 2}


def test_without_a_term_nothing_is_shown() -> None:
    assert inventory.judge_ended(Ended(0, 0, {})).status == Status.NOT_SHOWN


@pytest.mark.parametrize(
    ("text", "hours"), [("", 0), ("PT2H", 2), ("P31D", 744), ("P3Y", 3 * 366 * 24), ("P1M", 744)]
)
def test_a_term_is_as_long_as_it_can_be(text: str, hours: int) -> None:
    assert inventory._length(text) == hours * 60 * 60 * 1000


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("open/2026-11-22/1-a.csv", "statistics/open"),
        ("visits/day=2026-11-22/events.parquet", "statistics/visits"),
        ("running/1-a", "statistics/running"),
        (".closing-1/events.parquet", "statistics/working"),
        (".lock", "statistics/lock"),
        ("run.lock", "statistics/lock"),
        ("notes.txt", "statistics/notes.txt"),
        ("../data/uphold.sqlite", ""),
    ],
)
def test_a_file_of_the_store_has_the_role_of_its_folder(path: str, role: str) -> None:
    store = Path("/site/statistics")
    assert inventory.stored(store, Path(os.path.normpath(store / path))) == role

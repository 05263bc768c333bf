# SPDX-License-Identifier: Apache-2.0
"""Verdicts on the inventory, from hand-made traces."""

from dataclasses import replace

import pytest

from uphold.assurance import inventory as listed
from uphold.assurance.probe import Status
from uphold.assurance.probes import inventory
from uphold.assurance.probes.inventory import Found

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

# SPDX-License-Identifier: Apache-2.0
"""Only one column holds what somebody wrote, and it is sealed."""

from uphold.assurance import inventory
from uphold.incident import tables

TABLES = (tables.incident_case, tables.incident_line, tables.incident_words)


def test_words_are_sealed_and_everything_else_is_codes() -> None:
    known = inventory.inventory().tables
    held = {
        (table.name, name)
        for table in TABLES
        for name, holds in known[table.name].columns.items()
        if holds not in {"none", "link", "staff"}
    }
    assert held == {("incident_words", "sealed")}

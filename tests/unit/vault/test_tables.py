# SPDX-License-Identifier: Apache-2.0
"""Numbers made of one another, and that the content of a part is never updated."""

import ast
from pathlib import Path

from uphold.vault import tables


def test_numbers_nest() -> None:
    for record in (1, 2, 4096, 2**52):
        first, last = tables.parts_of(record)
        assert (first, last) == (tables.part_number(record, 0), tables.part_number(record, 255))
        assert tables.record_of(first) == tables.record_of(last) == record
        assert tables.parts_of(record + 1)[0] == last + 1
        assert tables.tail_number(last, 3) + 1 == tables.tail_number(last + 1, 0)
        assert tables.tail_number(last, 3) < 2**63


def test_the_room_updates_no_row() -> None:
    room = Path(tables.__file__).parent
    for path in room.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy":
                assert "update" not in {alias.name for alias in node.names}, path.name
                assert "text" not in {alias.name for alias in node.names}, path.name

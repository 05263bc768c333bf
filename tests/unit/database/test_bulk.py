# SPDX-License-Identifier: Apache-2.0
"""Rows in bulk: in and out again as they are on both engines, taken by their keys, summed up."""

import pytest
from sqlalchemy import Table

from uphold import errors
from uphold.database import bulk, transfer
from uphold.database.bulk import Row, Sum
from uphold.database.engine import Database

NAMES = ["word", "value", "epoch", "kind", "note"]
ROWS: list[Row] = [
    (f"{at:04} é", bytes([at % 256, 0]), at << 40, at % 2, None if at % 3 else "note")
    for at in range(1000)
]


def stored(database: Database) -> Table:
    """The table as it stands in the database."""
    with database.read() as connection:
        return {table.name: table for table in transfer.tables(connection)}["keyed"]


def test_rows_go_in_and_come_out_as_they_are(database: Database) -> None:
    table = stored(database)
    with database.connect() as there:
        bulk.write(there, table, NAMES, [ROWS[:600], [], ROWS[600:]])
    with database.read() as connection:
        pages = list(bulk.read(connection, table, NAMES))
    assert len(pages) > 1
    assert sorted(row for page in pages for row in page) == ROWS


def test_rows_are_taken_by_their_keys(database: Database) -> None:
    table = stored(database)
    keys = [(kind, epoch, value, word) for word, value, epoch, kind, _ in ROWS]
    with database.connect() as there:
        bulk.write(there, table, NAMES, [ROWS])
        there.exec_driver_sql("BEGIN")
        assert sorted(bulk.take(there, table, NAMES, keys[10:20])) == ROWS[10:20]
        assert sorted(bulk.take(there, table, NAMES, keys[:990], remove=True)) == ROWS[:990]
        assert sorted(bulk.take(there, table, NAMES, keys)) == ROWS[990:]
        assert bulk.take(there, table, NAMES, []) == []
        there.exec_driver_sql("ROLLBACK")
        assert len(bulk.take(there, table, NAMES, keys)) == len(keys)


def test_a_sum_is_of_the_rows_whatever_their_order() -> None:
    one, other = Sum(), Sum()
    one.add(ROWS)
    other.add(ROWS[500:])
    other.add([(1, b"x", None, "text"), *ROWS[:500]])
    assert one != other
    other.remove([(1, b"x", None, "text")])
    assert one == other
    assert (one.rows, Sum().digest) == (1000, 0)
    other.remove([ROWS[0]])
    other.add([(0, b"\0\1", 1, 0)])
    assert (one.rows, one == other) == (other.rows, False)


def test_what_the_other_cannot_store_is_told_without_what_it_is(database: Database) -> None:
    table = stored(database)
    with database.connect() as there, pytest.raises(errors.Invalid) as told:
        bulk.write(there, table, NAMES, [[ROWS[0], ROWS[0]]])
    assert "keyed" in told.value.message
    assert told.value.__cause__ is not None
    with database.read() as connection:
        assert list(bulk.read(connection, table, NAMES)) == []


def test_a_query_that_is_not_read_to_its_end_leaves_nothing_behind(database: Database) -> None:
    table = stored(database)
    with database.connect() as there:
        bulk.write(there, table, NAMES, [ROWS])
    with database.read() as connection:
        pages = bulk.read(connection, table, NAMES)
        assert next(pages)
        pages.close()
        assert sum(len(page) for page in bulk.read(connection, table, NAMES)) == len(ROWS)

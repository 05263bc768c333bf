# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterator

import pytest
from sqlalchemy import Column, Connection, Integer, LargeBinary, MetaData, Table, Text, text

from uphold.database import engine, walk
from uphold.database.schema import Number
from uphold.database.walk import Row, Unreadable

metadata = MetaData()
single = Table(
    "walked_single",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("name", Text),
    Column("raw", LargeBinary),
)
double = Table(
    "walked_double",
    metadata,
    Column("kind", Integer, primary_key=True, autoincrement=False),
    Column("value", LargeBinary, primary_key=True),
)


@pytest.fixture
def connection(engine_url: str) -> Iterator[Connection]:
    database = engine.create(engine_url)
    with database.connect() as opened:
        metadata.create_all(opened)
        yield opened
    database.dispose()


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 11])
def test_every_row_is_passed_once_in_order(connection: Connection, count: int) -> None:
    for number in reversed(range(count)):
        connection.execute(single.insert(), {"number": number - 3, "name": "n", "raw": b"r"})
    rows = list(walk.rows(connection, single, page=4))
    assert [row.number for row in rows] == [number - 3 for number in range(count)]
    assert all(isinstance(row, Row) and row.values["raw"] == b"r" for row in rows)


@pytest.mark.parametrize("order", [("kind", "value"), ("value", "kind")])
def test_a_key_of_two_columns_is_followed(connection: Connection, order: tuple[str, str]) -> None:
    pairs = [(kind, bytes([value])) for kind in range(4) for value in range(3)]
    connection.execute(double.insert(), [{"kind": k, "value": v} for k, v in pairs])
    rows = list(walk.rows(connection, double, order, page=5))
    keys = [tuple(row.values[name] for name in order) for row in rows if isinstance(row, Row)]
    assert keys == sorted(keys)
    assert len(keys) == len(pairs)


def test_one_row_is_looked_up(connection: Connection) -> None:
    connection.execute(single.insert(), {"number": 5, "name": "n", "raw": None})
    found = walk.row(connection, single, 5)
    assert found is not None
    assert (found.table, found.number, dict(found.values)) == (
        "walked_single",
        5,
        {"number": 5, "name": "n", "raw": None},
    )
    assert walk.row(connection, single, 6) is None


def test_a_row_that_cannot_be_read_is_named(sqlite_url: str) -> None:
    database = engine.create(sqlite_url)
    with database.connect() as connection:
        metadata.create_all(connection)
        for number in range(1, 8):
            connection.execute(single.insert(), {"number": number, "name": "n", "raw": b""})
        damage = "UPDATE walked_single SET name = CAST(X'FF80' AS TEXT) WHERE number IN (2, 4, 7)"
        connection.execute(text(damage))
        rows = list(walk.rows(connection, single, page=4))
        assert [row.number for row in rows] == list(range(1, 8))
        unreadable = [row for row in rows if isinstance(row, Unreadable)]
        assert unreadable == [Unreadable("walked_single", number) for number in (2, 4, 7)]
        assert walk.row(connection, single, 2) is None
    database.dispose()


def test_values_come_as_they_lie(sqlite_url: str) -> None:
    database = engine.create(sqlite_url)
    with database.connect() as connection:
        metadata.create_all(connection)
        connection.execute(text("INSERT INTO walked_single VALUES (1, X'00', 'text')"))
        [row] = walk.rows(connection, single)
        assert isinstance(row, Row)
        assert (row.values["name"], row.values["raw"]) == (b"\x00", "text")
    database.dispose()

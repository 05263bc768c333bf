# SPDX-License-Identifier: Apache-2.0
"""Numbers are row ids on SQLite and 64 bits on PostgreSQL."""

from typing import Any

from sqlalchemy import Column, MetaData, Table, insert, select
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from tests.unit.database.conftest import declared
from uphold.database import engine
from uphold.database.schema import Number

LARGEST = 2**63 - 1
SQLITE = SQLiteDialect()
POSTGRESQL = PGDialect()  # type: ignore[no-untyped-call] # SQLAlchemy leaves it untyped


def spelled(kind: TypeEngine[Any], dialect: Dialect) -> str:
    """The name that a type of column has on an engine."""
    return kind.compile(dialect=dialect)


def test_each_engine_has_its_name_for_a_number() -> None:
    assert spelled(Number, SQLITE) == "INTEGER"
    assert spelled(Number, POSTGRESQL) == "BIGINT"


def test_a_number_holds_64_bits_and_counts_by_itself(engine_url: str) -> None:
    table = Table("counted", MetaData(), Column("number", Number, primary_key=True))
    database = engine.create(engine_url)
    with database.connect() as connection:
        table.create(connection)
        first = connection.execute(insert(table).returning(table.c.number)).scalar()
        connection.execute(insert(table).values(number=LARGEST))
        assert list(connection.execute(select(table.c.number).order_by("number")).scalars()) == [
            first,
            LARGEST,
        ]
    database.dispose()


def test_times_and_row_numbers_are_numbers() -> None:
    """A 32-bit column would end in 1970 on PostgreSQL, and after two thousand million rows."""
    named = {"number", "record", "part", "entry", "at"}
    columns = [column for table in declared().tables.values() for column in table.columns]
    assert len(columns) > 50
    for column in columns:
        if column.name in named or column.name.endswith("_at"):
            assert spelled(column.type, POSTGRESQL) == "BIGINT", column

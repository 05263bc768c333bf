# SPDX-License-Identifier: Apache-2.0
"""Whole columns in PostgreSQL's own wire format: the server reads back what was written."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Column, LargeBinary, MetaData, Table, Text

from uphold.database import postgresql
from uphold.database.schema import Number

INTEGERS = st.none() | st.integers(-(2**63), 2**63 - 1)
TEXTS = st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
BLOBS = st.none() | st.binary()
ROWS = st.lists(st.tuples(INTEGERS, TEXTS, BLOBS), min_size=1, max_size=20)

TABLE = Table(
    "wide", MetaData(), Column("number", Number), Column("text", Text), Column("raw", LargeBinary)
)


@pytest.fixture
def server(postgresql_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        postgresql.install(connection)
        connection.execute("CREATE TEMPORARY TABLE wide (raw bytea, number bigint, text text)")
        yield connection


def test_the_statement_names_its_columns() -> None:
    assert postgresql.unnest(TABLE) == (
        'INSERT INTO wide ("number","text","raw") '
        "SELECT * FROM unnest(%s::bigint[],%s::text[],%s::bytea[])"
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_rows_are_read_back_as_they_were(
    server: psycopg.Connection[Any], rows: list[tuple[Any, ...]]
) -> None:
    server.execute("TRUNCATE wide")
    server.execute(postgresql.unnest(TABLE).encode(), postgresql.columns(TABLE, rows))
    found = server.execute("SELECT number, text, raw FROM wide ORDER BY ctid").fetchall()
    assert found == rows


def test_a_row_too_short_is_refused_before_it_is_sent() -> None:
    with pytest.raises(ValueError, match="shorter"):
        postgresql.columns(TABLE, [(1, "one", b""), (2, "two")])


def test_an_array_is_bytes_to_python() -> None:
    # One dimension, no null, oid 20, one element from index 1 on, of eight bytes.
    assert postgresql.encode("bigint", [5]).hex() == (
        "0000000100000000000000140000000100000001000000080000000000000005"
    )
    assert postgresql.encode("text", [None]).hex() == (
        "0000000100000001000000190000000100000001ffffffff"
    )

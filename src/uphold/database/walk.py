# SPDX-License-Identifier: Apache-2.0
"""Walk through a whole table in the order of a key, whatever its rows hold, in constant memory.

For audits: values come as the driver gives them, because a column's own conversion may choke on damage,
and a row that cannot be read at all is named instead of ending the walk.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    Label,
    RowMapping,
    Select,
    Table,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NullType

PAGE = 256


class Row(NamedTuple):
    """One row: its table, its key (the first column of the order), its values by column."""

    table: str
    number: Any
    values: RowMapping


class Unreadable(NamedTuple):
    """A row that is there and cannot be read."""

    table: str
    number: Any


Rows = Iterator[Row | Unreadable]


def rows(
    connection: Connection, table: Table, order: tuple[str, ...] = ("number",), page: int = PAGE
) -> Rows:
    """Yield every row in the order of the columns `order`, which together name a row and are indexed.

    A page of rows is in memory at a time. Raises SQLAlchemy's DBAPIError when even the keys cannot be read.
    """
    columns = [_raw(column) for column in table.c]
    keys = [_raw(table.c[name]) for name in order]
    after: tuple[Any, ...] | None = None
    while True:
        try:
            query = _page(select(*columns), keys, after, page)
            found = connection.execute(query).mappings().all()
            members: list[Row | Unreadable] = [Row(table.name, row[order[0]], row) for row in found]
            last = tuple(found[-1][name] for name in order) if found else None
        except DBAPIError:
            if connection.dialect.name != "sqlite":
                raise  # the server has ended the transaction
            named = connection.execute(_page(select(*keys), keys, after, page)).all()
            members = [_one(connection, table, keys, key) for key in named]
            last = tuple(named[-1]) if named else None
        yield from members
        if len(members) < page:
            return
        after = last


def row(connection: Connection, table: Table, number: int) -> Row | None:
    """Return the row of a table with the key `number`, None when there is none that can be read."""
    query = select(*[_raw(column) for column in table.c]).where(table.c.number == number)
    try:
        found = connection.execute(query).mappings().one_or_none()
    except DBAPIError:
        if connection.dialect.name != "sqlite":
            raise  # as above
        return None
    return None if found is None else Row(table.name, number, found)


def _raw(column: Column[Any]) -> Label[Any]:
    return type_coerce(column, NullType()).label(column.name)


def _page(
    query: Select[Any], keys: Sequence[Label[Any]], after: Sequence[Any] | None, page: int
) -> Select[Any]:
    plain = [key.element for key in keys]
    if after is not None:
        query = query.where(plain[0] > after[0] if len(keys) == 1 else tuple_(*plain) > after)
    return query.order_by(*plain).limit(page)


def _one(
    connection: Connection, table: Table, keys: Sequence[Label[Any]], key: Sequence[Any]
) -> Row | Unreadable:
    here = [column.element == value for column, value in zip(keys, key, strict=True)]
    query = select(*[_raw(column) for column in table.c]).where(*here)
    try:
        return Row(table.name, key[0], connection.execute(query).mappings().one())
    except DBAPIError:
        return Unreadable(table.name, key[0])

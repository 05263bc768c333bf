# SPDX-License-Identifier: Apache-2.0
"""Which parts of a record live and which are destroyed, for whoever may know that but not what is in them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, func, literal, literal_column, select

from uphold.database import walk
from uphold.database.transaction import Transaction
from uphold.vault import tables
from uphold.vault.part import Destroyed
from uphold.vault.tables import (
    vault_destroyed,
    vault_index,
    vault_index_tail,
    vault_key,
    vault_part,
)

# PostgreSQL shifts a bigint by an integer, which a bound value would not be.
_BITS: ColumnElement[int] = literal_column(str(tables.ORDINALS.bit_length() - 1), Integer)


def live(reader: Connection | Transaction, record: int) -> list[tuple[int, str]]:
    """List number and purpose of every part of a record that is not destroyed, lowest first."""
    return of_records(reader, record, record).get(record, [])


def of_records(
    reader: Connection | Transaction, first: int, last: int
) -> dict[int, list[tuple[int, str]]]:
    """List as `live` does for every record from `first` to `last` that has any part left."""
    columns = vault_part.c
    within = columns.number.between(tables.parts_of(first)[0], tables.parts_of(last)[1])
    query = select(columns.number, columns.purpose).where(within).order_by(columns.number)
    found: dict[int, list[tuple[int, str]]] = {}
    for row in reader.execute(query):
        found.setdefault(tables.record_of(row.number), []).append((row.number, row.purpose))
    return found


def destroyed(reader: Connection | Transaction, record: int) -> list[Destroyed]:
    """List what is left of a record's destroyed parts, lowest number first."""
    first, last = tables.parts_of(record)
    columns = vault_destroyed.c
    query = select(vault_destroyed).where(columns.number.between(first, last))
    rows = reader.execute(query.order_by(columns.number))
    return [Destroyed(row.number, row.purpose, row.destroyed_at) for row in rows]


def digest(reader: Connection | Transaction, records: Iterable[int]) -> bytes:
    """Digest what is held of records: SHA-256 over number, purpose and sealed content of every living part.

    Taken before and after, it proves a correction or a destruction; it says nothing of what was there.
    """
    columns = vault_part.c
    hashed = hashlib.sha256()
    for record in sorted(set(records)):
        first, last = tables.parts_of(record)
        query = select(columns.number, columns.purpose, columns.sealed)
        within = columns.number.between(first, last)
        for row in reader.execute(query.where(within).order_by(columns.number)):
            sealed = hashlib.sha256(row.sealed).hexdigest()
            hashed.update(f"{row.number} {row.purpose} {sealed}\n".encode())
    return hashed.digest()


def rows_of(reader: Connection | Transaction, record: int) -> dict[str, int]:
    """Count what the vault still holds of a record by table, keys and index apart from the parts they are of."""
    first, last = tables.parts_of(record)
    by_part = {
        vault_part: vault_part.c.number,
        vault_key: vault_key.c.number,
        vault_index: vault_index.c.part,
        vault_index_tail: vault_index_tail.c.part,
    }
    return {
        str(table.name): reader.execute(
            select(func.count()).select_from(table).where(column.between(first, last))
        ).scalar_one()
        for table, column in by_part.items()
    }


def rows(connection: Connection) -> walk.Rows:
    """Walk through what is left of every destroyed part as it lies, for an audit."""
    return walk.rows(connection, vault_destroyed)


def since(connection: Connection) -> int | None:
    """Return the first entry that is kept beside what it says to be destroyed; None where none is."""
    found = connection.execute(select(func.min(vault_destroyed.c.entry))).scalar()
    # In a damaged file of SQLite anything may stand there.
    return found if isinstance(found, int) else None


def holds_anchor(reader: Connection | Transaction, record: int) -> bool:
    """Tell whether a record's first part, which lives longest, still lives."""
    anchor = tables.part_number(record, 0)
    query = select(vault_part.c.number).where(vault_part.c.number == anchor)
    return reader.execute(query).first() is not None


def lives(record: ColumnElement[Any], purpose: ColumnElement[Any]) -> ColumnElement[bool]:
    """The condition that a record, by its number, still holds data for a purpose; for a query of another room."""
    columns = vault_part.c
    first = record.bitwise_lshift(_BITS)
    within = columns.number.between(first, first + (tables.ORDINALS - 1))
    return select(columns.number).where(within, columns.purpose == purpose).exists()


def holds(record: ColumnElement[Any], purpose: str) -> ColumnElement[bool]:
    """As `lives`, for one purpose by its id."""
    return lives(record, literal(purpose))


def counts(
    connection: Connection, counted: Callable[[ColumnElement[Any]], ColumnElement[bool]]
) -> dict[str, int]:
    """How many records hold data for each purpose; `counted` says of a record's number whether it counts."""
    columns = vault_part.c
    record = columns.number.bitwise_rshift(_BITS)
    query = select(columns.purpose, func.count(record.distinct())).where(counted(record))
    return {
        purpose: int(count)
        for purpose, count in connection.execute(query.group_by(columns.purpose))
    }


def holders(connection: Connection, purpose: str, page: int = 512) -> Iterator[list[int]]:
    """Walk through the records that hold data for a purpose, lowest number first, some at a time."""
    columns = vault_part.c
    query = select(columns.number).where(columns.purpose == purpose).order_by(columns.number)
    after = -1
    while True:
        found = list(connection.execute(query.where(columns.number > after).limit(page)).scalars())
        if found:
            # The last record's further parts, if there are more than came, are passed over.
            after = tables.parts_of(tables.record_of(found[-1]))[1]
            yield list(dict.fromkeys(tables.record_of(number) for number in found))
        if len(found) < page:
            return

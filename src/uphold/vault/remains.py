# SPDX-License-Identifier: Apache-2.0
"""Which parts of a record live and which are destroyed, for whoever may know that but not what is in them."""

from sqlalchemy import Connection, select

from uphold.database import walk
from uphold.database.transaction import Transaction
from uphold.vault import tables
from uphold.vault.part import Destroyed
from uphold.vault.tables import vault_destroyed, vault_part


def live(reader: Connection | Transaction, record: int) -> list[tuple[int, str]]:
    """List number and purpose of every part of a record that is not destroyed, lowest first."""
    first, last = tables.parts_of(record)
    columns = vault_part.c
    query = select(columns.number, columns.purpose).where(columns.number.between(first, last))
    rows = reader.execute(query.order_by(columns.number))
    return [(row.number, row.purpose) for row in rows]


def destroyed(reader: Connection | Transaction, record: int) -> list[Destroyed]:
    """List what is left of a record's destroyed parts, lowest number first."""
    first, last = tables.parts_of(record)
    columns = vault_destroyed.c
    query = select(vault_destroyed).where(columns.number.between(first, last))
    rows = reader.execute(query.order_by(columns.number))
    return [Destroyed(row.number, row.purpose, row.destroyed_at) for row in rows]


def rows(connection: Connection) -> walk.Rows:
    """Walk through what is left of every destroyed part as it lies, for an audit."""
    return walk.rows(connection, vault_destroyed)


def holds_anchor(reader: Connection | Transaction, record: int) -> bool:
    """Tell whether a record's first part, which lives longest, still lives."""
    anchor = tables.part_number(record, 0)
    query = select(vault_part.c.number).where(vault_part.c.number == anchor)
    return reader.execute(query).first() is not None

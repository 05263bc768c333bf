# SPDX-License-Identifier: Apache-2.0
"""Many rows to PostgreSQL in one statement: `INSERT ... SELECT * FROM unnest(arrays)`.

The arrays are encoded here, because the driver's own adaptation of lists costs more than all the rest of
a submission. Source of the wire format: `array_recv` in PostgreSQL's src/backend/utils/adt/arrayfuncs.c.
"""

import logging
import struct
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Integer, LargeBinary, Table

from uphold.database.transaction import Row

try:
    from psycopg.adapt import Dumper
    from psycopg.pq import Format
except ModuleNotFoundError:
    # The extra `postgresql` is not installed; the engine says so when it is asked for it.
    INSTALLED = False
else:
    INSTALLED = True

# It warns of each statement behind one that was refused; the refusal itself is told to who asked.
logging.getLogger("psycopg").setLevel(logging.ERROR)

_OID = {"bigint": 20, "bytea": 17, "text": 25}
_LENGTH = struct.Struct("!i")
_INTEGER = struct.Struct("!iq")
_HEAD = struct.Struct("!iiiii")
_NULL = _LENGTH.pack(-1)


class Array(bytes):
    """A one-dimensional array in PostgreSQL's binary wire format, sent as it is."""


@cache
def unnest(table: Table) -> str:
    """Return the statement that inserts whole columns into `table`."""
    arrays = ",".join(f"%s::{kind}[]" for kind in _kinds(table))
    names = ",".join(f'"{column.name}"' for column in table.columns)
    return f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({arrays})"  # noqa: S608 - names come from our own schema


@cache
def unnested(table: Table) -> bytes:
    """Return the same statement as libpq takes it."""
    text = unnest(table)
    for number in range(1, len(table.columns) + 1):
        text = text.replace("%s", f"${number}", 1)
    return text.encode()


def columns(table: Table, rows: Sequence[Row]) -> list[Array]:
    """Turn rows, positional in the table's column order, into one array per column."""
    return [
        encode(kind, values)
        for kind, values in zip(_kinds(table), zip(*rows, strict=True), strict=True)
    ]


def encode(kind: str, values: Sequence[Any]) -> Array:
    """Encode `values` of `kind` (bigint, bytea, text), None being NULL."""
    has_null = None in values
    if kind == "text":
        # Most are one of a few codes.
        known = {value: _framed(value) for value in set(values)}
        body = [known[value] for value in values]
    elif has_null:
        body = [_framed(value) for value in values]
    elif kind == "bigint":
        body = [_INTEGER.pack(8, value) for value in values]
    else:
        body = [piece for raw in values for piece in (_LENGTH.pack(len(raw)), raw)]
    return Array(_HEAD.pack(1, has_null, _OID[kind], len(values), 1) + b"".join(body))


def _framed(value: Any) -> bytes:
    if value is None:
        return _NULL
    if isinstance(value, int):
        return _INTEGER.pack(8, value)
    raw = value.encode() if isinstance(value, str) else value
    return _LENGTH.pack(len(raw)) + bytes(raw)


def install(connection: Any) -> None:
    """Teach a driver connection to send `Array` as it is."""
    connection.adapters.register_dumper(Array, _ArrayDumper)


@cache
def _kinds(table: Table) -> tuple[str, ...]:
    return tuple(_kind(column.type) for column in table.columns)


def _kind(kind: object) -> str:
    if isinstance(kind, Integer):
        return "bigint"
    return "bytea" if isinstance(kind, LargeBinary) else "text"


if INSTALLED:

    class _ArrayDumper(Dumper):
        format = Format.BINARY

        def dump(self, obj: Any) -> bytes:
            return bytes(obj)

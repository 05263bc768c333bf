# SPDX-License-Identifier: Apache-2.0
"""Statements of a batch to PostgreSQL: sent together, answered together (libpq's pipeline mode, 34.5).

Straight to libpq, as the driver's cursors cost more than everything else of a batch, and each answer that is
waited for costs the server and us a change of processes. Statements are prepared once for each connection.
"""

import struct
from collections import deque
from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import ClauseElement, Connection, Dialect
from sqlalchemy.sql.compiler import SQLCompiler

from uphold import errors
from uphold.database.transaction import NOTHING, Row

# Without the extra `postgresql` nothing here is ever called: the engine says so when it is asked for a server.
with suppress(ModuleNotFoundError):
    import psycopg
    from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus
    from psycopg.waiting import Ready, Wait

_NUMBER = struct.Struct("!q")
_BIGINT, _BYTEA, _TEXT = 20, 17, 25
_KEPT = "uphold.wire"
_DIVIDED = "22012"
NOT_ONE = (
    "A row moved under its lock.",
    "Stop every process of this site; find out who writes to its database.",
)


class Said(NamedTuple):
    """A statement with its values as they go over the wire: binary, None for NULL; `types` are those of the values."""

    text: bytes
    values: Sequence[bytes | None] = ()
    types: tuple[int, ...] = ()


BEGIN, COMMIT = Said(b"BEGIN"), Said(b"COMMIT")

_Key = tuple[bytes, tuple[int, ...]]
"""A statement with the types of its values."""


class Answer:
    """What came of one statement: rows, how many it touched, and what the server calls it."""

    __slots__ = ("_rows", "command", "rowcount")

    def __init__(self, result: Any) -> None:
        """Take the rows of a result; numbers, text and bytes are known."""
        self.command: bytes = result.command_status or b""
        self.rowcount: int = result.command_tuples or 0
        kinds = [result.ftype(column) for column in range(result.nfields)]
        self._rows = iter(
            [
                tuple(_read(kind, result.get_value(row, at)) for at, kind in enumerate(kinds))
                for row in range(result.ntuples)
            ]
        )

    def fetchone(self) -> Row | None:
        """Return the next row, None after the last."""
        return next(self._rows, None)


class Wire:
    """One connection's way to the server, beside its driver's own; both are of one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Take a connection in the driver's autocommit."""
        kind: Any = type(connection.dialect)
        self._dialect = _numbered(kind)
        self._driver = cast("Any", connection.connection.driver_connection)
        self._pgconn = self._driver.pgconn
        self._prepared: dict[_Key, bytes] = {}
        self._names = 0

    def said(self, statement: ClauseElement, values: Mapping[str, Any] = NOTHING) -> Said:
        """Return a Core statement with its values: numbers, text and bytes."""
        text, order, constant = _compiled(statement, self._dialect)
        named = {**constant, **values}
        given = [_written(named[name]) for name in order]
        return Said(text, [raw for _, raw in given], tuple([kind for kind, _ in given]))

    def ask(self, statements: Sequence[Said]) -> list[Answer]:
        """Send statements and return their answers.

        Raises the driver's error of the first that fails; none behind that is done.
        """
        conn = self._pgconn
        conn.enter_pipeline_mode()
        fresh = [self._send(one) for one in statements]
        conn.pipeline_sync()
        results = self._driver.wait(self._exchange())
        conn.exit_pipeline_mode()
        try:
            return self._answers(fresh, results)
        except psycopg.errors.InvalidSqlStatementName as error:
            # As behind a pooler that goes on with another process of the server: this connection is as good as lost.
            self._driver.close()
            raise psycopg.OperationalError("The server forgot what was prepared.") from error

    def rollback(self) -> None:
        """Undo everything; a connection that has nothing to undo is left as it is.

        Through the driver's own method, which may have the server forget all that was prepared: so we all do.
        """
        if self._pgconn.transaction_status != TransactionStatus.IDLE:
            self._driver.rollback()
            self._driver.execute("DEALLOCATE ALL", prepare=False)
            self._prepared.clear()

    def _answers(
        self, fresh: Sequence[tuple[_Key, bytes | None]], results: deque[Any]
    ) -> list[Answer]:
        answers: list[Answer] = []
        for key, name in fresh:
            if name is not None:
                _require(results.popleft())
                self._prepared[key] = name
            answers.append(Answer(_require(results.popleft())))
        return answers

    def _send(self, one: Said) -> tuple[_Key, bytes | None]:
        """Send one statement, and before it that it be prepared; returns under which new name."""
        key, name = (one.text, one.types), None
        known = self._prepared.get(key)
        if known is None:
            self._names += 1
            # Begins with what it does, for whoever looks at the traffic.
            known = name = b"%b uphold %d" % (one.text.partition(b" ")[0], self._names)
            self._pgconn.send_prepare(name, one.text, one.types)
        formats = (Format.BINARY,) * len(one.values)
        self._pgconn.send_query_prepared(known, one.values, formats, Format.BINARY)
        return key, name

    def _exchange(self) -> "Generator[Wait, Ready, deque[Any]]":
        """Return every result, once the server has said that there are no more; the driver does the waiting."""
        conn, found = self._pgconn, deque[Any]()
        while conn.flush():
            if (yield Wait.RW) & Ready.R:
                # The server may wait for us to take what it has to say.
                conn.consume_input()
        while True:
            while conn.is_busy():
                if (yield Wait.R):
                    conn.consume_input()
            result = conn.get_result()
            if result is not None and result.status == ExecStatus.PIPELINE_SYNC:
                return found
            if conn.status != ConnStatus.OK:
                raise psycopg.OperationalError("The connection to the server was lost.")
            # None stands between two statements.
            if result is not None:
                found.append(result)


def _require(result: Any) -> Any:
    """Return a result; raise the error that it tells of."""
    if result.status != ExecStatus.FATAL_ERROR:
        return result
    error = psycopg.errors.error_from_result(result)
    # Only what `one` adds ever divides.
    raise errors.Broken(*NOT_ONE) if error.sqlstate == _DIVIDED else error


def of(connection: Connection) -> Wire:
    """Return the wire of a connection; what it has prepared is known for as long as the connection lives."""
    found = connection.info.get(_KEPT)
    if found is None:
        found = connection.info[_KEPT] = Wire(connection)
    return cast("Wire", found)


def one(statement: Said) -> Said:
    """Return a statement that writes, such that the server fails it unless it touches one row."""
    demanding = b"WITH touched AS (%b RETURNING 1) SELECT 1 / count(*) FROM touched"
    return Said(demanding % statement.text, statement.values, statement.types)


@cache
def _numbered(kind: Any) -> Dialect:
    """Return the dialect that writes values as libpq takes them: $1 and so on."""
    dialect: Dialect = kind(paramstyle="numeric_dollar")
    return dialect


@cache
def _compiled(
    statement: ClauseElement, dialect: Dialect
) -> tuple[bytes, Sequence[str], Mapping[str, Any]]:
    made = cast("SQLCompiler", statement.compile(dialect=dialect))
    return str(made).encode(), made.positiontup or (), made.params


def _written(value: Any) -> tuple[int, bytes | None]:
    if isinstance(value, int):
        return _BIGINT, _NUMBER.pack(value)
    return (_TEXT, value.encode()) if isinstance(value, str) else (_BYTEA, value)


def _read(kind: int, raw: bytes | None) -> Any:
    if raw is None or kind == _BYTEA:
        return raw
    return raw.decode() if kind == _TEXT else int.from_bytes(raw, "big", signed=True)

# SPDX-License-Identifier: Apache-2.0
"""The least that stores a submission: plain ASGI, a row and its consent in plain text, one COMMIT per request.

No token, no rule about fields but that they are there, nothing sealed, journaled or signed: what a fast handwritten
endpoint does, so that what protection costs can be seen. BENCH_STORE and BENCH_DATABASE say where rows go.
"""

import asyncio
import os
import sqlite3
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

import psycopg

CONNECTIONS = 16
_FIELDS = ("name", "email", "phone", "message")
_TABLES = (
    "CREATE TABLE submission (id {key}, name TEXT, email TEXT, phone TEXT, message TEXT, at BIGINT)",
    "CREATE TABLE consent (id {key}, submission BIGINT, purpose TEXT, wording TEXT, at BIGINT)",
)
_INSERT = "INSERT INTO submission (name, email, phone, message, at) VALUES ({marks}) RETURNING id"
_CONSENT = "INSERT INTO consent (submission, purpose, wording, at) VALUES ({marks})"
_WORDING = "f" * 64

Values = tuple[str | int, ...]
Store = Callable[[Values], Awaitable[int]]
"""Stores the values of a submission, durably, and returns its number."""


def _marked(mark: str) -> tuple[str, str]:
    return (
        _INSERT.format(marks=", ".join([mark] * 5)),
        _CONSENT.format(marks=", ".join([mark] * 4)),
    )


def _sqlite(file: str) -> Store:
    """One connection, used where the request is: each COMMIT holds up everybody, and none waits for a thread."""
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    for table in _TABLES:
        connection.execute(table.format(key="INTEGER PRIMARY KEY"))
    row, consent = _marked("?")

    async def store(values: Values) -> int:
        connection.execute("BEGIN IMMEDIATE")
        number = int(connection.execute(row, values).fetchone()[0])
        connection.execute(consent, (number, "answer", _WORDING, values[-1]))
        connection.execute("COMMIT")
        return number

    return store


def _postgresql(url: str) -> Store:
    """A pool of connections, each request with one of its own."""
    free: asyncio.Queue[psycopg.AsyncConnection[Any]] = asyncio.Queue()
    begun = False
    with psycopg.connect(url, autocommit=True) as first:
        for table in _TABLES:
            first.execute(table.format(key="BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY"))
    row, consent = _marked("%s")

    async def store(values: Values) -> int:
        nonlocal begun
        if not begun:
            begun = True
            for _ in range(CONNECTIONS):
                free.put_nowait(await psycopg.AsyncConnection.connect(url))
        connection = await free.get()
        try:
            async with connection.cursor() as cursor:
                await cursor.execute(row, values, prepare=True)
                found = await cursor.fetchone()
                number = int(found[0]) if found else 0
                told = (number, "answer", _WORDING, values[-1])
                await cursor.execute(consent, told, prepare=True)
            await connection.commit()
        finally:
            free.put_nowait(connection)
        return number

    return store


_STORES = {"sqlite": _sqlite, "postgresql": _postgresql}
_store = _STORES[os.environ.get("BENCH_STORE", "sqlite")](
    os.environ.get("BENCH_DATABASE", ":memory:")
)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Store what was posted, then answer 201."""
    if scope["type"] != "http":
        return
    raw, more = b"", True
    while more:
        message = await receive()
        raw += message.get("body", b"")
        more = message.get("more_body", False)
    fields = dict(parse_qsl(raw.decode("ascii")))
    status, said = 422, b'{"errors":[]}'
    if all(fields.get(name) for name in _FIELDS):
        number = await _store((*(fields[name] for name in _FIELDS), time.time_ns() // 1_000_000))
        status, said = 201, b'{"id":%d}' % number
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(said))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": said})

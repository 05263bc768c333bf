# SPDX-License-Identifier: Apache-2.0
"""A connection by itself: what it parses, and what it will not wait for."""

import asyncio
from collections.abc import Callable

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from uphold.web import protocol, security
from uphold.web.protocol import MOST_BYTES, Protocol, Together

GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class Transport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        """Nothing is read here."""

    def resume_reading(self) -> None:
        """As above."""


@pytest.fixture
async def connection() -> Callable[[], tuple[Protocol, Transport]]:
    config = uvicorn.Config(answer, http=Protocol, lifespan="off", log_config=None)
    config.load()

    def connect() -> tuple[Protocol, Transport]:
        made = Protocol(config=config, server_state=ServerState(), app_state={})
        transport = Transport()
        made.connection_made(transport)
        return made, transport

    return connect


Connect = Callable[[], tuple[Protocol, Transport]]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0)


async def test_requests_are_answered_one_after_another(connection: Connect) -> None:
    made, transport = connection()
    for count in range(1, 4):
        made.data_received(GET)
        await until(lambda: transport.written.count(b"HTTP/1.1 204") == count)  # noqa: B023 - awaited within
    assert not transport.closed


async def test_a_head_in_pieces_is_answered(connection: Connect) -> None:
    made, transport = connection()
    for start in range(len(GET)):
        assert transport.written == b""
        made.data_received(GET[start : start + 1])
    await until(lambda: b"HTTP/1.1 204" in transport.written)
    assert not transport.closed


@pytest.mark.parametrize(
    "piece", [b"x" * 1000, b"x: y\r\n" * 200], ids=["one header", "many headers"]
)
async def test_a_head_without_end_is_refused(connection: Connect, piece: bytes) -> None:
    made, transport = connection()
    made.data_received(b"GET / HTTP/1.1\r\nhost: x\r\nx")
    sent = 0
    while not transport.closed:
        made.data_received(piece)
        sent += len(piece)
        assert sent <= MOST_BYTES + len(piece)
    assert transport.written.startswith(b"HTTP/1.1 431 ")
    assert security.lines(secure=False) in transport.written
    assert b"connection: close" in transport.written


async def test_a_long_body_is_no_long_head(connection: Connect) -> None:
    made, transport = connection()
    made.data_received(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n")
    for _ in range(100):
        made.data_received(b"x" * 1000)
    await until(lambda: b"HTTP/1.1 204" in transport.written)
    assert not transport.closed


@pytest.mark.parametrize("start", [b"", GET[:-2]], ids=["nothing", "a part"])
async def test_a_head_that_does_not_come_is_not_waited_for(
    connection: Connect, start: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.01)
    made, transport = connection()
    if start:
        made.data_received(start)
    await until(lambda: transport.closed)
    assert transport.written.startswith(b"HTTP/1.1 408 ")


async def test_the_second_head_is_not_waited_for_either(
    connection: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.01)
    made, transport = connection()
    made.data_received(GET + GET[:9])
    await until(lambda: transport.closed)
    assert transport.written.startswith(b"HTTP/1.1 204 ")
    assert transport.written.count(b"HTTP/1.1 408 ") == 1


async def test_who_goes_away_is_forgotten(
    connection: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.0)
    made, transport = connection()
    made.connection_lost(None)
    for _ in range(5):
        await asyncio.sleep(0)
    assert transport.written == b""


async def test_an_answer_leaves_in_one_write() -> None:
    transport = Transport()
    kept = Together(transport)
    kept.write(b"HTTP/1.1 200 OK\r\n\r\n")
    assert transport.written == b""
    kept.write(b"body")
    assert transport.written == b"HTTP/1.1 200 OK\r\n\r\nbody"
    kept.write(b" and more")
    assert transport.written.endswith(b"body and more")
    kept.flush()
    assert transport.written.endswith(b"body and more")


async def test_a_head_alone_leaves_at_the_end_and_before_a_close() -> None:
    transport = Transport()
    kept = Together(transport)
    for end in (kept.flush, kept.close):
        transport.written = b""
        kept.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        end()
        assert transport.written == b"HTTP/1.1 204 No Content\r\n\r\n"
    assert kept.is_closing()


async def test_what_asks_for_the_body_is_not_kept() -> None:
    transport = Transport()
    Together(transport).write(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert transport.written == b"HTTP/1.1 100 Continue\r\n\r\n"

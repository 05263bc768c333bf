# SPDX-License-Identifier: Apache-2.0
"""A connection by itself: what it parses, and what it will not wait for."""

import asyncio
from collections.abc import Callable

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from uphold.web import protocol, security
from uphold.web.crowd import Crowd
from uphold.web.protocol import (
    AHEAD_BYTES,
    MOST_BYTES,
    MOST_HEADERS,
    MOST_PIPELINED,
    Protocol,
    Together,
)

GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class Transport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = self.aborted = False
        self.unread = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def abort(self) -> None:
        self.closed = self.aborted = True

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        """Nobody waits for it here."""

    def get_write_buffer_size(self) -> int:
        return self.unread

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """All is taken at once here."""

    def pause_reading(self) -> None:
        """Nothing is read here."""

    def resume_reading(self) -> None:
        """As above."""


@pytest.fixture
def everybody() -> Crowd:
    return Crowd(3)


@pytest.fixture
async def connection(everybody: Crowd) -> Callable[[], tuple[Protocol, Transport]]:
    config = uvicorn.Config(answer, http=Protocol, lifespan="off", log_config=None)
    config.load()

    state = ServerState()

    def connect() -> tuple[Protocol, Transport]:
        made = Protocol(config=config, server_state=state, app_state={})
        made.crowd = everybody
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


async def test_a_request_has_so_many_headers_and_no_more(connection: Connect) -> None:
    for more in (0, 1):
        made, transport = connection()
        made.data_received(GET[:-2] + b"ab:cd\r\n" * (MOST_HEADERS - 1 + more) + b"\r\n")
        await until(lambda: transport.written.count(b"HTTP/1.1 ") == 1)  # noqa: B023 - awaited within
        assert transport.written.startswith(b"HTTP/1.1 431 " if more else b"HTTP/1.1 204 ")
        assert transport.closed == bool(more)


@pytest.mark.parametrize("start", [b"GET / HTTP/1.1\r\nx: ", b"GET /"], ids=["header", "path"])
async def test_a_long_head_in_one_piece_is_refused(connection: Connect, start: bytes) -> None:
    made, transport = connection()
    end = b"\r\n\r\n" if start.endswith(b" ") else b" HTTP/1.1\r\n\r\n"
    made.data_received(start + b"x" * MOST_BYTES + end)
    assert transport.written.startswith(b"HTTP/1.1 431 ")
    assert (transport.closed, transport.written.count(b"HTTP/1.1 ")) == (True, 1)
    made, transport = connection()
    made.data_received(start + b"x" * (MOST_BYTES - 10) + end)
    await until(lambda: transport.written.startswith(b"HTTP/1.1 204 "))


@pytest.mark.parametrize("end", [b"", b"\r\n"], ids=["begun", "whole"])
async def test_headers_behind_a_body_count_as_well(connection: Connect, end: bytes) -> None:
    made, transport = connection()
    begun = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n"
    made.data_received(begun + b"ab:cd\r\n" * (MOST_HEADERS - 2) + b"\r\n")
    await until(lambda: b"HTTP/1.1 204 " in transport.written)
    ended = [transport.closed]
    made.data_received(begun + b"ab:cd\r\n" * MOST_HEADERS + end)
    assert [*ended, transport.closed] == [False, True]
    assert len(made.headers) == MOST_HEADERS


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


POST = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n"


async def test_a_body_that_does_not_come_is_not_waited_for(
    connection: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "BODY_SECONDS", 0.01)
    made, transport = connection()
    # The application has answered, and reads no body: nobody else would ever end this.
    made.data_received(POST + b"x")
    await until(lambda: transport.closed)
    assert transport.written.startswith(b"HTTP/1.1 204 ")


async def test_what_is_begun_counts_until_it_is_all_here(
    connection: Connect, everybody: Crowd
) -> None:
    made, _ = connection()
    made.data_received(POST[:20])
    assert everybody.begun.held == 20
    made.data_received(POST[20:] + b"x" * 4)
    assert everybody.begun.held == len(POST) + 4
    made.data_received(b"x" * 6)
    assert everybody.begun.held == 0
    made.data_received(POST)
    made.connection_lost(None)
    assert everybody.begun.held == 0


async def test_more_than_all_may_have_begun_costs_the_slowest(
    connection: Connect, everybody: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(everybody.begun, "_most", 30)
    (first, told), (second, untold) = connection(), connection()
    first.data_received(GET[:20])
    second.data_received(GET[:20])
    assert told.written.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 5\r\n" in told.written
    assert told.closed
    assert not untold.closed


async def test_what_is_sent_ahead_counts_until_its_turn(
    connection: Connect, everybody: Crowd
) -> None:
    made, transport = connection()
    made.data_received(GET + POST + b"x" * 10 + GET + GET[:9])
    assert everybody.begun.held == 2 * AHEAD_BYTES + 10 + len(GET + POST + GET) + 10 + 9
    made.data_received(GET[9:])
    assert everybody.begun.held == 3 * AHEAD_BYTES + 10
    await until(lambda: transport.written.count(b"HTTP/1.1 204") == 4)
    assert everybody.begun.held == 0
    assert not transport.closed


async def test_who_sends_too_much_ahead_gives_way(
    connection: Connect, everybody: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(everybody.begun, "_most", 3 * AHEAD_BYTES)
    (first, ended), (second, other) = connection(), connection()
    first.data_received(GET * 3)
    second.data_received(GET * 2)
    assert not ended.closed
    second.data_received(GET)
    assert (ended.closed, other.closed) == (True, False)


async def test_more_requests_ahead_than_may_be_end_it(connection: Connect) -> None:
    made, transport = connection()
    made.data_received(GET * (MOST_PIPELINED + 1))
    assert not transport.closed
    made, transport = connection()
    made.data_received(GET * (MOST_PIPELINED + 2))
    assert transport.closed
    # Nothing may stand where the answer to the first is expected.
    assert b" 400 " not in transport.written


async def test_who_reads_nothing_is_ended(
    connection: Connect, everybody: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "READ_SECONDS", 0.01)
    made, transport = connection()
    transport.unread = 100_000
    made.pause_writing()
    assert everybody.unread.held == 100_000
    await until(lambda: transport.aborted)


async def test_who_reads_slowly_is_let(connection: Connect, everybody: Crowd) -> None:
    made, transport = connection()
    transport.unread = 100_000
    made.pause_writing()
    for _ in range(5):
        transport.unread -= protocol.READ_BYTES
        made._look_again()
    made.resume_writing()
    assert not transport.closed
    assert (everybody.unread.held, made._look) == (0, None)


async def test_a_last_answer_that_is_not_read_ends_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "LINGER_SECONDS", 0.01)
    read, unread = Transport(), Transport()
    unread.unread = 10
    for transport in (read, unread):
        Together(transport).close()
    await until(lambda: unread.aborted)
    assert not read.aborted


async def test_at_the_bound_the_idle_make_room(connection: Connect, everybody: Crowd) -> None:
    (_, first), (_, second), (_, third) = connection(), connection(), connection()
    _, newest = connection()
    assert [one.closed for one in (first, second, third, newest)] == [True, False, False, False]
    assert newest.written == b""


async def test_where_all_wait_for_the_server_the_newcomer_is_told(
    connection: Connect, everybody: Crowd
) -> None:
    made = [connection() for _ in range(3)]
    for one, _ in made:
        one.arrive()
    newest, transport = connection()
    assert transport.written.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 5\r\n" in transport.written
    # What it had sent is not looked at, and it is not in the way of anybody.
    newest.data_received(GET)
    assert transport.written.count(b"HTTP/1.1 ") == 1
    assert (len(made[0][0].connections), everybody.told) == (3, 1)
    newest.connection_lost(None)
    assert everybody.told == 0


async def test_not_everybody_is_told(
    connection: Connect, everybody: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "MOST_TOLD", 0)
    for one, _ in [connection() for _ in range(3)]:
        one.arrive()
    _, transport = connection()
    assert transport.aborted
    assert transport.written == b""
